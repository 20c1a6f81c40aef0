import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InternalError } from "@hclbuild/diagnostics";
import {
  canonicalJson,
  decodeTemplate,
  encodeTemplate,
  encodeValue,
  TemplateError,
  type Expr,
  type Template,
} from "@hclbuild/graph";
import {
  listValue,
  markValue,
  nullValue,
  numberFromText,
  numberType,
  objectValue,
  rawEquals,
  stringType,
  stringValue,
  typesEqual,
  type Value,
} from "@hclbuild/value";
import { expression, value } from "./arbitraries.js";

describe("templates", () => {
  it("come back unchanged through JSON text, whatever the expression", () => {
    fc.assert(
      fc.property(expression, (expr) => {
        const text = JSON.stringify(encodeTemplate(expr));
        const again = encodeTemplate(decodeTemplate(JSON.parse(text) as Template));
        expect(canonicalJson(again)).toBe(canonicalJson(JSON.parse(text) as Template));
      }),
      { numRuns: 500 },
    );
  });

  it("keep an object whose key is null, which only evaluation refuses", () => {
    const literal = (value: Value): Expr => ({ kind: "lit", value });
    const expr: Expr = {
      kind: "object",
      items: [{ key: literal(nullValue(stringType)), value: literal(stringValue("x")) }],
    };
    expect(encodeTemplate(decodeTemplate(encodeTemplate(expr)))).toEqual(encodeTemplate(expr));
  });

  it("keep the type and value of every literal", () => {
    fc.assert(
      fc.property(value, (literal) => {
        const decoded = decodeTemplate(JSON.parse(JSON.stringify(encodeTemplate(literal))) as Template);
        expect(decoded.kind).toBe("lit");
        const back = (decoded as { value: Value }).value;
        expect(typesEqual(back.type, literal.type)).toBe(true);
        expect(rawEquals(back, literal)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("write values plainly where the type is known from elsewhere", () => {
    const list = listValue(
      numberType,
      ["1", "9007199254740993"].map((text) => numberFromText(text) as Value),
    );
    expect(encodeValue(list)).toEqual([1, { $number: "9007199254740993" }]);
    expect(encodeTemplate(list)).toEqual({
      $lit: { type: ["list", "number"], value: [1, { $number: "9007199254740993" }] },
    });
    expect(encodeValue(objectValue({ $out: stringValue("x") }))).toEqual({ $object: [["$out", "x"]] });
  });

  it("write the shapes that the format promises", () => {
    const input = encodeTemplate({ kind: "input", root: "var", steps: [{ kind: "attr", name: "password" }] });
    expect(input).toEqual({ $input: "var.password" });
    const out = encodeTemplate({ kind: "out", node: "data.http.keys", path: ["body"] });
    expect(out).toEqual({ $out: "data.http.keys", path: ["body"] });
    const template = encodeTemplate({
      kind: "template",
      parts: [
        { kind: "lit", value: stringValue("img-") },
        { kind: "call", name: "upper", args: [] },
      ],
    });
    expect(template).toEqual({ $tmpl: ["img-", { $call: "upper", args: [] }] });
  });

  it("never hold a sensitive value", () => {
    const secret = objectValue({ a: markValue(stringValue("canary"), "sensitive") });
    expect(() => encodeTemplate(secret)).toThrow(InternalError);
    expect(() => encodeValue(secret)).toThrow(InternalError);
    expect(() => encodeTemplate({ kind: "lit", value: markValue(listValue(stringType, []), "sensitive") })).toThrow(
      InternalError,
    );
  });

  it.each([
    [{ $unheard: 1 }],
    [{ $number: "x" }],
    [{ $call: 1 }],
    [{ $binary: ["?", 1, 2] }],
    [{ $if: [1, 2] }],
    [{ $lit: { type: ["list", "number"], value: ["x"] } }],
    [{ $input: "a", path: [1] }],
    [{ $object: [["a"]] }],
  ] as [Template][])("refuse what is no template: %j", (template) => {
    expect(() => decodeTemplate(template)).toThrow(TemplateError);
  });

  it("refuse endless nesting instead of overflowing the stack", () => {
    let template: Template = 1;
    for (let depth = 0; depth < 5000; depth++) template = [template];
    expect(() => decodeTemplate(template)).toThrow(TemplateError);
  });
});
