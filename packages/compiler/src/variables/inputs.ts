import { DiagnosticBag, SourceText, suggestName, type Report, type SourceSet, type Span } from "@hclbuild/diagnostics";
import { constantScope, evaluate, lowerExpression } from "@hclbuild/eval";
import { bodyCatalog, parseExpression, type BodyAttribute } from "@hclbuild/syntax";
import { dynamicUnknown, stringValue, type Value } from "@hclbuild/value";
import { variableCatalog } from "../catalog.js";
import type { VariableFile } from "../load/project.js";
import { describeType, fitValue, type GivenValue, type VariableDeclaration } from "./declare.js";
import { reportSecretSyntax } from "./secret-syntax.js";

/** Values for variables from outside the template. */
export interface VariableInputs {
  /** The texts of `-var` flags, `name=value`, in command-line order. */
  readonly flags?: readonly string[];
  /** The process environment; `PKR_VAR_name` is read. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface InputOptions {
  /** What an undeclared name in a variable file is. */
  readonly undeclared: "ignore" | "warn" | "error";
}

interface Collection {
  readonly declarations: ReadonlyMap<string, VariableDeclaration>;
  readonly sources: SourceSet;
  readonly report: Report;
  add(name: string, value: GivenValue): void;
}

/**
 * All values that each variable was given, lowest precedence first: default, environment, automatic files, files named
 * by flags, `-var` flags. Texts of the environment and of flags are taken literally for strings, numbers and variables of
 * any type, and read as expressions otherwise.
 */
export function collectValues(
  declarations: ReadonlyMap<string, VariableDeclaration>,
  given: { readonly inputs: VariableInputs; readonly files: readonly VariableFile[]; readonly sources: SourceSet },
  options: InputOptions,
  report: Report,
): ReadonlyMap<string, readonly GivenValue[]> {
  const values = new Map<string, GivenValue[]>();
  for (const [name, declaration] of declarations) values.set(name, declaration.default ? [declaration.default] : []);
  const collection: Collection = {
    declarations,
    sources: given.sources,
    report,
    add: (name, value) => void values.get(name)?.push(value),
  };
  readEnvironment(collection, given.inputs.environment ?? {});
  for (const file of given.files) readFile(collection, file, options);
  readFlags(collection, given.inputs.flags ?? []);
  return values;
}

function readEnvironment(collection: Collection, environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, declaration] of collection.declarations) {
    const text = environment[`PKR_VAR_${name}`];
    if (text === undefined) continue;
    addText(collection, declaration, { origin: "environment", text, place: `<environment variable PKR_VAR_${name}>` });
  }
}

function readFile(collection: Collection, file: VariableFile, options: InputOptions): void {
  const { declarations, report } = collection;
  // A variable block in a variable file is worth its own advice, so other blocks are looked at first.
  const schema = { attributes: [], blocks: [{ type: "variable", labelNames: ["name"] }, { type: "variables" }] };
  const read = new DiagnosticBag();
  const { content, remain } = file.body.partialContent(schema, read.report);
  for (const block of content.blocks) {
    read.report(variableCatalog["block-in-file"], { name: block.labels[0] ?? "name", span: block.headerSpan });
  }
  const rest = new DiagnosticBag();
  const attributes = remain.justAttributes(rest.report);
  // That the whole is no object says more than that a part of it is none.
  const isArray = rest.items.some(({ code }) => code === bodyCatalog["not-an-object"].code);
  for (const item of isArray ? rest.items : [...read.items, ...rest.items]) report.add(item);
  for (const attribute of attributes.values()) {
    const declaration = declarations.get(attribute.name);
    if (declaration === undefined) {
      reportUndeclared(collection, attribute, options);
      continue;
    }
    if (declaration.sensitive) collection.sources.hide(expressionSpan(attribute));
    const shownFile = collection.sources.shownName(file.source.name);
    const given = { origin: "file", span: expressionSpan(attribute), file: shownFile } as const;
    const bag = new DiagnosticBag();
    const value = evaluate(lowerExpression(attribute), constantScope(), bag.report);
    passOn(collection, declaration, given, bag);
    addValue(collection, declaration, { ...given, value });
  }
}

function expressionSpan({ expression, source }: BodyAttribute): Span {
  return { file: source.name, start: expression.start, end: expression.end };
}

function reportUndeclared(collection: Collection, attribute: BodyAttribute, options: InputOptions): void {
  if (options.undeclared === "ignore") return;
  const slug = options.undeclared === "warn" ? "undeclared-in-file" : "undeclared-in-file-strict";
  const near = suggestName(attribute.name, collection.declarations.keys());
  collection.report(variableCatalog[slug], { name: attribute.name, near, span: attribute.nameSpan });
}

function readFlags(collection: Collection, flags: readonly string[]): void {
  const texts = new Map<string, string>();
  for (const flag of flags) {
    const equals = flag.indexOf("=");
    if (equals === -1) collection.report(variableCatalog["flag-form"], { text: flag.slice(0, 60) });
    else texts.set(flag.slice(0, equals), flag.slice(equals + 1));
  }
  for (const [name, text] of texts) {
    const declaration = collection.declarations.get(name);
    if (declaration === undefined) {
      const near = suggestName(name, collection.declarations.keys());
      collection.report(variableCatalog["undeclared-flag"], { name: name.slice(0, 60), near });
      continue;
    }
    addText(collection, declaration, { origin: "flag", text, place: `<flag -var ${name}>` });
  }
}

interface GivenText {
  readonly origin: "environment" | "flag";
  readonly text: string;
  readonly place: string;
}

function addText(collection: Collection, declaration: VariableDeclaration, given: GivenText): void {
  if (given.text.includes("\ufffd")) reportReplacedBytes(collection, declaration, given);
  // A secret must not turn up in an excerpt, so the text of a sensitive variable is registered without its characters.
  const shown = declaration.sensitive ? "*".repeat(8) : given.text;
  const { kind } = declaration.type;
  const isLiteral = kind === "string" || kind === "number" || kind === "dynamic";
  const span = { file: given.place, start: 0, end: shown.length };
  const value = isLiteral ? stringValue(given.text) : readExpression(collection, declaration, { ...given, span });
  collection.sources.add(new SourceText(given.place, shown));
  addValue(collection, declaration, { origin: given.origin, value, span });
}

/** What is not UTF-8 is handed over with this character in the place of each wrong byte; it may be meant as well. */
function reportReplacedBytes(collection: Collection, declaration: VariableDeclaration, given: GivenText): void {
  const { name, span } = declaration.symbol;
  collection.report(variableCatalog["replaced-bytes"], { name, origin: originNames[given.origin], span });
}

function readExpression(
  collection: Collection,
  declaration: VariableDeclaration,
  given: GivenText & { readonly span: Span },
): Value {
  const source = new SourceText(given.place, given.text);
  const bag = new DiagnosticBag();
  const expression = parseExpression(source, bag.report);
  const value = bag.hasErrors
    ? dynamicUnknown
    : evaluate(lowerExpression({ expression, source }), constantScope(), bag.report);
  passOn(collection, declaration, given, bag);
  return bag.hasErrors ? dynamicUnknown : value;
}

/** Reports what is wrong with an expression; of a sensitive variable, only that something is. */
function passOn(
  { report }: Collection,
  declaration: VariableDeclaration,
  given: { readonly origin: GivenValue["origin"]; readonly file?: string; readonly span: Span },
  bag: DiagnosticBag,
): void {
  if (declaration.sensitive && bag.hasErrors) {
    reportSecretSyntax(declaration, { origin: describeOrigin(given), span: given.span }, report);
    return;
  }
  for (const diagnostic of bag.items) report.add(diagnostic);
}

const originNames = {
  default: "its default",
  environment: "the environment",
  file: "a variable file",
  flag: "the flag -var",
} as const;

/** Where a value comes from, for messages. */
export function describeOrigin(given: {
  readonly origin: GivenValue["origin"];
  readonly file?: string | undefined;
}): string {
  return given.file ?? originNames[given.origin];
}

function addValue(collection: Collection, declaration: VariableDeclaration, given: GivenValue): void {
  const { name, span: declared } = declaration.symbol;
  const fitted = fitValue(given.value, declaration);
  if (typeof fitted !== "string") {
    collection.add(name, { ...given, value: fitted });
    return;
  }
  collection.add(name, { ...given, value: dynamicUnknown });
  collection.report(variableCatalog["invalid-value"], {
    name,
    origin: describeOrigin(given),
    problem: fitted,
    type: describeType(declaration.type),
    span: given.span,
    related: [{ span: declared, message: `The variable "${name}" is declared here.` }],
  });
}
