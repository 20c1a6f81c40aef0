import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { jsonBody, parseExpression, parseJson, type SourcedExpression } from "@hclbuild/syntax";
import {
  compareText,
  rawEquals,
  typesEqual,
  typeToJson,
  unmarkDeep,
  type LosslessJson,
  type Value,
} from "@hclbuild/value";
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
import { applyTypeDefaults, parseTypeExpression, type TypeDefaults } from "../../src/index.js";
import { run } from "../helpers.js";
import { show, variablesOf } from "./rows.js";

const corpus = findCorpus(process.env);
const rowsOf = (name: string): readonly { readonly row: VectorRow; readonly index: number }[] =>
  corpus === undefined ? [] : readVectors(corpus, name).map((row, index) => ({ row, index }));

function expectValue(actual: Value, expected: Value): void {
  if (!rawEquals(actual, expected)) expect(show(actual)).toEqual(show(expected));
}

function nativeExpression(text: string, bag: DiagnosticBag): SourcedExpression {
  const source = new SourceText("t.hcl", text);
  return { expression: parseExpression(source, bag.report), source };
}

function jsonExpression(text: string, bag: DiagnosticBag): SourcedExpression {
  const body = jsonBody(parseJson(new SourceText("t.json", text), bag.report));
  const attribute = body.content({ attributes: [{ name: "expr" }], blocks: [] }, bag.report).attributes.get("expr");
  if (attribute === undefined) throw new Error("the row has no expression");
  return attribute;
}

function decodeDefaults(json: LosslessJson | undefined): TypeDefaults | undefined {
  if (!isVectorObject(json)) return undefined;
  const row = rowOf(json);
  const values = Object.entries(isVectorObject(row["DefaultValues"]) ? rowOf(row["DefaultValues"]) : {});
  const children = Object.entries(isVectorObject(row["Children"]) ? rowOf(row["Children"]) : {});
  return {
    type: decodeVectorType(row["Type"]),
    values: new Map(values.map(([name, value]) => [name, decodeVectorValue(value)])),
    children: new Map(
      children.flatMap(([name, child]) => {
        const defaults = decodeDefaults(child);
        return defaults === undefined ? [] : [[name, defaults] as const];
      }),
    ),
  };
}

function showDefaults(defaults: TypeDefaults | undefined): unknown {
  if (defaults === undefined) return null;
  const sorted = <T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
    [...map].toSorted(([a], [b]) => compareText(a, b));
  return {
    type: typeToJson(defaults.type),
    values: sorted(defaults.values).map(([name, value]) => [name, show(value)]),
    children: sorted(defaults.children).map(([name, child]) => [name, showDefaults(child)]),
  };
}

describe.skipIf(corpus === undefined)(`type tables${corpus === undefined ? ` (${corpusAbsent})` : ""}`, () => {
  test.each(rowsOf("type_expr"))("type_expr $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const input = textOf(row["input"]) as string;
    const sourced = row["syntax"] === "json" ? jsonExpression(input, bag) : nativeExpression(input, bag);
    const parsed = parseTypeExpression(sourced, bag.report, row["constraint"] === true ? "constraint" : "exact");
    expect(
      bag.items.map((item) => item.code),
      input,
    ).toEqual(row["error"] === null ? [] : ["eval/invalid-type"]);
    const expected = decodeVectorType(row["expected"]);
    expect(typesEqual(parsed.type, expected), `${input}: ${JSON.stringify(typeToJson(parsed.type))}`).toBe(true);
  });

  test.each(rowsOf("type_expr_defaults"))("type_expr_defaults $index", ({ row }) => {
    const bag = new DiagnosticBag();
    const input = textOf(row["input"]) as string;
    const { defaults } = parseTypeExpression(nativeExpression(input, bag), bag.report);
    expect(bag.items.length, input).toBe(row["error"] === null ? 0 : 1);
    expect(showDefaults(defaults), input).toEqual(showDefaults(decodeDefaults(row["expected"])));
  });

  test.each(rowsOf("type_defaults_apply"))("type_defaults_apply $index", ({ row }) => {
    expectValue(
      applyTypeDefaults(decodeDefaults(row["defaults"]), decodeVectorValue(row["value"])),
      decodeVectorValue(row["expected"]),
    );
  });

  test.each(rowsOf("try_can"))("try_can $index", ({ row }) => {
    const outcome = run(textOf(row["input"]) as string, { variables: variablesOf(row) });
    expect(outcome.diagnostics.length).toBe(row["error"] === null ? 0 : 1);
    if (row["error"] === null) expectValue(outcome.value, decodeVectorValue(row["expected"]));
  });

  test.each(rowsOf("expr_error_messages"))("expr_error_messages $index", ({ row }) => {
    const outcome = run(textOf(row["input"]) as string, { variables: variablesOf(row) });
    expect(outcome.diagnostics, textOf(row["input"])).toHaveLength(1);
  });

  test.each(rowsOf("ops"))("ops $index", ({ row }) => {
    const isPath = row["op"] === "apply_path";
    const start = decodeVectorValue(isPath ? row["start"] : row["coll"]);
    const variables: Record<string, Value> = { start };
    let text = "start";
    const keys = isPath ? listOfJson(row["path"]) : [row["key"] ?? null];
    for (const [index, step] of keys.entries()) {
      const attribute = isPath ? textOf(rowOf(step)["Name"]) : undefined;
      if (attribute === undefined) {
        variables[`key${String(index)}`] = decodeVectorValue(isPath ? rowOf(step)["Key"] : step);
        text += `[key${String(index)}]`;
      } else text += `.${attribute}`;
    }
    const outcome = run(text, { variables });
    expect(outcome.diagnostics.length, text).toBe(row["error"] === null ? 0 : 1);
    if (row["error"] !== null) return;
    const expected = decodeVectorValue(row["expected"]);
    expectValue(isMarkedObjectKey(row) ? unmarkDeep(outcome.value).value : outcome.value, expected);
  });
});

/**
 * Upstream forgets the mark of a key that selects an object's attribute, though it keeps the mark of a map's or list's.
 * Which attribute was selected tells the key, so the mark stays here.
 */
function isMarkedObjectKey(row: VectorRow): boolean {
  const key = row["key"];
  return (
    isVectorObject(key) &&
    rowOf(key)["marked"] === true &&
    JSON.stringify(typeToJson(decodeVectorValue(row["coll"]).type)).startsWith('["object"')
  );
}
