import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeGoValue,
  decodeVectorType,
  listOfJson,
  parseVectorJson,
  rowOf,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit/vectors";
import { convert, isValueError, rawEquals, typeConstraintText, unifyTypes } from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const rows = readFileSync(join(import.meta.dirname, "fixtures", "conversions.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => rowOf(parseVectorJson(line)));

/** What differs from the row's expectation, or nothing. */
function difference(row: VectorRow): unknown {
  if (row["op"] === "unify") {
    const unified = unifyTypes(listOfJson(row["types"]).map(decodeVectorType), { unsafe: row["unsafe"] === true });
    const got = unified && typeConstraintText(unified);
    const want = row["expected"] === undefined ? undefined : typeConstraintText(decodeVectorType(row["expected"]));
    return got === want ? undefined : { row, got };
  }
  const got = convert(decodeGoValue(textOf(row["go"]) ?? ""), decodeVectorType(row["to"]));
  const error = textOf(row["error"]);
  if (error !== undefined) return isValueError(got) && got.message === error ? undefined : { row, got };
  const want = decodeGoValue(textOf(row["expected"]) ?? "");
  return !isValueError(got) && rawEquals(got, want) ? undefined : { row, got };
}

describe("random conversions agree with go-cty", () => {
  it.each([
    ["convert", 600],
    ["unify", 300],
  ])("%s", (operation, count) => {
    const chosen = rows.filter((row) => row["op"] === operation);
    expect(chosen.length).toBeGreaterThan(count);
    expect(chosen.map(difference).filter((item) => item !== undefined)).toEqual([]);
  });
});
