import { InternalError, SourceText } from "@hclbuild/diagnostics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits, quoteString, tokenIndexAt, tokensWithin } from "../src/edit.js";
import { tokenize } from "../src/lexer/lexer.js";
import { literalText } from "../src/traversal.js";
import { parsedExpression } from "./support/parsing.js";

const stream = tokenize(new SourceText("test.hcl", "a = 1 # c\nb {}\n"));

describe("token access", () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 3],
    [9, 3],
    [10, 4],
    [15, 8],
    [99, 8],
  ])("offset %i is at token %i", (offset, index) => {
    expect(tokenIndexAt(stream, offset)).toBe(index);
  });

  it("lists the tokens of a range", () => {
    expect(tokensWithin(stream, { start: 2, end: 5 }).map((token) => token.text)).toEqual(["=", "1"]);
    expect(tokensWithin(stream, { start: 7, end: 15 }).map((token) => token.kind)).toEqual([
      "Identifier",
      "OpenBrace",
      "CloseBrace",
      "Newline",
    ]);
  });
});

describe("applyEdits", () => {
  it("changes nothing but the edits", () => {
    const edits = [
      { start: 10, end: 11, newText: "c" },
      { start: 4, end: 5, newText: "2" },
      { start: 15, end: 15, newText: "x = 1\n" },
      { start: 15, end: 15, newText: "y = 1\n" },
    ];
    expect(applyEdits("a = 1 # c\nb {}\n", edits)).toBe("a = 2 # c\nc {}\nx = 1\ny = 1\n");
  });

  it.each([
    [
      [
        { start: 0, end: 3, newText: "" },
        { start: 2, end: 4, newText: "" },
      ],
    ],
    [[{ start: 3, end: 2, newText: "" }]],
    [[{ start: 0, end: 9, newText: "" }]],
  ])("refuses %j", (edits) => {
    expect(() => applyEdits("abcd", edits)).toThrow(InternalError);
  });
});

describe("quoteString", () => {
  it.each([
    ["", '""'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    ["${x} %{y} $x", '"$${x} %%{y} $x"'],
    ["\u0000\u2028", '"\\u0000\\u2028"'],
    ["$${", '"$$${"'],
  ])("writes %j as %s", (text, quoted) => {
    expect(quoteString(text)).toBe(quoted);
  });

  it("reads back as the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (text) => {
        const { node, diagnostics } = parsedExpression(quoteString(text));
        return diagnostics.length === 0 && literalText(node) === text;
      }),
      { numRuns: 500, seed: 4 },
    );
    for (const text of ["$${a}", "$$${a}", "%%{", "\\${x}", "a\\"])
      expect(literalText(parsedExpression(quoteString(text)).node)).toBe(text);
  });
});
