import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import { jsonBody, nativeBody, parse, parseJson, type Body } from "@hclbuild/syntax";
import { asJsNumber, convert, dynamicType, isValueError, rawEquals, type Value } from "@hclbuild/value";
import { corpusAbsent, findCorpus } from "@hclbuild/testkit";
import { constantScope, createScope, evaluate, lowerExpression, parseTypeExpression } from "../../src/index.js";
import { decodeSpec, readSpecFile } from "../../src/hcldec/index.js";
import { show } from "./rows.js";

const corpus = findCorpus(process.env);
const folder = corpus === undefined ? "" : join(corpus, "specsuite");

interface Case {
  readonly test: string;
  readonly input: string;
}

function readCases(): readonly Case[] {
  if (!existsSync(join(folder, "EXPECTED.jsonl"))) return [];
  return readFileSync(join(folder, "EXPECTED.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case);
}

interface ReadFile {
  readonly source: SourceText;
  readonly body: Body;
}

function read(name: string, bag: DiagnosticBag): ReadFile {
  const source = new SourceText(name, readFileSync(join(folder, name), "utf8"));
  const body = name.endsWith(".json")
    ? jsonBody(parseJson(source, bag.report))
    : nativeBody(parse(source, bag.report).body, source);
  return { source, body };
}

/** `severity line:column:byte-line:column:byte`, which is all that the suite compares. */
function rangeText(severity: string, numbers: readonly number[]): string {
  return `${severity} ${numbers.slice(0, 3).join(":")}-${numbers.slice(3).join(":")}`;
}

function rangeOf(source: SourceText, { severity, primary }: Diagnostic): string {
  const numbers = [primary?.start ?? 0, primary?.end ?? 0].flatMap((offset) => {
    const { line, column, byte } = source.positionAt(offset);
    return [line, column, byte];
  });
  return rangeText(severity, numbers);
}

interface Expectation {
  readonly result: Value | undefined;
  readonly diagnostics: readonly string[];
}

/** Reads a `.t` file; what it has beside results and diagnostics is not used by the suite. */
function readExpectation(name: string): Expectation {
  const bag = new DiagnosticBag();
  const { body } = read(`${name}.t`, bag);
  const schema = {
    attributes: [{ name: "result_type" }, { name: "result" }],
    blocks: [{ type: "diagnostics" }, { type: "traversals" }],
  };
  const { attributes, blocks } = body.content(schema, bag.report);
  const typeAttribute = attributes.get("result_type");
  const type =
    typeAttribute === undefined ? dynamicType : parseTypeExpression(typeAttribute, bag.report, "constraint").type;
  const resultAttribute = attributes.get("result");
  const result =
    resultAttribute && convert(evaluate(lowerExpression(resultAttribute), constantScope(), bag.report), type);
  if (result !== undefined && isValueError(result)) throw new Error(result.message);
  const diagnostics = blocks.flatMap((block) => {
    if (block.type !== "diagnostics") return [];
    const inner = { attributes: [], blocks: [{ type: "error" }, { type: "warning" }] };
    return block.body.content(inner, bag.report).blocks.map((one) => rangeText(one.type, readRange(one.body, bag)));
  });
  expect(bag.items).toEqual([]);
  return { result, diagnostics };
}

function readRange(body: Body, bag: DiagnosticBag): readonly number[] {
  const { blocks } = body.content({ attributes: [], blocks: [{ type: "from" }, { type: "to" }] }, bag.report);
  return ["from", "to"].flatMap((type) => {
    const attributes = blocks.find((block) => block.type === type)?.body.justAttributes(bag.report);
    return ["line", "column", "byte"].map((name) => {
      const attribute = attributes?.get(name);
      if (attribute === undefined) throw new Error(`a position of the suite has no ${name}`);
      return asJsNumber(evaluate(lowerExpression(attribute), constantScope(), bag.report)) ?? -1;
    });
  });
}

describe.skipIf(corpus === undefined)(
  `HCL specification suite${corpus === undefined ? ` (${corpusAbsent})` : ""}`,
  () => {
    test.each(readCases())("$input", (one) => {
      const bag = new DiagnosticBag();
      const specFile = readSpecFile(read(`${one.test}.hcldec`, bag).body, bag.report);
      if (specFile === undefined) throw new Error("the specification cannot be read");
      const { source, body } = read(one.input, bag);
      // A file with syntax errors is not decoded.
      const scope = createScope(specFile.variables, specFile.functions);
      const value = bag.hasErrors ? undefined : decodeSpec(body, specFile.spec, scope, bag.report);
      const expected = readExpectation(one.test);
      const found = [...new Set(bag.items.map((item) => rangeOf(source, item)))];
      expect(found.toSorted()).toEqual([...new Set(expected.diagnostics)].toSorted());
      if (expected.result === undefined) return;
      if (value === undefined) throw new Error("there is no value");
      if (!rawEquals(value, expected.result)) expect(show(value)).toEqual(show(expected.result));
    });
  },
);
