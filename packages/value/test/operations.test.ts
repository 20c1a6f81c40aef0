import {
  absolute,
  add,
  and,
  boolValue,
  divide,
  equalValues,
  greaterThanOrEqual,
  isValueError,
  lessThan,
  listValue,
  literalInteger,
  marksOf,
  markValue,
  modulo,
  multiply,
  negate,
  not,
  nullValue,
  numberFromText,
  numberType,
  numberValue,
  objectValue,
  or,
  stringType,
  stringValue,
  subtract,
  dynamicType,
  falseValue,
  trueValue,
  tupleValue,
  unknownValue,
  consoleText,
  asNumber,
  numToText,
  type Value,
  type ValueError,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

function n(text: string): Value {
  return numberFromText(text) ?? nullValue(numberType);
}

function text(result: Value | ValueError): string {
  return isValueError(result) ? `error: ${result.message}` : numToText(asNumber(result));
}

describe("arithmetic", () => {
  it("is exact where doubles are not", () => {
    expect(text(add(n("0.1"), n("0.2")))).toBe("0.3");
    expect(text(multiply(n("9007199254740993"), n("3")))).toBe("27021597764222979");
    expect(text(subtract(n("1.9"), n("0.4")))).toBe("1.5");
    expect(text(divide(n("9"), n("4")))).toBe("2.25");
  });

  it("keeps the precision of the operands", () => {
    expect(text(divide(numberValue(1), numberValue(3)))).toBe("0.33333333333333333334");
    expect(text(divide(n("1"), n("3")))).toBe(`0.${"3".repeat(154)}5`);
  });

  it.each([
    [modulo(n("-7"), n("3")), "-1"],
    [modulo(n("7"), n("-3")), "1"],
    [modulo(n("5"), n("0")), "5"],
    [divide(n("1"), n("0")), "+Inf"],
    [divide(n("-1"), n("0")), "-Inf"],
    [divide(n("0"), n("0")), "error: can't divide zero by zero or infinity by infinity"],
    [subtract(n("inf"), n("inf")), "error: can't subtract infinity from itself"],
    [add(n("inf"), n("-inf")), "error: can't compute sum of opposing infinities"],
    [multiply(n("0"), n("inf")), "error: can't multiply zero by infinity"],
    [negate(n("0")), "-0"],
    [absolute(n("-2.5")), "2.5"],
    [add(stringValue("1"), n("1")), "error: a number is required"],
    [add(nullValue(numberType), n("1")), "error: the operand must not be null"],
    [add(unknownValue(stringType), n("1")), "error: a number is required"],
  ])("%#", (result, want) => {
    expect(text(result)).toBe(want);
  });
});

describe("logic and comparison", () => {
  const unknownBool = unknownValue({ kind: "bool" });

  it("decides by one operand where that suffices, and keeps both marks", () => {
    expect(and(unknownBool, falseValue)).toEqual(falseValue);
    expect(or(unknownBool, trueValue)).toEqual(trueValue);
    expect(and(unknownBool, trueValue)).toEqual(unknownValue({ kind: "bool" }, { notNull: true }));
    expect(and(markValue(unknownBool, "sensitive"), falseValue)).toEqual(markValue(falseValue, "sensitive"));
    expect(not(trueValue)).toEqual(falseValue);
    expect(isValueError(not(literalInteger(1)))).toBe(true);
  });

  it("compares numbers by value whatever their precision", () => {
    expect(lessThan(numberValue(1), n("1.5"))).toEqual(trueValue);
    expect(greaterThanOrEqual(numberValue(2), n("2"))).toEqual(trueValue);
  });
});

describe("equality", () => {
  it.each([
    ["numbers by text", numberValue(0.1), n("0.1"), true],
    ["types matter", stringValue("1"), literalInteger(1), false],
    ["a list is no tuple", listValue(stringType, []), tupleValue([]), false],
    ["nulls of any type", nullValue(stringType), nullValue(numberType), true],
    ["null and value", nullValue(stringType), stringValue(""), false],
    ["objects by part", objectValue({ a: stringValue("x") }), objectValue({ a: stringValue("x") }), true],
    ["negative zero", n("-0"), n("0"), true],
  ])("%s", (_, a, b, equal) => {
    expect(equalValues(a, b)).toEqual(boolValue(equal));
    expect(equalValues(b, a)).toEqual(boolValue(equal));
  });

  it("carries the marks of all parts, compared with null too, as HCL 2.24 and Terraform 1.11 do", () => {
    const secret = tupleValue([markValue(stringValue("x"), "sensitive")]);
    expect(equalValues(secret, tupleValue([stringValue("x")])).marks).toEqual(marksOf("sensitive"));
    for (const other of [nullValue(secret.type), nullValue(dynamicType), stringValue("x"), tupleValue([])]) {
      expect(equalValues(secret, other)).toEqual(markValue(falseValue, "sensitive"));
      expect(equalValues(other, secret)).toEqual(markValue(falseValue, "sensitive"));
    }
    expect(consoleText(equalValues(markValue(nullValue(stringType), "sensitive"), stringValue("x")))).toBe(
      "<sensitive>",
    );
  });
});
