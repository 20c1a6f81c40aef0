import { expect, test } from "vitest";
import { isKnown, numberFromText } from "@hclbuild/value";
import { codesOf, run } from "./helpers.js";

test.each([
  "1e1000000",
  "1e100001",
  "1e100000",
  "1e-100001",
  "1.5e100001",
  "1.5e100002",
  "1.50e-99999",
  "1.50e-100000",
  "0e1000000",
  "0".repeat(100_001),
  `0.${"0".repeat(100_001)}`,
  "1".repeat(100_000),
  "1".repeat(100_001),
  `1.${"1".repeat(99_999)}`,
  `1.${"1".repeat(100_000)}`,
])("a number literal has a value or is reported (case %#)", (text) => {
  const { value, diagnostics } = run(text);
  const codes = isKnown(value) ? [] : [`syntax/number-out-of-range@0-${String(text.length)}`];
  expect(codesOf(diagnostics)).toEqual(codes);
  expect(isKnown(value)).toBe(numberFromText(text) !== undefined);
});
