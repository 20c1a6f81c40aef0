import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText, type Span } from "@hclbuild/diagnostics";
import {
  jsonBody,
  mergeBodies,
  parseJson,
  parseJsonExpression,
  type BodySchema,
  type Expression,
} from "@hclbuild/syntax";

function read<T>(text: string, run: (body: ReturnType<typeof jsonBody>, bag: DiagnosticBag) => T) {
  const bag = new DiagnosticBag();
  const result = run(jsonBody(parseJson(new SourceText("a.json", text), bag.report)), bag);
  const at = (span: Span | undefined) => text.slice(span!.start, span!.end);
  return { result, items: bag.items, found: bag.items.map((item) => `${item.code} ${at(item.primary)}`) };
}

const schema: BodySchema = {
  attributes: [{ name: "image" }, { name: "commit", required: true }],
  blocks: [{ type: "source", labelNames: ["type", "name"] }, { type: "step" }],
};

describe("jsonBody.content", () => {
  it("takes labels from nested objects, and several blocks from arrays", () => {
    const text =
      '{"commit":true,"source":{"docker":{"a":{},"b":[{},{"x":1}]},"null":[{"c":{}},{"d":null}]},"step":[{"y":1},{}],"//":"no"}';
    const { result, found } = read(text, (body, { report }) => body.content(schema, report));
    expect(found).toEqual([]);
    expect(result.blocks.map(({ type, labels }) => [type, ...labels].join("."))).toEqual([
      "source.docker.a",
      "source.docker.b",
      "source.docker.b",
      "source.null.c",
      "step",
      "step",
    ]);
    const third = result.blocks[2]!;
    const slice = (span: Span) => text.slice(span.start, span.end);
    expect([slice(third.typeSpan), ...third.labelSpans.map(slice), slice(third.headerSpan)]).toEqual([
      '"source"',
      '"docker"',
      '"b"',
      '"b"',
    ]);
    expect(slice(third.span)).toBe('"source":{"docker":{"a":{},"b":[{},{"x":1}');
    expect([...read(text, (_, { report }) => third.body.justAttributes(report)).result.keys()]).toEqual(["x"]);
    expect(slice(third.body.missingItemSpan)).toBe("}");
  });

  it("reads an array of objects as one body", () => {
    const { result, found } = read('[{"commit":1},{"image":2,"commit":3}]', (body, { report }) =>
      body.content(schema, report),
    );
    expect([...result.attributes.keys()]).toEqual(["commit", "image"]);
    expect(found).toEqual(['schema/duplicate-attribute "commit"']);
  });

  it("takes null for no blocks, and for an argument that is set to null", () => {
    const { result, found } = read('{"commit":null,"step":null,"source":null}', (body, { report }) =>
      body.content(schema, report),
    );
    expect(found).toEqual([]);
    expect(result.blocks).toEqual([]);
    expect(result.attributes.get("commit")!.expression).toMatchObject({ kind: "keyword", keyword: "null" });
  });

  it("reports what the schema does not name, and what is missing", () => {
    const { found, items } = read('{"comit":1,"_comment":"x","steps":2}', (body, { report }) =>
      body.content(schema, report),
    );
    expect(found).toEqual([
      'schema/unexpected-property "comit"',
      'schema/unexpected-property "_comment"',
      'schema/unexpected-property "steps"',
      "schema/missing-attribute }",
    ]);
    expect(items.map((item) => item.detail)).toEqual([
      'Did you mean "commit"?',
      'To leave a remark in a JSON file, use a property named "//".',
      'Did you mean "step"?',
      'Add a property named "commit" to this object.',
    ]);
    expect(items[0]!.fixes![0]!.edits).toEqual([{ span: { file: "a.json", start: 1, end: 8 }, newText: '"commit"' }]);
  });

  it.each([
    ['{"commit":1,"step":"x"}', ['schema/not-an-object "x"']],
    ['{"commit":1,"source":{"docker":{"a":1}}}', ["schema/not-an-object 1"]],
    ['{"commit":1,"source":true}', ["schema/not-an-object true"]],
    ['{"commit":1,"source":[null]}', ["schema/not-an-object null"]],
    ['{"commit":1,"source":{}}', ["schema/missing-label-property {"]],
    ['{"commit":1,"source":{"docker":[]}}', ["schema/missing-label-property ["]],
    ['[{"commit":1},3]', ["schema/not-an-object 3"]],
    ['{"commit":1,"source":{"docker":{"a":tru}}}', ["syntax/json-invalid-keyword tru"]],
    ['{"commit":tru}', ["syntax/json-invalid-keyword tru"]],
    ["{", ["syntax/json-unclosed {", "schema/missing-attribute {"]],
    ["tru", ["syntax/json-invalid-keyword tru"]],
  ])("reports the wrong shape of %j", (text, expected) => {
    expect(read(text, (body, { report }) => body.content(schema, report)).found).toEqual(expected);
  });

  it("reports a block's body that is no object when the body is read", () => {
    const { result, found } = read(
      '{"step":[{},4]}',
      (body, { report }) => body.partialContent({ attributes: [], blocks: [{ type: "step" }] }, report).content,
    );
    expect(found).toEqual([]);
    expect(
      read('{"step":[{},4]}', (_, { report }) => result.blocks[1]!.body.content({ attributes: [], blocks: [] }, report))
        .found,
    ).toEqual(["schema/not-an-object 4"]);
  });
});

describe("jsonBody.partialContent", () => {
  it("leaves the rest, and reports what is wrong with the whole only once", () => {
    const { result, found } = read('[{"commit":1,"x":2},5]', (body, { report }) => {
      const { remain } = body.partialContent(schema, report);
      return remain.content({ attributes: [{ name: "y" }, { name: "commit" }], blocks: [] }, report);
    });
    expect([...result.attributes.keys()]).toEqual([]);
    expect(found).toEqual(["schema/not-an-object 5", 'schema/unexpected-property "x"']);
  });
});

describe("jsonBody.justAttributes", () => {
  it("takes every property but comments", () => {
    const { result, found } = read('{"a":1,"//":2,"b":{"//":3},"a":4}', (body, { report }) =>
      body.justAttributes(report),
    );
    expect([...result.keys()]).toEqual(["a", "b"]);
    expect(found).toEqual(['schema/duplicate-attribute "a"']);
    expect(result.get("b")!.expression).toMatchObject({ kind: "object", items: [{ key: { literal: "//" } }] });
  });

  it("takes no array", () => {
    const { result, found } = read('[{"a":1}]', (body, { report }) => body.justAttributes(report));
    expect([...result.keys()]).toEqual([]);
    expect(found).toEqual(["schema/not-an-object ["]);
  });

  it("merges with other bodies", () => {
    const { result, found } = read('{"a":1}', (body, { report }) => mergeBodies([body, body]).justAttributes(report));
    expect([...result.keys()]).toEqual(["a"]);
    expect(found).toEqual(['schema/duplicate-attribute "a"']);
  });
});

describe("parseJsonExpression", () => {
  function parse(text: string) {
    const bag = new DiagnosticBag();
    const expression = parseJsonExpression(new SourceText("a.json", text), bag.report);
    return { expression, items: bag.items };
  }

  it("makes the nodes of the native syntax", () => {
    expect(parse('[null, 1.50, -2e3, "x", {"k": true}]').expression).toEqual({
      kind: "tuple",
      start: 0,
      end: 36,
      items: [
        { kind: "keyword", keyword: "null", start: 1, end: 5 },
        { kind: "number", text: "1.50", start: 7, end: 11 },
        {
          kind: "unary",
          operator: "-",
          operand: { kind: "number", text: "2e3", start: 14, end: 17 },
          start: 13,
          end: 17,
        },
        {
          kind: "template",
          form: "json",
          literal: "x",
          parts: [{ kind: "text", value: "x", start: 20, end: 21 }],
          start: 19,
          end: 22,
        },
        {
          kind: "object",
          start: 24,
          end: 35,
          items: [
            {
              key: {
                kind: "template",
                form: "json",
                literal: "k",
                parts: [{ kind: "text", value: "k", start: 26, end: 27 }],
                start: 25,
                end: 28,
              },
              keyIsName: false,
              value: { kind: "keyword", keyword: "true", start: 30, end: 34 },
            },
          ],
        },
      ],
    });
    expect(parse('""').expression).toEqual({
      kind: "template",
      form: "json",
      literal: "",
      parts: [],
      start: 0,
      end: 2,
    });
  });

  it("reads strings as templates", () => {
    expect(parse('"a ${b} $${c}"').expression).toEqual({
      kind: "template",
      form: "json",
      literal: "a ${b} $${c}",
      start: 0,
      end: 14,
      parts: [
        { kind: "text", value: "a ", start: 1, end: 3 },
        { kind: "interpolation", expression: { kind: "variable", name: "b", start: 5, end: 6 }, start: 3, end: 7 },
        { kind: "text", value: " ${c}", start: 7, end: 13 },
      ],
    });
  });

  it("maps every place through the escapes of the JSON string", () => {
    // The value is: é "${f("x", y)}" 😀${z}
    const text = String.raw`"\u00e9 \"${"${"}f(\"x\", y)}\" \ud83d\ude00${"${"}z}"`;
    const { expression, items } = parse(text);
    expect(items).toEqual([]);
    const names: [string, string][] = [];
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node !== "object" || node === null) return;
      if ("kind" in node && (node.kind === "variable" || node.kind === "interpolation" || node.kind === "call")) {
        const { start, end, kind } = node as Expression;
        names.push([kind, text.slice(start, end)]);
      }
      Object.values(node).forEach(visit);
    };
    visit(expression);
    expect(names).toEqual([
      ["interpolation", String.raw`${"${"}f(\"x\", y)}`],
      ["call", String.raw`f(\"x\", y)`],
      ["variable", "y"],
      ["interpolation", "${z}"],
      ["variable", "z"],
    ]);
    const call =
      names.length > 0 && expression.kind === "template" && expression.parts[1]?.kind === "interpolation"
        ? expression.parts[1].expression
        : undefined;
    expect(call).toMatchObject({ kind: "call", openParen: text.indexOf("("), closeParen: text.indexOf(")") });
  });

  it("places the mistakes within templates", () => {
    const text = '{"a": "\\n\\"${ 1 + }"}';
    const { items } = parse(text);
    expect(items.length).toBe(1);
    expect(items[0]!.primary!.file).toBe("a.json");
    expect(text.slice(items[0]!.primary!.start, items[0]!.primary!.end)).toBe("}");
  });

  it("takes the first of two properties with one name", () => {
    const { expression, items } = parse('{"a": 1, "b": 2, "a": 3}');
    expect(expression).toMatchObject({ kind: "object", items: [{ value: { text: "1" } }, { value: { text: "2" } }] });
    expect(items.map(({ code, primary, related }) => [code, primary!.start, related![0]!.span.start])).toEqual([
      ["syntax/json-duplicate-property", 17, 1],
    ]);
  });

  it("stands in for what it cannot read", () => {
    expect(parse("[tru]").expression).toEqual({
      kind: "tuple",
      items: [{ kind: "error", start: 1, end: 4 }],
      start: 0,
      end: 5,
    });
  });
});
