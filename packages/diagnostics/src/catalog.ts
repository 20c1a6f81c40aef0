import type { Diagnostic, DiagnosticCode, Fix, RelatedInformation, Severity, ShownValue } from "./diagnostic.js";
import type { Span } from "./span.js";

/** A value that may be inserted into a message. */
export type MessageArgument = string | number;

/**
 * A message text with named holes. A name that ends in `?` is optional: when its argument is absent the whole message
 * part is left out, which lets a catalogue entry list several detail parts and show only those that apply.
 */
export interface MessageTemplate<Names extends string = string> {
  readonly texts: readonly string[];
  readonly names: readonly Names[];
}

/** Builds a {@link MessageTemplate}: msg`There is no variable named ${"name"}.` */
export function msg<const Names extends readonly string[]>(
  texts: TemplateStringsArray,
  ...names: Names
): MessageTemplate<Names[number]> {
  return { texts: [...texts], names };
}

/** One kind of diagnostic: its severity and its texts, written exactly once. */
export interface CatalogEntry<Names extends string = string> {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: MessageTemplate<Names>;
  readonly detail: readonly MessageTemplate<Names>[];
}

interface EntrySource {
  readonly severity: Severity;
  readonly message: MessageTemplate;
  readonly detail?: MessageTemplate | readonly MessageTemplate[];
}

type NamesOf<T> = T extends MessageTemplate<infer N> ? N : T extends readonly MessageTemplate<infer N>[] ? N : never;
type NamesOfEntry<E extends EntrySource> = NamesOf<E["message"]> | (E extends { detail: infer D } ? NamesOf<D> : never);

/** The entries of one family, by the part of the code after the slash. */
export type Catalog<Sources extends Record<string, EntrySource>> = {
  readonly [Slug in keyof Sources]: CatalogEntry<NamesOfEntry<Sources[Slug]>>;
};

type RequiredName<Names extends string> = Names extends `${string}?` ? never : Names;
type OptionalName<Names extends string> = Names extends `${infer Name}?` ? Name : never;

/** The arguments an entry's texts need, checked at the call. */
export type EntryArguments<Names extends string> = {
  readonly [Name in RequiredName<Names>]: MessageArgument;
} & {
  readonly [Name in OptionalName<Names>]?: MessageArgument | undefined;
};

/** Where a diagnostic points and what it carries besides its texts. */
export interface DiagnosticPlacement {
  readonly span?: Span | undefined;
  readonly context?: Span | undefined;
  readonly related?: readonly RelatedInformation[] | undefined;
  readonly values?: readonly ShownValue[] | undefined;
  readonly fixes?: readonly Fix[] | undefined;
  readonly address?: string | undefined;
}

/** Defines the diagnostics of one family. `family` is the part of the code before the slash. */
export function defineCatalog<const Sources extends Record<string, EntrySource>>(
  family: string,
  sources: Sources,
): Catalog<Sources> {
  const entries: Record<string, CatalogEntry> = {};
  for (const [slug, source] of Object.entries(sources)) {
    const detail = source.detail === undefined ? [] : "texts" in source.detail ? [source.detail] : source.detail;
    entries[slug] = { code: `${family}/${slug}`, severity: source.severity, message: source.message, detail };
  }
  return entries as Catalog<Sources>;
}

/** Fills a message; `undefined` when an optional argument it names is absent. */
export function fillMessage(
  template: MessageTemplate,
  args: Readonly<Record<string, MessageArgument | undefined>>,
): string | undefined {
  let text = template.texts[0] ?? "";
  for (const [index, name] of template.names.entries()) {
    const optional = name.endsWith("?");
    const value = args[optional ? name.slice(0, -1) : name];
    if (value === undefined && optional) return undefined;
    text += String(value ?? "") + (template.texts[index + 1] ?? "");
  }
  return text;
}

/**
 * Makes a diagnostic from a catalogue entry. Parameters come in one object with the placement; a missing or unknown
 * parameter does not compile.
 */
export function diagnose<Names extends string>(
  entry: CatalogEntry<Names>,
  args: EntryArguments<Names> & DiagnosticPlacement,
): Diagnostic {
  const values = args as Readonly<Record<string, MessageArgument | undefined>>;
  const details = entry.detail.map((part) => fillMessage(part, values)).filter((part) => part !== undefined);
  const { span, context, related, values: shown, fixes, address } = args as DiagnosticPlacement;
  return {
    code: entry.code,
    severity: entry.severity,
    message: fillMessage(entry.message, values) ?? "",
    ...(details.length > 0 ? { detail: details.join(" ") } : {}),
    ...(span ? { primary: span } : {}),
    ...(context ? { context } : {}),
    ...(related && related.length > 0 ? { related } : {}),
    ...(shown && shown.length > 0 ? { values: shown } : {}),
    ...(fixes && fixes.length > 0 ? { fixes } : {}),
    ...(address === undefined ? {} : { address }),
  };
}
