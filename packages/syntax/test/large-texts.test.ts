import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import { parse, parseJson, type AttributeNode, type Expression } from "../src/index.js";

function expressionOf(text: string): {
  readonly expression: Expression | undefined;
  readonly codes: readonly string[];
} {
  const bag = new DiagnosticBag();
  const file = parse(new SourceText("large.hcl", text), bag.report);
  const item = file.body.items[0] as AttributeNode | undefined;
  return { expression: item?.expression, codes: bag.items.map((diagnostic) => diagnostic.code) };
}

function textLength(expression: Expression | undefined): number {
  if (expression?.kind !== "template") return -1;
  return expression.parts.reduce((sum, part) => sum + (part.kind === "text" ? part.value.length : 0), 0);
}

// A regular expression that keeps a place to go back to for each character would end these with a RangeError.
describe("texts of megabytes", () => {
  it.each([
    ["a quoted text", `a = "${"x".repeat(10_000_000)}"\n`, 10_000_000],
    ["a quoted text of escapes", `a = "${"\\n".repeat(1_000_000)}"\n`, 1_000_000],
    ["a heredoc of many lines", `a = <<EOT\n${`${"y".repeat(9)}\n`.repeat(100_000)}EOT\n`, 1_000_000],
  ])("%s keeps every character", (_name, text, length) => {
    const { expression, codes } = expressionOf(text);
    expect(codes).toEqual([]);
    expect(textLength(expression)).toBe(length);
  });

  it.each([
    ["characters", `a = "${"x".repeat(16 * 1024 * 1024)}"\n`, "0-0"],
    ["characters in lines", "\n".repeat(16 * 1024 * 1024 + 1), "0-0"],
    ["tokens", `a = [${"1,".repeat(1_000_000)}1]\n`, "2000002-2000003"],
  ])("too many %s are an error", (_name, text, place) => {
    const bag = new DiagnosticBag();
    parse(new SourceText("large.hcl", text), bag.report);
    const [first] = bag.items;
    expect(bag.items).toHaveLength(1);
    expect([first?.code, `${String(first?.primary?.start)}-${String(first?.primary?.end)}`]).toEqual([
      "syntax/too-large",
      place,
    ]);
  });

  it.each([
    ["characters", `{"a": "${"x".repeat(16 * 1024 * 1024)}"}`],
    ["values", `{"a": [${"1,".repeat(2_000_000)}1]}`],
    ["nested values", `{"a": [${"[1],".repeat(1_000_000)}1]}`],
    ["properties", `{${'"a":1,'.repeat(2_000_001)}"a":1}`],
  ])("too many %s of JSON are an error", (_name, text) => {
    const bag = new DiagnosticBag();
    parseJson(new SourceText("large.json", text), bag.report);
    expect(bag.items.map((item) => item.code)).toEqual(["syntax/too-large"]);
  });

  it("long blanks before a strip marker are looked at once", () => {
    const blanks = " ".repeat(200_000);
    const inner = expressionOf(`a = <<EOT\nx${blanks}x${blanks}\u3000${"${~ b}"}\nEOT\n`);
    expect(inner.codes).toEqual([]);
    // x, the blanks, x; and the line end.
    expect(textLength(inner.expression)).toBe(200_003);
    const quoted = expressionOf(`a = "x${blanks}x${blanks}${"${~ b ~}"}${blanks}y"\n`);
    expect(textLength(quoted.expression)).toBe(200_003);
  });

  it("comments of any length are trivia", () => {
    const { expression, codes } = expressionOf(`/*${"* ".repeat(3_000_000)}*/ a = 1 #${"#".repeat(3_000_000)}\n`);
    expect(codes).toEqual([]);
    expect(expression).toMatchObject({ kind: "number", text: "1" });
  });

  it("thousands of mistakes are each reported once", () => {
    const { codes } = expressionOf('a = "x\n'.repeat(3000));
    expect(codes).toHaveLength(3000);
  });
});
