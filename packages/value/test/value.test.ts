import {
  asBoolean,
  asJsNumber,
  asNumber,
  asText,
  attributeNames,
  boolValue,
  compareText,
  dynamicType,
  dynamicUnknown,
  elementsOf,
  entriesOf,
  falseValue,
  getAttribute,
  graphemeCount,
  graphemesOf,
  hasIndex,
  indexValue,
  isKnown,
  isNull,
  isWhollyKnown,
  lengthOf,
  listOf,
  listValue,
  literalInteger,
  mapValue,
  markValue,
  maximumNesting,
  NestingError,
  nestingOf,
  nullValue,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  refinementOf,
  setOf,
  setValue,
  stringType,
  stringValue,
  trueValue,
  tupleValue,
  unknownValue,
  type ObjectType,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const a = stringValue("a");
const b = stringValue("b");

describe("strings", () => {
  it("are stored in NFC and well formed", () => {
    expect(asText(stringValue("e\u0301"))).toBe("é");
    expect(asText(stringValue("a\ud800b\udc00"))).toBe("a\ufffdb\ufffd");
    expect(asText(stringValue("\u{1f600}"))).toBe("\u{1f600}");
  });

  it("count grapheme clusters", () => {
    expect(graphemeCount("héllo\u0301")).toBe(5);
    expect(graphemeCount("a\r\nb")).toBe(3);
    expect(graphemeCount("👨‍👩‍👧‍👦🇩🇪한")).toBe(3);
    expect(graphemesOf("e\u0301x")).toEqual(["e\u0301", "x"]);
    expect(graphemeCount("漢字かな")).toBe(4);
    expect(graphemeCount("か\u3099")).toBe(1);
  });

  it("are ordered by their UTF-8 bytes", () => {
    expect(["\u{10000}", "\uffff", "a", "", "é", "ab"].sort(compareText)).toEqual([
      "",
      "a",
      "ab",
      "é",
      "\uffff",
      "\u{10000}",
    ]);
    expect(compareText("\u{1f600}a", "\u{1f600}b")).toBeLessThan(0);
  });
});

describe("containers", () => {
  it("sort and normalise keys; the last of equal keys wins", () => {
    const value = objectValue(
      new Map([
        ["e\u0301", a],
        ["a", a],
        ["é", b],
      ]),
    );
    expect(entriesOf(value)).toEqual([
      ["a", a],
      ["é", b],
    ]);
    expect(attributeNames(value.type as ObjectType)).toEqual(["a", "é"]);
    expect(entriesOf(mapValue(stringType, { "10": a, "9": b })).map(([key]) => key)).toEqual(["10", "9"]);
  });

  it("give unknown and null elements of unknown type the element type", () => {
    const list = listValue(stringType, [dynamicUnknown, nullValue(dynamicType), a]);
    expect(elementsOf(list).map(({ type }) => type)).toEqual([stringType, stringType, stringType]);
    expect(isKnown(list)).toBe(true);
    expect(isWhollyKnown(list)).toBe(false);
  });

  it("know what is in them", () => {
    const value = tupleValue([objectValue({ deep: unknownValue(stringType) }), markValue(a, "sensitive")]);
    expect(isWhollyKnown(value)).toBe(false);
    expect(nestingOf(value)).toBe(2);
    expect(nestingOf(a)).toBe(0);
  });

  it("nest to a limit that every operation can take", () => {
    let value: Value = a;
    for (let depth = 0; depth < maximumNesting; depth++) value = tupleValue([value]);
    expect(nestingOf(value)).toBe(maximumNesting);
    expect(() => tupleValue([value])).toThrow(NestingError);
  });
});

describe("sets", () => {
  it("hold equal elements once and are ordered: known, unknown, null", () => {
    const unknown = unknownValue(stringType);
    const set = setValue(stringType, [nullValue(stringType), unknown, b, a, b, unknown]);
    expect(elementsOf(set)).toEqual([a, b, unknown, unknown, nullValue(stringType)]);
  });

  it("order numbers by value and bools false first", () => {
    const numbers = [literalInteger(10), literalInteger(9), numberValue(-1), literalInteger(10)];
    expect(elementsOf(setValue(numberType, numbers)).map(asJsNumber)).toEqual([-1, 9, 10]);
    expect(elementsOf(setValue({ kind: "bool" }, [trueValue, falseValue, trueValue]))).toEqual([falseValue, trueValue]);
  });

  it("treat numbers of different precision with the same text as equal", () => {
    expect(lengthOf(setValue(numberType, [numberValue(1), literalInteger(1)]))).toEqual(numberValue(1));
  });

  it("take over the marks of their elements", () => {
    const set = setValue(stringType, [markValue(a, "sensitive"), markValue(b, { deprecated: "x" })]);
    expect(set.marks).toEqual({ sensitive: true, deprecated: ["x"] });
    expect(elementsOf(set)).toEqual([a, b]);
  });
});

describe("length", () => {
  it.each([
    [listValue(stringType, [a, b]), 2],
    [mapValue(stringType, { x: a }), 1],
    [tupleValue([a, a, a]), 3],
    [objectValue({ x: a }), 1],
    [setValue(stringType, []), 0],
    [unknownValue(objectOf({ x: stringType })), 1],
  ])("%#", (value, length) => {
    expect(lengthOf(value)).toEqual(numberValue(length));
  });

  it("of an unknown collection is an unknown number with bounds", () => {
    const length = lengthOf(unknownValue(listOf(stringType), { lengthRange: { minimum: 2, maximum: 5 } }));
    expect(length && refinementOf(length)).toEqual({
      notNull: true,
      numberRange: { minimum: { value: 2, inclusive: true }, maximum: { value: 5, inclusive: true } },
    });
  });

  it("of a set with unknown elements has bounds", () => {
    const length = lengthOf(setValue(stringType, [a, unknownValue(stringType)]));
    expect(length && refinementOf(length).numberRange?.maximum?.value).toBe(2);
    expect(lengthOf(setValue(stringType, [unknownValue(stringType)]))).toEqual(numberValue(1));
  });

  it("is undefined for null and for primitives, and keeps marks", () => {
    expect(lengthOf(nullValue(listOf(stringType)))).toBeUndefined();
    expect(lengthOf(a)).toBeUndefined();
    expect(lengthOf(markValue(listValue(stringType, []), "sensitive"))).toEqual(markValue(numberValue(0), "sensitive"));
  });
});

describe("access", () => {
  const object = objectValue({ name: a });
  const map = mapValue(stringType, { name: a });

  it("finds attributes and elements", () => {
    expect(getAttribute(object, "name")).toBe(a);
    expect(getAttribute(map, "name")).toBe(a);
    expect(indexValue(map, stringValue("name"))).toBe(a);
    expect(indexValue(tupleValue([a, b]), stringValue("1"))).toBe(b);
    expect(indexValue(mapValue(stringType, { "1": b }), literalInteger(1))).toBe(b);
    expect(indexValue(object, stringValue("name"))).toBe(a);
  });

  it.each([
    [getAttribute(object, "x"), 'this object does not have an attribute named "x"'],
    [getAttribute(map, "x"), 'this map does not have an element with the key "x"'],
    [getAttribute(a, "x"), "a string does not have attributes"],
    [getAttribute(tupleValue([]), "x"), "a tuple does not have attributes"],
    [getAttribute(nullValue(object.type), "name"), "this value is null, so it does not have any attributes"],
    [
      getAttribute(listValue(object.type, [object]), "name"),
      'a list of objects does not have attributes; did you mean the attribute "name" of one element, or of all elements?',
    ],
    [indexValue(tupleValue([]), literalInteger(0)), "the collection has no elements"],
    [
      indexValue(tupleValue([a]), literalInteger(1)),
      "the given index is greater than or equal to the length of the collection",
    ],
    [indexValue(tupleValue([a]), literalInteger(-1)), "a negative number is not a valid index for a sequence"],
    [
      indexValue(tupleValue([a]), numberValue(0.5)),
      "indexing a sequence requires a whole number, but the given index has a fractional part",
    ],
    [indexValue(tupleValue([a]), stringValue("x")), "a number is required to select an element of a sequence"],
    [indexValue(map, tupleValue([])), "a string is required to select from a map"],
    [indexValue(a, literalInteger(0)), "this value does not have any indices"],
    [indexValue(map, nullValue(stringType)), "can't use a null value as an indexing key"],
  ])("says %#", (result, message) => {
    expect(result).toMatchObject({ kind: "value-error", message });
  });

  it("does not name a sensitive key", () => {
    const secret = markValue(stringValue("hunter2"), "sensitive");
    expect(indexValue(map, secret)).toEqual({
      kind: "value-error",
      message: "this map does not have an element with the given key",
      path: [],
    });
  });

  it("of unknown values gives unknowns of the type that is known", () => {
    expect(getAttribute(unknownValue(object.type), "name")).toEqual(unknownValue(stringType));
    expect(indexValue(unknownValue(listOf(numberType)), literalInteger(3))).toEqual(unknownValue(numberType));
    expect(indexValue(tupleValue([a, trueValue]), unknownValue(numberType))).toEqual(dynamicUnknown);
    expect(getAttribute(dynamicUnknown, "x")).toEqual(dynamicUnknown);
    expect(indexValue(unknownValue(setOf(stringType)), literalInteger(0))).toMatchObject({ kind: "value-error" });
  });

  it("tells whether an index exists", () => {
    expect(hasIndex(map, stringValue("name"))).toEqual(boolValue(true));
    expect(hasIndex(map, stringValue("x"))).toEqual(boolValue(false));
    expect(hasIndex(unknownValue(listOf(stringType)), literalInteger(0))).toEqual(
      unknownValue({ kind: "bool" }, { notNull: true }),
    );
  });

  it("throws for misuse by the program only", () => {
    expect(() => asText(literalInteger(1))).toThrow("not a string");
    expect(() => asNumber(a)).toThrow("not a number");
    expect(() => asBoolean(unknownValue({ kind: "bool" }))).toThrow("not a known bool");
    expect(isNull(nullValue(stringType))).toBe(true);
  });
});
