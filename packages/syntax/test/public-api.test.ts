import { readFileSync } from "node:fs";
import { createReport, SourceText } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import * as api from "@hclbuild/syntax";
import { parsedFile } from "./support/parsing.js";

const text = 'source "null" "x" {\n  a = [1, b.c]\n}\n';

describe("the public interface", () => {
  it("is listed in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(Object.keys(api).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it("finds the nodes around an offset, the innermost last", () => {
    const { node } = parsedFile(text);
    const kinds = (offset: number): string[] => api.nodesAt(node, offset).map((found) => found.kind);
    expect(kinds(text.indexOf("c]"))).toEqual(["file", "body", "block", "body", "attribute", "tuple", "get"]);
    expect(kinds(text.indexOf("b.c"))).toEqual([
      "file",
      "body",
      "block",
      "body",
      "attribute",
      "tuple",
      "get",
      "variable",
    ]);
    expect(kinds(text.length)).toEqual(["file", "body"]);
  });

  it("gives the range of a block's type and labels", () => {
    const { node, source } = parsedFile(text);
    const [block] = node.body.items;
    if (block?.kind !== "block") throw new Error("no block");
    const { start, end } = api.blockHeaderSpan(block, source);
    expect(text.slice(start, end)).toBe('source "null" "x"');
  });

  it("resolves the escapes of strings and of heredocs", () => {
    const faults: api.EscapeFault[] = [];
    expect(api.unescapeQuoted('a\\n\\"\\u00e9$${x}%%{\\q', (fault) => faults.push(fault))).toBe('a\n"\u00e9${x}%{\\q');
    expect(faults).toEqual([{ kind: "unknown-escape", start: 19, end: 21 }]);
    expect(api.unescapeSequences("\\n$${x} %%{")).toBe("\\n${x} %{");
  });

  it("reads a value of a JSON file as an expression", () => {
    const diagnostics: string[] = [];
    const report = createReport((item) => diagnostics.push(item.code));
    const file = api.parseJson(new SourceText("a.pkr.json", '{"a": ["x${y}", -1]}'), report);
    if (file.root.kind !== "object") throw new Error("no object");
    const [property] = file.root.properties;
    const expression = api.jsonExpression(property?.value ?? file.root, file.source, report);
    expect(diagnostics).toEqual([]);
    expect(api.referencesIn(expression).map(({ root }) => root.text)).toEqual(["y"]);
    const kinds: string[] = [];
    api.walk(expression, { enter: (node) => void kinds.push(node.kind) });
    expect(kinds).toEqual(["tuple", "template", "text", "interpolation", "variable", "unary", "number"]);
  });
});
