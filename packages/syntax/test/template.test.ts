import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TemplatePart } from "../src/ast.js";
import { parsedFile, parsedTemplate } from "./support/parsing.js";

const { rows } = JSON.parse(
  readFileSync(new URL("../../../fixtures/syntax/template-values.json", import.meta.url), "utf8"),
) as {
  rows: [text: string, value: string][];
};

/** The value of a template in which every interpolation is "X" or a string, conditions hold and lists have two items. */
function valueOf(parts: readonly TemplatePart[]): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case "text":
          return part.value;
        case "interpolation":
          return part.expression.kind === "template" ? valueOf(part.expression.parts) : "X";
        case "if":
          return valueOf(part.whenTrue);
        case "for":
          return valueOf(part.body).repeat(2);
      }
    })
    .join("");
}

describe("templates", () => {
  it.each(rows)("%j", (text, value) => {
    const { node, diagnostics } = parsedFile(text);
    expect(diagnostics).toEqual([]);
    const [item] = node.body.items;
    if (item?.kind !== "attribute" || item.expression.kind !== "template") throw new Error("no template");
    // HCL composes characters (NFC) when it makes a value; the tree keeps the text as it is written.
    expect(valueOf(item.expression.parts).normalize("NFC")).toBe(value);
  });

  it("reads a whole text as a template", () => {
    const { node, diagnostics } = parsedTemplate('a "quoted" \\n ${x}%{ if t }\n<<E\n%{ endif }');
    expect(diagnostics).toEqual([]);
    expect(node.form).toBe("bare");
    expect(valueOf(node.parts)).toBe('a "quoted" \\n X\n<<E\n');
  });
});
