/**
 * A decoder with the command line of HCL's `hcldec`, so that the specification suite of HCL can drive our parser and
 * evaluator: `tsx tools/hcldec.ts --spec=FILE [options] [HCL-FILE …]`. Not part of what is shipped.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DiagnosticBag, SourceText, type Diagnostic, type Report, type Span } from "@hclbuild/diagnostics";
import { jsonBody, mergeBodies, nativeBody, parse, parseJson, type Body, type BodySchema } from "@hclbuild/syntax";
import {
  constantScope,
  createScope,
  evaluate,
  lowerExpression,
  referencesOf,
  scopeWithNames,
  type Reference,
} from "@hclbuild/eval";
import { decodeSpec, readSpecFile, schemaOfSpec, type DecoderSpec } from "@hclbuild/eval/hcldec";
import {
  asNumber,
  asText,
  elementsOf,
  entriesOf,
  fromJson,
  isKnown,
  isNull,
  isValueError,
  numToText,
  objectValue,
  toJson,
  tupleValue,
  typeToJson,
  type Value,
} from "@hclbuild/value";

const usage = "usage: hcldec --spec=<spec-file> [options] [hcl-file ...]\n";

/** Files read so far, for positions. */
type Sources = Map<string, SourceText>;

function readBody(name: string, sources: Sources, report: Report): Body {
  const text = name === "-" ? readFileSync(0, "utf8") : readFileSync(name, "utf8");
  const source = new SourceText(name === "-" ? "<stdin>" : name, text);
  sources.set(source.name, source);
  return name.endsWith(".json") ? jsonBody(parseJson(source, report)) : nativeBody(parse(source, report).body, source);
}

function readVariables(option: string, sources: Sources, report: Report): ReadonlyMap<string, Value> {
  if (option.trimStart().startsWith("{")) {
    const value = fromJson(option);
    if (isValueError(value)) throw new Error(`Invalid variables JSON: ${value.message}`);
    return new Map(entriesOf(value));
  }
  const variables = new Map<string, Value>();
  for (const [name, attribute] of readBody(option, sources, report).justAttributes(report)) {
    variables.set(name, evaluate(lowerExpression(attribute), constantScope(), report));
  }
  return variables;
}

function withoutNulls(value: Value): Value {
  if (isNull(value) || !isKnown(value)) return value;
  switch (value.type.kind) {
    case "object":
    case "map": {
      const kept = entriesOf(value).filter(([, part]) => !isNull(part));
      return objectValue(new Map(kept.map(([name, part]) => [name, withoutNulls(part)])));
    }
    case "list":
    case "set":
    case "tuple":
      return tupleValue(elementsOf(value).map(withoutNulls));
    default:
      return value;
  }
}

function positionJson(sources: Sources, span: Span): object {
  const source = sources.get(span.file);
  const point = (offset: number): object => {
    const { line, column, byte } = source?.positionAt(offset) ?? { line: 1, column: 1, byte: 0 };
    return { line, column, byte };
  };
  return { filename: span.file, start: point(span.start), end: point(span.end) };
}

function diagnosticJson(sources: Sources, diagnostic: Diagnostic): object {
  const { severity, message, detail, primary, context } = diagnostic;
  return {
    severity,
    summary: message,
    ...(detail === undefined ? {} : { detail }),
    ...(primary === undefined ? {} : { subject: positionJson(sources, primary) }),
    ...(context === undefined ? {} : { context: positionJson(sources, context) }),
  };
}

function diagnosticText(sources: Sources, { severity, message, detail, primary }: Diagnostic): string {
  const at = primary === undefined ? undefined : sources.get(primary.file)?.positionAt(primary.start);
  const place =
    primary === undefined || at === undefined
      ? ""
      : `\n  on ${primary.file} line ${String(at.line)}, column ${String(at.column)}\n`;
  return `${severity === "warning" ? "Warning" : "Error"}: ${message}\n${place}${detail === undefined ? "" : `\n${detail}\n`}\n`;
}

/** The references of every attribute that a specification reads, at any depth. */
function collectReferences(body: Body, spec: DecoderSpec, found: Reference[]): void {
  const silent = new DiagnosticBag();
  const schema: BodySchema = schemaOfSpec(spec);
  const content = body.content(schema, silent.report);
  for (const attribute of content.attributes.values()) found.push(...referencesOf(lowerExpression(attribute)));
  const visit = (inner: DecoderSpec): void => {
    if ("nested" in inner && "blockType" in inner) {
      for (const block of content.blocks) {
        if (block.type === inner.blockType) collectReferences(block.body, inner.nested, found);
      }
    } else if (inner.kind === "object") inner.properties.forEach(visit);
    else if (inner.kind === "array") inner.items.forEach(visit);
    else if (inner.kind === "default") [inner.primary, inner.fallback].forEach(visit);
    else if (inner.kind === "transform" || inner.kind === "refine") visit(inner.nested);
  };
  visit(spec);
}

function referenceJson(sources: Sources, { root, steps, span }: Reference): object {
  const range = span === undefined ? {} : { range: positionJson(sources, span) };
  const rootRange = span && { range: positionJson(sources, { ...span, end: span.start + root.length }) };
  return {
    root_name: root,
    steps: [
      { kind: "root", name: root, ...rootRange },
      ...steps.map((step) => ({
        kind: step.kind,
        ...(step.kind === "attr" ? { name: step.name } : { key: keyJson(step.key) }),
        ...(step.span === undefined ? {} : { range: positionJson(sources, step.span) }),
      })),
    ],
    ...range,
  };
}

function keyJson(key: Value): string | number {
  return key.type.kind === "string" ? asText(key) : Number(numToText(asNumber(key)));
}

const options = {
  spec: { type: "string", short: "s" },
  vars: { type: "string", short: "V", multiple: true },
  out: { type: "string", short: "o" },
  diags: { type: "string" },
  "with-type": { type: "boolean" },
  "var-refs": { type: "boolean" },
  "keep-nulls": { type: "boolean" },
  version: { type: "boolean", short: "v" },
  help: { type: "boolean", short: "h" },
} as const;

interface Output {
  readonly text: string | undefined;
  readonly exitCode: number;
}

function decode(
  values: ReturnType<typeof readOptions>["values"],
  files: readonly string[],
  bag: DiagnosticBag,
  sources: Sources,
): Output {
  const specBody = readBody(values.spec ?? "", sources, bag.report);
  const file = bag.hasErrors ? undefined : readSpecFile(specBody, bag.report);
  if (file === undefined || bag.hasErrors) return { text: undefined, exitCode: 2 };
  const bodies = (files.length === 0 ? ["-"] : files).map((name) => readBody(name, sources, bag.report));
  if (bag.hasErrors) return { text: undefined, exitCode: 2 };
  const body = bodies.length === 1 ? (bodies[0] as Body) : mergeBodies(bodies);
  if (values["var-refs"] === true) {
    const found: Reference[] = [];
    collectReferences(body, file.spec, found);
    return {
      text: `${JSON.stringify(
        found.map((one) => referenceJson(sources, one)),
        null,
        2,
      )}\n`,
      exitCode: 0,
    };
  }
  const variables = new Map(file.variables);
  for (const option of values.vars ?? []) {
    for (const [name, value] of readVariables(option, sources, bag.report)) variables.set(name, value);
  }
  const scope =
    variables.size === 0
      ? constantScope("", file.functions)
      : scopeWithNames(createScope({}, file.functions), variables);
  const value = decodeSpec(body, file.spec, scope, bag.report);
  if (bag.hasErrors) return { text: undefined, exitCode: 2 };
  const kept = values["keep-nulls"] === true ? value : withoutNulls(value);
  const json = toJson(kept);
  if (isValueError(json)) throw new Error(`The result cannot be written as JSON: ${json.message}`);
  const text =
    values["with-type"] === true ? `{"type":${JSON.stringify(typeToJson(value.type))},"value":${json}}` : json;
  return { text: `${text}\n`, exitCode: 0 };
}

function readOptions(argv: readonly string[]): {
  readonly values: ReturnType<typeof parseOptions>["values"];
  readonly files: readonly string[];
} {
  const { values, positionals } = parseOptions(argv);
  return { values, files: positionals };
}

function parseOptions(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
}

function main(argv: readonly string[]): number {
  const { values, files } = readOptions(argv);
  if (values.help === true || (values.spec === undefined && values.version !== true)) {
    process.stderr.write(usage);
    return values.help === true ? 0 : 1;
  }
  if (values.version === true) {
    process.stdout.write("hcldec of hclbuild\n");
    return 0;
  }
  const bag = new DiagnosticBag();
  const sources: Sources = new Map();
  const { text, exitCode } = decode(values, files, bag, sources);
  if (bag.items.length > 0) {
    const found = bag.items.map((item) => diagnosticJson(sources, item));
    process.stderr.write(
      values.diags === "json"
        ? `${JSON.stringify({ diagnostics: found }, null, 2)}\n`
        : bag.items.map((item) => diagnosticText(sources, item)).join(""),
    );
  }
  if (text !== undefined) {
    if (values.out === undefined) process.stdout.write(text);
    else writeFileSync(values.out, text);
  }
  return exitCode;
}

process.exitCode = main(process.argv.slice(2));
