import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import {
  mergeBodies,
  nativeBody,
  type BlockNode,
  type BodyNode,
  type BodySchema,
  type AttributeNode,
} from "@hclbuild/syntax";

/**
 * A reader for the few forms these tests use, one item a line: `name = word`, `type label… {` and `}`. It keeps them
 * independent of the parser.
 */
function readLines(text: string, name = "test.hcl"): { node: BodyNode; source: SourceText } {
  const source = new SourceText(name, text);
  const stack: { items: (AttributeNode | BlockNode)[]; block?: Omit<BlockNode, "body" | "closeBrace" | "end"> }[] = [
    { items: [] },
  ];
  let offset = 0;
  for (const line of text.split("\n")) {
    const start = offset + (line.length - line.trimStart().length);
    const end = offset + line.trimEnd().length;
    const words = [...line.matchAll(/[^\s]+/g)].map((m) => ({
      text: m[0],
      start: offset + m.index,
      end: offset + m.index + m[0].length,
    }));
    offset += line.length + 1;
    const [first, second] = words;
    if (first === undefined) continue;
    if (first.text === "}") {
      const { items, block } = stack.pop()!;
      const openBrace = block!.openBrace;
      const body: BodyNode = { kind: "body", items, start: openBrace, end };
      stack.at(-1)!.items.push({ ...block!, body, closeBrace: first.start, end });
    } else if (second?.text === "=") {
      const value = words[2]!;
      stack.at(-1)!.items.push({
        kind: "attribute",
        name: first,
        start,
        end,
        expression: { kind: "variable", name: value.text, start: value.start, end: value.end },
      });
    } else {
      const labels = words
        .slice(1, -1)
        .map((word) => ({ ...word, text: word.text.replaceAll('"', ""), quoted: word.text.startsWith('"') }));
      stack.push({ items: [], block: { kind: "block", type: first, labels, openBrace: words.at(-1)!.start, start } });
    }
  }
  return { node: { kind: "body", items: stack[0]!.items, start: 0, end: text.length }, source };
}

function bodyOf(text: string, name?: string) {
  const { node, source } = readLines(text, name);
  return nativeBody(node, source);
}

function collect<T>(run: (bag: DiagnosticBag) => T): {
  result: T;
  found: readonly string[];
  items: readonly Diagnostic[];
} {
  const bag = new DiagnosticBag();
  const result = run(bag);
  const found = bag.items.map((item) => `${item.code} ${item.primary?.start}-${item.primary?.end}`);
  return { result, found, items: bag.items };
}

const schema: BodySchema = {
  attributes: [{ name: "image" }, { name: "commit", required: true }, { name: "size", required: true }],
  blocks: [{ type: "source", labelNames: ["type", "name"] }, { type: "dynamic" }],
};

describe("nativeBody.content", () => {
  it("gives the attributes and blocks the schema names, in source order", () => {
    const text = 'commit = yes\nsource "docker" base {\n  a = b\n}\nsize = big\ndynamic {\n}\n';
    const { result, found } = collect(({ report }) => bodyOf(text).content(schema, report));
    expect(found).toEqual([]);
    expect([...result.attributes.keys()]).toEqual(["commit", "size"]);
    expect(result.attributes.get("size")).toMatchObject({
      nameSpan: { file: "test.hcl", start: 46, end: 50 },
      span: { start: 46, end: 56 },
      expression: { kind: "variable", name: "big" },
    });
    expect(result.blocks.map((block) => [block.type, block.labels])).toEqual([
      ["source", ["docker", "base"]],
      ["dynamic", []],
    ]);
    expect(result.blocks[0]).toMatchObject({
      typeSpan: { start: 13, end: 19 },
      labelSpans: [
        { start: 20, end: 28 },
        { start: 29, end: 33 },
      ],
      headerSpan: { start: 13, end: 33 },
      span: { start: 13, end: 45 },
    });
    expect(result.blocks[0]!.body.missingItemSpan).toEqual({ file: "test.hcl", start: 13, end: 33 });
    const inner = collect(({ report }) => result.blocks[0]!.body.justAttributes(report));
    expect([...inner.result.keys()]).toEqual(["a"]);
  });

  it("reports what the schema does not name, with what was probably meant", () => {
    const { found, items } = collect(({ report }) =>
      bodyOf("imgae = x\nfoo = x\nsource = x\nsize = x\ncommit = x\nsorce {\n}\n").content(schema, report),
    );
    expect(found).toEqual([
      "schema/unsupported-attribute 0-5",
      "schema/unsupported-attribute 10-13",
      "schema/unsupported-attribute 18-24",
      "schema/unsupported-block 49-54",
    ]);
    expect(items.map((item) => item.detail)).toEqual([
      'Did you mean "image"?',
      "The arguments here are: image.",
      'Did you mean a block of type "source"? A block has no equals sign between its type and the opening brace.',
      'Did you mean "source"?',
    ]);
    expect(items[0]!.fixes).toEqual([
      { title: 'Change it to "image"', edits: [{ span: { file: "test.hcl", start: 0, end: 5 }, newText: "image" }] },
    ]);
  });

  it("does not suggest an argument that is set already", () => {
    const { items } = collect(({ report }) =>
      bodyOf("image = x\nimages = x\nsize = x\ncommit = x\n").content(schema, report),
    );
    expect(items.map((item) => [item.message, item.detail])).toEqual([
      ['An argument named "images" is not expected here.', undefined],
    ]);
  });

  it("points at the body for every missing required argument", () => {
    const { found, items } = collect(({ report }) => bodyOf("\nimage = x\n").content(schema, report));
    expect(found).toEqual(["schema/missing-attribute 0-0", "schema/missing-attribute 0-0"]);
    expect(items[0]).toMatchObject({
      message: 'The argument "commit" is required here.',
      detail: "Set it with a line of its own: commit = …",
    });
  });

  it("says once that an argument was written as a block", () => {
    const { found, items } = collect(({ report }) => bodyOf("commit {\n}\nsize = x\n").content(schema, report));
    expect(found).toEqual(["schema/unsupported-block 0-6"]);
    expect(items[0]!.detail).toBe('Did you mean the argument "commit"? An argument takes an equals sign: commit = …');
  });

  it("leaves out blocks with a wrong number of labels", () => {
    const text = 'commit = x\nsize = x\nsource "docker" {\n}\nsource "a" "b" "c" "d" {\n}\ndynamic "a" {\n}\n';
    const { result, found, items } = collect(({ report }) => bodyOf(text).content(schema, report));
    expect(result.blocks).toEqual([]);
    expect(found).toEqual(["schema/missing-label 20-35", "schema/extra-label 55-62", "schema/extra-label 75-78"]);
    expect(items.map((item) => item.detail)).toEqual([
      'It takes exactly 2 labels (type, name). Write the labels between the type and the opening brace: source "docker" "name" {',
      "It takes exactly 2 labels (type, name). Remove what follows them.",
      "It takes no labels. Write the opening brace right after the type.",
    ]);
  });

  it("takes the first of two definitions, as the parser has reported the second", () => {
    const { result, found } = collect(({ report }) =>
      bodyOf("size = a\ncommit = x\nsize = b\n").content(schema, report),
    );
    expect(found).toEqual([]);
    expect(result.attributes.get("size")!.span.start).toBe(0);
  });
});

describe("nativeBody.partialContent", () => {
  const first: BodySchema = { attributes: [{ name: "a", required: true }], blocks: [{ type: "x" }] };

  it("reports nothing it does not name and leaves it to the rest", () => {
    const body = bodyOf("a = v\na = w\nb = v\nx {\n}\ny {\n}\n");
    const { result, found } = collect(({ report }) => body.partialContent(first, report));
    expect([...result.content.attributes.keys()]).toEqual(["a"]);
    expect(result.content.blocks.map((block) => block.type)).toEqual(["x"]);
    expect(found).toEqual([]);
    const rest = collect(({ report }) => result.remain.content({ attributes: [{ name: "b" }], blocks: [] }, report));
    expect([...rest.result.attributes.keys()]).toEqual(["b"]);
    expect(rest.found).toEqual(["schema/unsupported-block 24-25"]);
    const attributes = collect(({ report }) => result.remain.justAttributes(report));
    expect([...attributes.result.keys()]).toEqual(["b"]);
    expect(attributes.found).toEqual(["schema/unexpected-block 24-25"]);
  });

  it("keeps what earlier parts took out of the rest of the rest", () => {
    const { report } = new DiagnosticBag();
    const remain = bodyOf("a = v\nb = v\nc = v\n").partialContent(first, report).remain;
    const last = remain.partialContent({ attributes: [{ name: "b" }], blocks: [] }, report).remain;
    const { result, found } = collect((bag) =>
      last.content({ attributes: [{ name: "a" }, { name: "c" }], blocks: [] }, bag.report),
    );
    expect([...result.attributes.keys()]).toEqual(["c"]);
    expect(found).toEqual([]);
  });
});

describe("nativeBody.justAttributes", () => {
  it("reports the first block only", () => {
    const { result, found, items } = collect(({ report }) =>
      bodyOf('a = v\nb {\n}\nc "x" {\n}\n').justAttributes(report),
    );
    expect([...result.keys()]).toEqual(["a"]);
    expect(found).toEqual(["schema/unexpected-block 6-7"]);
    expect(items[0]!.message).toBe('A block of type "b" stands where only arguments are allowed.');
  });
});

describe("mergeBodies", () => {
  const merged = () =>
    mergeBodies([bodyOf("a = v\ns x {\n}\n", "one.hcl"), bodyOf("b = v\na = w\ns y {\n}\n", "two.hcl")]);
  const both: BodySchema = {
    attributes: [
      { name: "a", required: true },
      { name: "b", required: true },
    ],
    blocks: [{ type: "s", labelNames: ["n"] }],
  };

  it("joins attributes and blocks in the order of the bodies and reports an attribute set in two of them", () => {
    const { result, found, items } = collect(({ report }) => merged().content(both, report));
    expect(result.blocks.map((block) => block.labels[0])).toEqual(["x", "y"]);
    expect([...result.attributes.keys()]).toEqual(["a", "b"]);
    expect(result.attributes.get("a")!.source.name).toBe("one.hcl");
    expect(found).toEqual(["schema/duplicate-attribute 6-7"]);
    expect(items[0]!.primary!.file).toBe("two.hcl");
    expect(items[0]!.related).toEqual([
      { span: { file: "one.hcl", start: 0, end: 1 }, message: "It is first set here." },
    ]);
  });

  it("reports a required attribute that no body sets once", () => {
    const wanted: BodySchema = {
      attributes: [{ name: "a" }, { name: "b" }, { name: "c", required: true }],
      blocks: [{ type: "s", labelNames: ["n"] }],
    };
    const { found } = collect(({ report }) => merged().content(wanted, report));
    expect(found).toEqual(["schema/duplicate-attribute 6-7", "schema/missing-attribute 0-0"]);
  });

  it("keeps the rest of every body", () => {
    const { report } = new DiagnosticBag();
    const { remain } = merged().partialContent({ attributes: [{ name: "a" }], blocks: [] }, report);
    const { result, found } = collect((bag) => remain.content({ attributes: [{ name: "b" }], blocks: [] }, bag.report));
    expect([...result.attributes.keys()]).toEqual(["b"]);
    expect(found).toEqual(["schema/unsupported-block 6-7", "schema/unsupported-block 12-13"]);
  });

  it("of nothing is an empty body, and of one body is that body", () => {
    const { result, found } = collect(({ report }) =>
      mergeBodies([]).content({ attributes: [{ name: "a" }], blocks: [] }, report),
    );
    expect(result).toEqual({
      attributes: new Map(),
      blocks: [],
      missingItemSpan: { file: "<empty>", start: 0, end: 0 },
    });
    expect(found).toEqual([]);
    const body = bodyOf("a = v\n");
    expect(mergeBodies([body])).toBe(body);
  });

  it("reads all bodies as attributes", () => {
    const { result, found } = collect(({ report }) =>
      mergeBodies([bodyOf("a = v\n"), bodyOf("b = v\nx {\n}\n")]).justAttributes(report),
    );
    expect([...result.keys()]).toEqual(["a", "b"]);
    expect(found).toEqual(["schema/unexpected-block 6-7"]);
  });
});
