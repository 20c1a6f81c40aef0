import {
  convert,
  dynamicType,
  dynamicUnknown,
  equalValues,
  greaterThan,
  isValueError,
  lessThanOrEqual,
  listOf,
  listValue,
  literalInteger,
  mapOf,
  mapValue,
  markValue,
  multiply,
  add,
  negate,
  nullValue,
  numberType,
  numberValue,
  rawEquals,
  refineNotNull,
  refineValue,
  refinementOf,
  safePrefix,
  setOf,
  setValue,
  stringType,
  stringValue,
  falseValue,
  trueValue,
  unknownValue,
  type Refinement,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

function between(minimum: number, maximum: number): Value {
  return unknownValue(numberType, {
    notNull: true,
    numberRange: { minimum: { value: minimum, inclusive: true }, maximum: { value: maximum, inclusive: true } },
  });
}

describe("refinements", () => {
  it("that allow one value only give that value", () => {
    expect(between(3, 3)).toEqual(numberValue(3));
    const exactly = (n: number): Refinement => ({ notNull: true, lengthRange: { minimum: n, maximum: n } });
    expect(unknownValue(listOf(stringType), exactly(0))).toEqual(listValue(stringType, []));
    expect(unknownValue(mapOf(stringType), exactly(0))).toEqual(mapValue(stringType, {}));
    expect(unknownValue(setOf(stringType), exactly(1))).toEqual(setValue(stringType, [unknownValue(stringType)]));
    expect(unknownValue(listOf(stringType), exactly(2))).toEqual(
      listValue(stringType, [unknownValue(stringType), unknownValue(stringType)]),
    );
    expect(refinementOf(unknownValue(setOf(stringType), exactly(2)))).toEqual(exactly(2));
  });

  it("that do not apply or say nothing are dropped", () => {
    expect(refinementOf(unknownValue(stringType, { stringPrefix: "" }))).toEqual({});
    expect(refinementOf(unknownValue(stringType, { lengthRange: { minimum: 1 } }))).toEqual({});
    expect(unknownValue(dynamicType, { notNull: true })).toEqual(dynamicUnknown);
  });

  it("accumulate", () => {
    const value = refineValue(unknownValue(stringType, { stringPrefix: "a" }), { stringPrefix: "ab" });
    expect(refinementOf(refineNotNull(value))).toEqual({ notNull: true, stringPrefix: "ab" });
    expect(refineNotNull(stringValue("x"))).toEqual(stringValue("x"));
    const marked = refineNotNull(markValue(unknownValue(stringType), "sensitive"));
    expect(marked.marks.sensitive).toBe(true);
  });

  // As go-cty's SafeKnownPrefix answers.
  it.each([
    ["", ""],
    ["Hello", "Hell"],
    ["ami-", "ami-"],
    ["a ", "a "],
    ["é", ""],
    ["x👨‍👩‍👧", "x"],
    ["{", "{"],
  ])("keep of the prefix %j what later text cannot change", (text, prefix) => {
    expect(safePrefix(text)).toBe(prefix);
  });
});

describe("operations on unknowns", () => {
  const number = unknownValue(numberType);

  it("keep ranges", () => {
    expect(add(between(1, 2), between(10, 20))).toEqual(between(11, 22));
    expect(multiply(between(-2, 3), between(-5, 7))).toEqual(between(-15, 21));
    expect(negate(between(1, 2))).toEqual(between(-2, -1));
    expect(refinementOf(add(number, literalInteger(1)) as Value)).toEqual({ notNull: true });
  });

  it("decide what ranges decide", () => {
    expect(greaterThan(between(5, 9), literalInteger(4))).toEqual(trueValue);
    expect(greaterThan(between(5, 9), literalInteger(9))).toEqual(falseValue);
    expect(lessThanOrEqual(between(5, 9), literalInteger(9))).toEqual(trueValue);
    expect(multiply(number, literalInteger(0))).toEqual(numberValue(0));
    expect(isValueError(multiply(nullValue(numberType), literalInteger(0)))).toBe(true);
  });

  it("compare as far as is known", () => {
    const prefixed = unknownValue(stringType, { notNull: true, stringPrefix: "ami-" });
    expect(equalValues(prefixed, stringValue(""))).toEqual(falseValue);
    expect(equalValues(prefixed, nullValue(stringType))).toEqual(falseValue);
    expect(
      rawEquals(equalValues(prefixed, stringValue("ami-1")), unknownValue({ kind: "bool" }, { notNull: true })),
    ).toBe(true);
    expect(equalValues(between(1, 3), literalInteger(4))).toEqual(falseValue);
    const list = unknownValue(listOf(stringType), { lengthRange: { minimum: 1 } });
    expect(equalValues(list, listValue(stringType, []))).toEqual(falseValue);
  });

  it("convert with what is known about them", () => {
    expect(convert(unknownValue(numberType, { notNull: true }), stringType)).toEqual(
      unknownValue(stringType, { notNull: true }),
    );
    expect(convert(dynamicUnknown, listOf(stringType))).toEqual(unknownValue(listOf(stringType)));
  });
});
