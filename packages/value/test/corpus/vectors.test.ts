import { corpusAbsent, decodeVectorType, decodeVectorValue, findCorpus, listOfJson, readVectors, rowOf, textOf, type VectorRow } from "@hclbuild/testkit";
import {
  convert,
  friendlyTypeName,
  impliedType,
  isValueError,
  fromJson,
  mismatchMessage,
  rawEquals,
  toJson,
  typeConstraintText,
  typeFromJson,
  typeToJson,
  typesEqual,
  unifyWithConversions,
  withoutOptional,
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

describe.skipIf(corpus === undefined)(`vectors of types and values (${corpus === undefined ? corpusAbsent : "present"})`, () => {
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
    expect(unified?.conversions.map((conversion) => conversion !== undefined)).toEqual(listOfJson(row["conversions"]));
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
});
