import type { Report, Span } from "@hclbuild/diagnostics";
import { staticKeyword, staticMap, staticString } from "@hclbuild/eval";
import type { Registry } from "@hclbuild/schema";
import type { BodyAttribute, BodyBlock, SourcedExpression } from "@hclbuild/syntax";
import { configCatalog } from "../catalog.js";
import { compatibilityLevel } from "./compatibility.js";
import { parsePluginSource } from "./plugin-source.js";
import { packerSchema } from "../blocks/root-schema.js";
import { spanOfExpression } from "../blocks/spans.js";
import { mentionsPrerelease, parseConstraints, parseVersion, satisfies, type Version } from "./version.js";

/** One entry of `required_plugins`. */
export interface RequiredPlugin {
  /** The local name, which the names of its components begin with. */
  readonly accessor: string;
  /** In normal form. */
  readonly source: string;
  /** As written. */
  readonly constraint: string;
  readonly span: Span;
}

/** What the `packer` blocks of a template say. */
export interface Requirements {
  readonly plugins: readonly RequiredPlugin[];
}

/**
 * Reads and checks the `packer` blocks of all files. Two plugins of one name do not matter where nothing is looked up, as
 * in Packer's syntax check.
 */
export function readRequirements(
  blocks: readonly BodyBlock[],
  report: Report,
  { ignoreDuplicates = false }: { readonly ignoreDuplicates?: boolean } = {},
): Requirements {
  const plugins = new Map<string, RequiredPlugin>();
  for (const block of blocks) {
    const content = block.body.content(packerSchema, report);
    const version = content.attributes.get("required_version");
    if (version !== undefined) checkCoreVersion(version, report);
    for (const nested of content.blocks) {
      for (const attribute of nested.body.justAttributes(report).values()) {
        const plugin = readPlugin(attribute, report);
        if (plugin === undefined) continue;
        const first = plugins.get(plugin.accessor);
        if (first === undefined) plugins.set(plugin.accessor, plugin);
        else if (!ignoreDuplicates) {
          const related = [{ span: first.span, message: "It is first required here." }];
          report(configCatalog["duplicate-plugin"], { name: plugin.accessor, span: attribute.nameSpan, related });
        }
      }
    }
  }
  return { plugins: [...plugins.values()] };
}

function checkCoreVersion(attribute: BodyAttribute, report: Report): void {
  const span = spanOfExpression(attribute);
  const text = staticString(attribute);
  if (text === undefined) {
    report(configCatalog["not-literal"], { name: "required_version", expected: "A text is needed.", span });
    return;
  }
  const constraints = parseConstraints(text);
  if (constraints === undefined) {
    report(configCatalog["invalid-constraint"], { form: "", span });
  } else if (!satisfies(parseVersion(compatibilityLevel) as Version, constraints)) {
    report(configCatalog["unsupported-core-version"], { constraint: text, version: compatibilityLevel, span });
  }
}

function readPlugin(attribute: BodyAttribute, report: Report): RequiredPlugin | undefined {
  const { name, nameSpan } = attribute;
  const normalized = name.toLowerCase();
  if (normalized !== name) {
    report(configCatalog["plugin-accessor"], { normalized, span: nameSpan });
    return undefined;
  }
  const incomplete = (problem: string, span: Span): undefined => {
    report(configCatalog["required-plugin-form"], { name, problem, span });
    return undefined;
  };
  const items = staticMap(attribute);
  const whole = spanOfExpression(attribute);
  if (items === undefined) return incomplete("An object with source and version is needed", whole);
  const parts = new Map<string, SourcedExpression>();
  for (const { key, value } of items) {
    const keyName = staticKeyword(key) ?? staticString(key);
    if (keyName !== "source" && keyName !== "version") {
      return incomplete("Only source and version may be given", spanOfExpression(key));
    }
    parts.set(keyName, value);
  }
  const source = readText(parts.get("source"));
  const version = readText(parts.get("version"));
  if (source === undefined || version === undefined) {
    const missing = source === undefined ? "source" : "version";
    const given = parts.get(missing);
    return incomplete(
      given === undefined ? `The ${missing} is missing` : `The ${missing} must be a text that is written out`,
      given === undefined ? whole : spanOfExpression(given),
    );
  }
  return checkPlugin({ accessor: name, source, version, span: nameSpan }, report);
}

interface LocatedText {
  readonly text: string;
  readonly span: Span;
}

function readText(expression: SourcedExpression | undefined): LocatedText | undefined {
  const text = expression === undefined ? undefined : staticString(expression);
  return text === undefined || expression === undefined ? undefined : { text, span: spanOfExpression(expression) };
}

function checkPlugin(
  written: {
    readonly accessor: string;
    readonly source: LocatedText;
    readonly version: LocatedText;
    readonly span: Span;
  },
  report: Report,
): RequiredPlugin | undefined {
  const { accessor, version, span } = written;
  const source = parsePluginSource(written.source.text);
  if (typeof source !== "string") {
    const { problem, suggestion } = source;
    report(configCatalog["plugin-source"], { problem, suggestion, span: written.source.span });
  }
  const constraints = parseConstraints(version.text);
  const isPrerelease = constraints !== undefined && mentionsPrerelease(constraints);
  if (constraints === undefined || isPrerelease) {
    const reason = isPrerelease ? { problem: "A prerelease cannot be required." } : { form: "" };
    report(configCatalog["invalid-constraint"], { ...reason, span: version.span });
    return undefined;
  }
  return typeof source === "string" ? { accessor, source, constraint: version.text, span } : undefined;
}

/** Warns about constraints that a built-in plugin does not meet. Plugins that are not there are reported where they are used. */
export function checkPluginVersions(requirements: Requirements, registry: Registry, report: Report): void {
  for (const { source, constraint, accessor, span } of requirements.plugins) {
    const plugin = registry.plugin(source);
    // Whoever installs plugins from elsewhere checks their versions, and does not make do with a warning.
    if (plugin?.onlyByAccessor === true) continue;
    const version = plugin === undefined ? undefined : parseVersion(plugin.version);
    const constraints = parseConstraints(constraint);
    if (version === undefined || constraints === undefined || satisfies(version, constraints)) continue;
    report(configCatalog["plugin-version"], { name: accessor, constraint, version: version.text, source, span });
  }
}
