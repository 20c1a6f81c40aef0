import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import {
  jsonBody,
  nativeBody,
  parse,
  parseExpression,
  parseJson,
  type Body,
  type SourcedExpression,
} from "@hclbuild/syntax";
import { rawEquals, type Value } from "@hclbuild/value";
import {
  corpusAbsent,
  decodeVectorType,
  decodeVectorValue,
  findCorpus,
  isVectorObject,
  listOfJson,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit";
import { isJsonArray, plainJson, type LosslessJson } from "@hclbuild/value";
import {
  createFunctionTable,
  createScope,
  evaluate,
  lowerExpression,
  noFunctions,
  readUserFunctions,
  referencesOf,
} from "../../src/index.js";
import { decodeSpec, type DecoderSpec } from "../../src/hcldec/index.js";
import { show, variablesOf } from "./rows.js";

const corpus = findCorpus(process.env);
const rowsOf = (name: string): readonly { readonly row: VectorRow; readonly index: number }[] =>
  corpus === undefined ? [] : readVectors(corpus, name).map((row, index) => ({ row, index }));

function expectValue(actual: Value, expected: Value): void {
  if (!rawEquals(actual, expected)) expect(show(actual)).toEqual(show(expected));
}

function nativeOf(text: string, bag: DiagnosticBag): Body {
  const source = new SourceText("t.hcl", text);
  return nativeBody(parse(source, bag.report).body, source);
}

function countOf(json: LosslessJson | undefined): number {
  return json === undefined ? 0 : Number(plainJson(json));
}

function jsonAttribute(row: VectorRow, bag: DiagnosticBag): SourcedExpression {
  const body = jsonBody(parseJson(new SourceText("t.json", textOf(row["input"]) as string), bag.report));
  const name = textOf(row["attr"]) as string;
  const attribute = body.content({ attributes: [{ name }], blocks: [] }, bag.report).attributes.get(name);
  if (attribute === undefined) throw new Error("the row's attribute is missing");
  return attribute;
}

/** The Go structs of the rows as our specifications. */
function decodeSpecRow(json: LosslessJson | undefined): DecoderSpec {
  if (json !== undefined && json !== null && isJsonArray(json))
    return { kind: "array", items: json.map((item) => decodeSpecRow(item)) };
  if (!isVectorObject(json)) throw new Error("a spec is not an object");
  const row = rowOf(json);
  const number = (name: string): number => countOf(row[name]);
  const nested = (): DecoderSpec => decodeSpecRow(row["Nested"]);
  const blockType = textOf(row["TypeName"]) ?? "";
  const labels = listOfJson(row["LabelNames"]).map((label) => textOf(label) as string);
  const required = row["Required"] === true;
  switch (textOf(row["$t"])) {
    case undefined:
    case "*hcldec.ObjectSpec": {
      const properties = Object.entries(row).filter(([name]) => name !== "$t");
      return { kind: "object", properties: new Map(properties.map(([name, inner]) => [name, decodeSpecRow(inner)])) };
    }
    case "*hcldec.AttrSpec":
      return { kind: "attr", name: textOf(row["Name"]) ?? "", type: decodeVectorType(row["Type"]), required };
    case "*hcldec.LiteralSpec":
      return { kind: "literal", value: decodeVectorValue(row["Value"]) };
    case "*hcldec.DefaultSpec":
      return { kind: "default", primary: decodeSpecRow(row["Primary"]), fallback: decodeSpecRow(row["Default"]) };
    case "*hcldec.BlockSpec":
      return { kind: "block", blockType, nested: nested(), required };
    case "*hcldec.BlockLabelSpec":
      return { kind: "block_label", index: number("Index"), name: textOf(row["Name"]) ?? "" };
    case "*hcldec.BlockAttrsSpec":
      return { kind: "block_attrs", blockType, elementType: decodeVectorType(row["ElementType"]), required };
    case "*hcldec.BlockListSpec":
      return { kind: "block_list", blockType, nested: nested(), min: number("MinItems"), max: number("MaxItems") };
    case "*hcldec.BlockSetSpec":
      return { kind: "block_set", blockType, nested: nested(), min: number("MinItems"), max: number("MaxItems") };
    case "*hcldec.BlockTupleSpec":
      return { kind: "block_tuple", blockType, nested: nested(), min: number("MinItems"), max: number("MaxItems") };
    case "*hcldec.BlockMapSpec":
      return { kind: "block_map", blockType, nested: nested(), labels };
    case "*hcldec.BlockObjectSpec":
      return { kind: "block_object", blockType, nested: nested(), labels };
    default:
      throw new Error(`unknown kind of spec ${String(textOf(row["$t"]))}`);
  }
}

describe.skipIf(corpus === undefined)(`body tables${corpus === undefined ? ` (${corpusAbsent})` : ""}`, () => {
  test.each(rowsOf("hcldec_decode"))("hcldec_decode $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const body = nativeOf(textOf(row["input"]) ?? "", bag);
    const value = decodeSpec(body, decodeSpecRow(row["spec"]), createScope(variablesOf(row)), bag.report);
    expect(bag.items).toHaveLength(countOf(row["diag_count"]));
    expectValue(value, decodeVectorValue(row["expected"]));
  });

  test.each(rowsOf("userfunc"))("userfunc $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const variables = variablesOf(row);
    const body = nativeOf(textOf(row["config"]) ?? "", bag);
    const { functions } = readUserFunctions(body, () => createScope(variables), bag.report);
    const scope = createScope(variables, createFunctionTable(functions, noFunctions.host));
    const source = new SourceText("t.hcl", textOf(row["input"]) ?? "");
    const value = evaluate(
      lowerExpression({ expression: parseExpression(source, bag.report), source }),
      scope,
      bag.report,
    );
    expect(bag.items).toHaveLength(countOf(row["diag_count"]));
    expectValue(value, decodeVectorValue(row["expected"]));
  });

  test.each(rowsOf("json_expression_value"))("json_expression_value $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const value = evaluate(lowerExpression(jsonAttribute(row, bag)), createScope(variablesOf(row)), bag.report);
    expect(bag.items).toHaveLength(row["error"] === null ? 0 : 1);
    if (row["error"] !== null) expect(bag.items[0]?.code).toBe("eval/unknown-variable");
    expectValue(value, decodeVectorValue(row["expected"]));
  });

  test.each(rowsOf("json_variables"))("json_variables $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const references = referencesOf(lowerExpression(jsonAttribute(row, bag)));
    const expected = listOfJson(row["expected"]).map((traversal) => {
      const root = rowOf(listOfJson(traversal)[0]);
      const range = rowOf(root["SrcRange"]);
      const byte = (end: string): unknown => plainJson(listOfJson(range[end])[2] ?? null);
      return { root: textOf(root["Name"]), start: byte("start"), end: byte("end") };
    });
    expect(bag.items).toEqual([]);
    expect(references.map(({ root, span }) => ({ root, start: span?.start, end: span?.end }))).toEqual(expected);
  });
});
