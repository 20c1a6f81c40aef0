import {
  asJsNumber,
  consoleNumber,
  isValueError,
  multiply,
  numberFromText,
  numberValue,
  numFromDouble,
  numFromText,
  numToDouble,
  numToExactDouble,
  numToInt,
  numToText,
  precisionOf,
  type HclNumber,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

/** What go-cty's ParseNumberVal reads, as its text or the text's length; `undefined` where it refuses. */
const parsed: readonly (readonly [string, string | number | undefined])[] = [
  ["inf", "+Inf"],
  ["-Inf", "-Inf"],
  ["+inf", "+Inf"],
];

describe("reading numbers", () => {
  it.each(parsed)("%j", (text, want) => {
    const n = numFromText(text);
    const shown = n === undefined ? undefined : numToText(n);
    expect(typeof want === "number" ? shown?.length : shown).toBe(want);
  });

  it("gives numbers from text 512 bits, whole numbers 64 and doubles 53", () => {
    expect(precisionOf(numFromText("7") ?? 0)).toBe(512);
    expect(precisionOf(numberValue(7).representation as HclNumber)).toBe(64);
    expect(precisionOf(numFromDouble(0.5) ?? 0)).toBe(53);
    expect(precisionOf(numberValue(2n ** 100n + 1n).representation as HclNumber)).toBe(101);
  });

  it("refuses exponents and digits beyond its bounds instead of filling memory", () => {
    expect(numFromText("1e100001")).toBeUndefined();
    expect(numFromText("1e-999999999")).toBeUndefined();
    expect(numFromText("9".repeat(100_001))).toBeUndefined();
    expect(numToText(numFromText("1e100000") ?? 0)).toBe(`1${"0".repeat(100_000)}`);
  });

  it("turns runaway products into an error", () => {
    const messages: string[] = [];
    let value: Value = numberFromText("1e100000") ?? numberValue(0);
    while (messages.length === 0) {
      const next = multiply(value, value);
      if (isValueError(next)) messages.push(next.message);
      else value = next;
    }
    expect(messages).toEqual(["the result is out of range"]);
  });
});

describe("doubles", () => {
  it.each([
    ["0.1", 0.1],
    ["3", 3],
    ["-0.5", -0.5],
    ["9007199254740993", undefined],
    ["0.10000000000000000001", undefined],
    ["1e22", 1e22],
    ["1e300", undefined],
    ["inf", undefined],
  ])("%s equals the double %s", (text, want) => {
    expect(numToExactDouble(numFromText(text) ?? 0)).toBe(want);
  });

  it("rounds to the nearest double, ties to even, subnormal numbers too", () => {
    const texts = [
      "9007199254740993",
      "9007199254740995",
      "5e-324",
      "2.5e-324",
      "2.4e-324",
      "1.7976931348623159e308",
      "123.456e-310",
    ];
    for (const text of texts) expect(numToDouble(numFromText(text) ?? 0)).toBe(Number(text));
  });

  it("reads every double back", () => {
    for (const n of [0.1, -1.5e-300, 1e21, 5e-324, 123456789.123, Number.MAX_VALUE]) {
      expect(numToDouble(numFromDouble(n) ?? 0)).toBe(n);
      expect(asJsNumber(numberValue(n))).toBe(n);
    }
  });

  it("gives whole numbers as bigints", () => {
    expect(numToInt(numFromText("1e20") ?? 0)).toBe(10n ** 20n);
    expect(numToInt(numFromText("1.5") ?? 0)).toBeUndefined();
    expect(numToInt(Infinity)).toBeUndefined();
  });
});

describe("numbers on the console", () => {
  // As packer console 1.6.6 printed them.
  it.each([
    ["1234567.5", "1.2345675e+06"],
    ["0.00001", "1e-05"],
    ["0.0001", "0.0001"],
    ["9223372036854775807", "9223372036854775807"],
    ["9223372036854775808", "9.223372036854776e+18"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["100000000000000000000", "1e+20"],
    ["-0", "0"],
    ["1e400", "+Inf"],
    ["123456.5", "123456.5"],
    ["21.000000000000000000001", "21"],
  ])("%s", (text, want) => {
    expect(consoleNumber(numFromText(text) ?? 0)).toBe(want);
  });
});
