import {
  corpusAbsent,
  decodeVectorType,
  decodeVectorValue,
  findCorpus,
  isVectorObject,
  listOfJson,
  markForVector,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit/vectors";
import {
  consoleText,
  convert,
  getAttribute,
  indexValue,
  impliedType,
  isValueError,
  fromJson,
  mismatchMessage,
  rawEquals,
  toJson,
  typeConstraintText,
  typeToJson,
  unifyWithConversions,
  valueToHcl,
  type Value,
  type ValueError,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const corpus = findCorpus(process.env);

function rows(name: string): readonly (readonly [string, VectorRow])[] {
  if (corpus === undefined) return [];
  return readVectors(corpus, name).map((row) => [textOf(row["source"]) ?? "", row] as const);
}

function expectValue(got: Value | ValueError, want: Value): void {
  if (isValueError(got)) throw new Error(`unexpected error: ${got.message}`);
  if (!rawEquals(got, want)) expect(got).toEqual(want);
  expect(rawEquals(got, want)).toBe(true);
}

function applyPath(start: Value, path: readonly VectorRow[]): Value | ValueError {
  let value: Value | ValueError = start;
  for (const step of path) {
    if (isValueError(value)) return value;
    const name = textOf(step["Name"]);
    value = name === undefined ? indexValue(value, decodeVectorValue(step["Key"])) : getAttribute(value, name);
  }
  return value;
}

describe.skipIf(corpus === undefined)(
  `vectors of types and values (${corpus === undefined ? corpusAbsent : "present"})`,
  () => {
    it.each(rows("cty_convert"))("convert: %s", (_, row) => {
      const result = convert(decodeVectorValue(row["value"]), decodeVectorType(row["to"]));
      const error = textOf(row["error"]);
      if (error !== undefined) expect(result).toMatchObject({ kind: "value-error", message: error });
      else expectValue(result, decodeVectorValue(row["expected"]));
    });

    it.each(rows("cty_unify"))("unify: %s", (_, row) => {
      const unified = unifyWithConversions(listOfJson(row["types"]).map(decodeVectorType));
      if (row["expected"] === null) {
        expect(unified).toBeUndefined();
        return;
      }
      expect(typeToJson(unified?.type ?? { kind: "dynamic" })).toEqual(typeToJson(decodeVectorType(row["expected"])));
      expect(unified?.conversions.map((conversion) => conversion !== undefined)).toEqual(
        listOfJson(row["conversions"]),
      );
    });

    it.each(rows("cty_mismatch_message"))("mismatch message: %s", (_, row) => {
      expect(mismatchMessage(decodeVectorType(row["got"]), decodeVectorType(row["want"]))).toBe(row["expected"]);
    });

    it.each(rows("type_string"))("type text: %s", (_, row) => {
      expect(typeConstraintText(decodeVectorType(row["type"]))).toBe(row["expected"]);
    });

    it.each(rows("cty_json"))("JSON: %s", (_, row) => {
      const type = decodeVectorType(row["type"]);
      const value = convert(decodeVectorValue(row["value"]), type);
      if (isValueError(value)) throw new Error(value.message);
      const text = toJson(value, type);
      expect(text).toBe(row["expected_json"]);
      expectValue(fromJson(text as string, type), value);
    });

    it.each(rows("cty_json_implied_type"))("implied type: %s", (_, row) => {
      const type = impliedType(textOf(row["input"]) ?? "");
      const error = textOf(row["error"]);
      if (error === undefined) expect(type).toEqual(decodeVectorType(row["expected"]));
      else expect(isValueError(type) ? type.message.slice(0, error.length) : type).toBe(error);
    });

    it.each(rows("value_to_hcl"))("HCL text: %s", (_, row) => {
      expect(valueToHcl(decodeVectorValue(row["value"]))).toBe(row["expected"]);
    });

    it.each(rows("ops"))("access: %s", (source, row) => {
      const result =
        row["op"] === "index"
          ? indexValue(decodeVectorValue(row["coll"]), decodeVectorValue(row["key"]))
          : applyPath(decodeVectorValue(row["start"]), listOfJson(row["path"]).map(rowOf));
      // Upstream drops the mark of a key that selects an object's attribute; a result that a mark influenced keeps it.
      if (source.endsWith("TestIndex #9"))
        expectValue(result, markForVector(decodeVectorValue(row["expected"]), "marked"));
      else if (row["error"] !== null) expect(result).toMatchObject({ kind: "value-error" });
      else expectValue(result, decodeVectorValue(row["expected"]));
    });

    const printed = [...rows("docs_examples"), ...rows("packer_function_exprs")].filter(
      ([, row]) => isVectorObject(row["expected"]) && typeof row["console"] === "string",
    );
    it("console text of every printed vector", () => {
      expect(printed.length).toBeGreaterThan(700);
      for (const [, row] of printed) expect(consoleText(decodeVectorValue(row["expected"]))).toBe(row["console"]);
    });
  },
);
