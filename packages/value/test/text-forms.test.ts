import {
  consoleText,
  displayValue,
  formatPath,
  fromJson,
  impliedType,
  isValueError,
  literalInteger,
  listOf,
  listValue,
  mapValue,
  markValue,
  nullValue,
  numberFromText,
  numberType,
  numberValue,
  objectValue,
  parseLosslessJson,
  quoteGo,
  quoteHcl,
  setOf,
  stringType,
  stringValue,
  toJson,
  trueValue,
  tupleOf,
  tupleValue,
  unknownValue,
  valueToHcl,
  dynamicType,
  mapOf,
  objectOf,
  rawEquals,
  type Type,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

function pathOf(result: unknown): string | undefined {
  return isValueError(result) ? formatPath(result.path) : undefined;
}

const secret = markValue(stringValue("hunter2"), "sensitive");

describe("console text", () => {
  it("shows strings raw at the top and quoted inside", () => {
    expect(consoleText(stringValue("a\nb"))).toBe("a\nb");
    expect(
      consoleText(tupleValue([stringValue("a\nb"), stringValue('\u0001\u200b"'), tupleValue([]), objectValue({})])),
    ).toBe('[\n  "a\\nb",\n  "\\x01\\u200b\\"",\n  [],\n  {},\n]');
  });

  it("masks sensitive parts and no others, with or without their structure", () => {
    const secret = (value: Value): Value => markValue(value, "sensitive");
    const partly = objectValue({
      a: secret(stringValue("x")),
      z: stringValue("plain"),
      n: secret(nullValue(stringType)),
    });
    expect(consoleText(partly, "structure")).toBe('{\n  "a" = "<sensitive>"\n  "z" = "plain"\n}');
    expect(consoleText(partly)).toBe('{\n  "a" = <sensitive>\n  "n" = <sensitive>\n  "z" = "plain"\n}');
    const whole = secret(
      tupleValue([stringValue("x"), stringValue(""), trueValue, objectValue({ k: literalInteger(1) })]),
    );
    expect(consoleText(whole, "structure")).toBe(
      '[\n  "<sensitive>",\n  "",\n  "<sensitive>",\n  {\n    "k" = "<sensitive>"\n  },\n]',
    );
    expect(consoleText(whole)).toBe("<sensitive>");
    expect(consoleText(secret(literalInteger(5)), "structure")).toBe("<sensitive>");
    expect(consoleText(secret(stringValue("")), "structure")).toBe("");
    expect(consoleText(secret(unknownValue(stringType)), "structure")).toBe("<unknown>");
  });

  it("leaves out attributes that are null, as packer does", () => {
    expect(consoleText(objectValue({ a: nullValue(stringType) }))).toBe("{}");
    expect(
      consoleText(objectValue({ a: literalInteger(1), "b c": tupleValue([trueValue]), d: nullValue(stringType) })),
    ).toBe('{\n  "a" = 1\n  "b c" = [\n    true,\n  ]\n}');
    expect(consoleText(tupleValue([nullValue(stringType)]))).toBe("[\n  null,\n]");
  });

  // As Packer 1.6.6 and 1.11.2 print it.
  it("is unknown as a whole when a part is", () => {
    const part = unknownValue(stringType);
    expect(consoleText(objectValue({ a: part, b: stringValue("x") }))).toBe("<unknown>");
    expect(consoleText(listValue(stringType, [part]))).toBe("<unknown>");
    expect(consoleText(markValue(objectValue({ a: part }), "sensitive"))).toBe("<sensitive>");
  });

  it("masks sensitive parts", () => {
    expect(consoleText(secret)).toBe("<sensitive>");
    expect(consoleText(objectValue({ a: secret, b: stringValue("x") }))).toBe('{\n  "a" = <sensitive>\n  "b" = "x"\n}');
  });
});

describe("display", () => {
  it("is one line of HCL", () => {
    const value = objectValue({
      name: stringValue("a\n${x}"),
      "b c": tupleValue([literalInteger(1), nullValue(stringType)]),
      s: secret,
    });
    expect(displayValue(value)).toBe('{ "b c" = [1, null], name = "a\\n$${x}", s = <sensitive> }');
    expect(displayValue(unknownValue(stringType, { stringPrefix: "ami" }))).toBe("<unknown>");
    expect(displayValue(objectValue({}))).toBe("{}");
  });

  it("is cut by grapheme clusters, whatever the size of the value", () => {
    expect(displayValue(stringValue("abcdefghij"), { maxLength: 6 })).toBe('"abcd…');
    expect(displayValue(stringValue("👩🏾👩🏾👩🏾👩🏾"), { maxLength: 4 })).toBe('"👩🏾👩🏾…');
    const large = listValue(
      stringType,
      Array.from({ length: 100_000 }, (_, index) => stringValue(`item ${index}`)),
    );
    expect(displayValue(large, { maxLength: 20 })).toBe('["item 0", "item 1"…');
    expect(displayValue(stringValue("x".repeat(1_000_000)), { maxLength: 5 })).toBe('"xxx…');
  });
});

describe("HCL text", () => {
  // As hclwrite's TokensForValue lays it out.
  it("lays out objects as the formatter does", () => {
    const value = objectValue({
      a: literalInteger(1),
      longer: stringValue("x\ty\u0001\u200b${a} %{b} $a $$ é"),
      nested: objectValue({ k: trueValue, kkkk: nullValue(stringType) }),
      z: tupleValue([objectValue({ p: stringValue("q"), pp: numberValue(-1.5) }), objectValue({}), tupleValue([])]),
    });
    expect(valueToHcl(value)).toBe(`{
  a      = 1
  longer = "x\\ty\\u0001\\u200b$\${a} %%{b} $a $$ é"
  nested = {
    k    = true
    kkkk = null
  }
  z = [{
    p  = "q"
    pp = -1.5
  }, {}, []]
}`);
  });

  it("quotes keys that are no names, and `for`, which would begin a for expression", () => {
    const keys = ["", "${x}", "1a", "_a", "a-b", "a.b", "for", "if", "é"];
    const value = mapValue({ kind: "bool" }, new Map(keys.map((key) => [key, trueValue])));
    expect(valueToHcl(value)).toBe(`{
  ""      = true
  "$\${x}" = true
  "1a"    = true
  _a      = true
  a-b     = true
  "a.b"   = true
  "for"   = true
  if      = true
  é       = true
}`);
  });

  it("escapes", () => {
    expect(quoteHcl("$${x} %%{ \u{1f600} \u2028")).toBe('"$$${x} %%%{ \u{1f600} \\u2028"');
    expect(quoteHcl('a\\$"{')).toBe('"a\\\\$\\"{"');
    expect(quoteHcl("\u007f\u0085\ufeff\ue000")).toBe('"\\u007f\\u0085\\ufeff\\ue000"');
    expect(quoteGo("\u007f\u0007\ud83d\ude00\u{10ffff}")).toBe('"\\x7f\\a\u{1f600}\\U0010ffff"');
  });

  it("refuses what has no text", () => {
    expect(valueToHcl(tupleValue([secret]))).toMatchObject({ message: "a sensitive value can't be written as text" });
    expect(valueToHcl(unknownValue(stringType))).toMatchObject({ kind: "value-error" });
    expect(valueToHcl(numberValue(Infinity))).toMatchObject({ kind: "value-error" });
  });
});

describe("paths", () => {
  it("read as written after a name", () => {
    const key = { kind: "index", key: stringValue('a"b') } as const;
    const path = [
      { kind: "attribute", name: "a" },
      { kind: "index", key: numberValue(0) },
      key,
      { kind: "attribute", name: "b c" },
    ] as const;
    expect(formatPath(path)).toBe('.a[0]["a\\"b"]["b c"]');
    expect(formatPath([{ kind: "index", key: secret }])).toBe("[…]");
  });
});

describe("JSON", () => {
  it("keeps every digit and repeated properties", () => {
    const json = parseLosslessJson('{"a": 1.2222222222222222222222222222222222, "a": [1e2, -0]}');
    expect(json).toEqual({
      kind: "object",
      properties: [
        ["a", { kind: "number", text: "1.2222222222222222222222222222222222" }],
        [
          "a",
          [
            { kind: "number", text: "1e2" },
            { kind: "number", text: "-0" },
          ],
        ],
      ],
    });
  });

  it.each([
    ["", "unexpected end of JSON input"],
    ['{"a":1', "invalid character"],
    ['"abc', "unexpected end of JSON input"],
    ['"\\x"', "invalid escape in string literal at line 1, column 1"],
    ['"a\nb"', "invalid character '\n' in string literal at line 1, column 3"],
    ["01", "invalid character '1' in numeric literal at line 1, column 2"],
    ["1.", "invalid character '.' in numeric literal at line 1, column 2"],
    ["[1,]", "invalid character ']' looking for beginning of value at line 1, column 4"],
    ["{,}", "invalid character ',' looking for beginning of object key string at line 1, column 2"],
    ['{"a" 1}', "invalid character '1' after object key at line 1, column 6"],
    ["[1\n 2]", "invalid character '2' after array element at line 2, column 2"],
    ["nul", "unexpected end of JSON input"],
    ["nulx", "invalid character 'x' in literal null at line 1, column 4"],
    ["1 2", "extraneous data after JSON object"],
  ])("refuses %j", (text, message) => {
    const result = parseLosslessJson(text);
    expect(result).toMatchObject({ kind: "value-error" });
    expect(
      (result as { message: string }).message.startsWith(message) ||
        (result as { message: string }).message === "unexpected end of JSON input",
    ).toBe(true);
  });

  it("bounds nesting", () => {
    expect(parseLosslessJson("[".repeat(10_000) + "]".repeat(10_000))).toMatchObject({
      message: "arrays and objects may nest 1000 levels deep, and this is one more at line 1, column 1001",
    });
    expect(isValueError(fromJson("[".repeat(1000) + "]".repeat(1000)))).toBe(false);
    expect(fromJson('{"a":'.repeat(1_000_000))).toMatchObject({ kind: "value-error" });
  });

  it("reads by type, with the path of what does not fit", () => {
    expect(fromJson('{"a":["1",2,null]}', objectOf({ a: listOf(numberType), b: stringType }))).toEqual(
      objectValue({
        a: listValue(numberType, [numberFromText("1") ?? trueValue, literalInteger(2), nullValue(numberType)]),
        b: nullValue(stringType),
      }),
    );
    const error = fromJson('{"k":[true,{}]}', mapOf(listOf(stringType)));
    expect(error).toMatchObject({ kind: "value-error", message: "string is required" });
    expect(pathOf(error)).toBe('["k"][1]');
    expect(fromJson('{"x":1}', objectOf({}))).toMatchObject({ message: 'unsupported attribute "x"' });
    expect(fromJson("[1]", tupleOf([]))).toMatchObject({ message: "too many tuple elements (need 0)" });
    expect(fromJson("[]", tupleOf([stringType]))).toMatchObject({ message: "not enough tuple elements (need 1)" });
    expect(fromJson("1e999999", numberType)).toMatchObject({ message: "the number is out of range" });
  });

  it("reads and writes the type where it is open", () => {
    const value = mapValue(listOf(stringType), { a: listValue(stringType, [stringValue("<&>\u2028")]) });
    const text = toJson(value, mapOf(dynamicType));
    expect(text).toBe('{"a":{"value":["\\u003c\\u0026\\u003e\\u2028"],"type":["list","string"]}}');
    const back = fromJson(text as string, mapOf(dynamicType));
    expect(!isValueError(back) && rawEquals(back, value)).toBe(true);
    expect(fromJson('{"value":1}', dynamicType)).toMatchObject({ message: "missing type in dynamically-typed value" });
    expect(fromJson('{"type":"string"}', dynamicType)).toMatchObject({
      message: "missing value in dynamically-typed value",
    });
    expect(fromJson('{"type":"x","value":1}', dynamicType)).toMatchObject({ kind: "value-error" });
  });

  it("refuses what JSON cannot say, with the path", () => {
    const result = toJson(objectValue({ a: tupleValue([secret]) }));
    expect(result).toMatchObject({ message: "value has marks, so it cannot be serialized as JSON" });
    expect(pathOf(result)).toBe(".a[0]");
    expect(toJson(unknownValue(setOf(stringType)))).toMatchObject({ message: "value is not known" });
    expect(toJson(numberValue(Infinity))).toMatchObject({ message: "cannot serialize infinity as JSON" });
  });

  it("implies types; integer-like and strange names are names", () => {
    expect(impliedType('{"10":1,"9":"x","__proto__":{}}')).toEqual(
      objectOf(
        new Map<string, Type>([
          ["10", numberType],
          ["9", stringType],
          ["__proto__", objectOf({})],
        ]),
      ),
    );
  });
});
