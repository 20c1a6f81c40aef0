import { describe, expect, it } from "vitest";
import {
  ansiStyle,
  renderOneText,
  renderText,
  SourceSet,
  SourceText,
  type Diagnostic,
  type Span,
  type TextRenderOptions,
} from "@hclbuild/diagnostics";

const error: Diagnostic = { code: "test/broken", severity: "error", message: "It is broken." };

function sourcesOf(texts: Readonly<Record<string, string>>): SourceSet {
  const sources = new SourceSet();
  for (const [name, text] of Object.entries(texts)) sources.add(new SourceText(name, text));
  return sources;
}

/** The span of the part of `text` between ⟦ and ⟧, and the text without these two. */
function marked(text: string, file = "a.hcl"): { text: string; span: Span } {
  const start = text.indexOf("⟦");
  const end = text.indexOf("⟧") - 1;
  return { text: text.replace("⟦", "").replace("⟧", ""), span: { file, start, end } };
}

function show(markedText: string, extra: Partial<Diagnostic> = {}, options: Partial<TextRenderOptions> = {}): string {
  const { text, span } = marked(markedText);
  return renderOneText({ ...error, primary: span, ...extra }, { sources: sourcesOf({ "a.hcl": text }), ...options });
}

describe("renderOneText", () => {
  it("shows severity, message, code, place and excerpt", () => {
    expect(show('image = "x"\n⟦imgae⟧ = "y"\n')).toBe(`Error: It is broken. [test/broken]

  a.hcl:2:1
  2 | imgae = "y"
    | ^^^^^
`);
  });

  it("shows a diagnostic without a place", () => {
    expect(renderOneText({ ...error, severity: "warning", detail: "Do this." }, { sources: new SourceSet() }))
      .toBe(`Warning: It is broken. [test/broken]

  Do this.
`);
    expect(renderOneText({ ...error, severity: "info" }, { sources: new SourceSet() })).toBe(
      "Info: It is broken. [test/broken]\n",
    );
  });

  it("names the file when its text is missing", () => {
    const item = { ...error, primary: { file: "gone.hcl", start: 3, end: 9 } };
    expect(renderOneText(item, { sources: new SourceSet() })).toBe(`Error: It is broken. [test/broken]

  gone.hcl
`);
  });

  it("marks an empty range with one caret", () => {
    expect(show("a = ⟦⟧\n")).toContain("  1 | a =\n    |     ^\n");
    expect(show("⟦⟧a = 1\n")).toContain("  1 | a = 1\n    | ^\n");
  });

  it("shows the last line with text before an unexpected end of file", () => {
    expect(show("a {\n  b = 1\n\n⟦⟧")).toContain(
      "  a.hcl:4:1\n  2 |   b = 1\n... |\n".replace("... |", "    | ...") + "  4 |\n    | ^\n",
    );
    expect(show("a {\n⟦⟧")).toContain("  1 | a {\n  2 |\n    | ^\n");
    expect(show("⟦⟧")).toContain("  a.hcl:1:1\n  1 |\n    | ^\n");
  });

  it("expands tabs and counts wide and combining characters", () => {
    expect(show("\ta =\t⟦x⟧\n")).toContain("  1 |     a = x\n    |         ^\n");
    expect(show('a = "日本" + ⟦b⟧\n')).toContain('  1 | a = "日本" + b\n    |              ^\n');
    expect(show("a = ⟦日本⟧\n")).toContain("  1 | a = 日本\n    |     ^^^^\n");
    expect(show('"e\u0301" ⟦x⟧\n')).toContain('  1 | "e\u0301" x\n    |     ^\n');
    expect(show('"👩‍👩‍👧" ⟦x⟧\n')).toContain('  1 | "👩‍👩‍👧" x\n    |      ^\n');
    expect(show('"❤️" ⟦x⟧\n')).toContain('  1 | "❤️" x\n    |      ^\n');
  });

  it("makes control characters visible everywhere", () => {
    expect(show("a = ⟦\u001b[31m⟧\u202e\n")).toContain("  1 | a = ␛[31m<U+202E>\n    |     ^^^^^\n");
    expect(
      renderOneText({ ...error, message: "Bad \u001b[2J name.", address: "a\u0007" }, { sources: new SourceSet() }),
    ).toBe("Error: Bad ␛[2J name. [test/broken]\n\n  In a␇.\n");
    expect(show("a\r\n⟦b⟧\r\nc")).toContain("  2 | b\n    | ^\n");
  });

  it("underlines every line of a range over several lines, without its indentation", () => {
    expect(show("a = ⟦[\n  1,\n\n]⟧ # end\n")).toContain(
      "  1 | a = [\n    |     ^\n  2 |   1,\n    |   ^^\n  3 |\n  4 | ] # end\n    | ^\n",
    );
  });

  it("leaves out the middle of a long range", () => {
    expect(show("a = ⟦[\n1,\n2,\n3,\n4,\n]⟧\n")).toContain(
      "  1 | a = [\n    |     ^\n  2 | 1,\n    | ^^\n  3 | 2,\n    | ^^\n    | ...\n  6 | ]\n    | ^\n",
    );
  });

  it("does not take the line feed at its end for a further line", () => {
    expect(show("⟦a = 1\n⟧b = 2\n")).toContain("  1 | a = 1\n    | ^^^^^\n");
  });

  it("shows where the context begins", () => {
    const text = 'source "docker" "base" {\n  x = 1\n  ⟦y⟧ = 1\n}\n';
    const context = { file: "a.hcl", start: 0, end: 22 };
    expect(show(text, { context })).toContain(
      '  a.hcl:3:3\n  1 | source "docker" "base" {\n    | ...\n  3 |   y = 1\n    |   ^\n',
    );
    expect(show("a {\n  ⟦y⟧ = 1\n}\n", { context: { file: "a.hcl", start: 0, end: 1 } })).toContain(
      "  1 | a {\n  2 |   y = 1\n",
    );
    expect(show("a ⟦b⟧ {\n", { context: { file: "a.hcl", start: 0, end: 3 } })).toContain("  1 | a b {\n    |   ^\n");
  });

  it("shows related places, detail, values and the address", () => {
    const item: Diagnostic = {
      ...error,
      primary: { file: "a.hcl", start: 6, end: 7 },
      related: [{ span: { file: "a.hcl", start: 0, end: 1 }, message: "It is first set here." }],
      detail: "Remove one of them:\n\n    hclbuild fmt .\n\nOr both.",
      values: [{ expression: "var.x", shown: '"foo"' }],
      address: "source.docker.base",
    };
    expect(renderOneText(item, { sources: sourcesOf({ "a.hcl": "a = 1\na = 2\n" }) }))
      .toBe(`Error: It is broken. [test/broken]

  a.hcl:2:1
  2 | a = 2
    | ^

  It is first set here.
  a.hcl:1:1
  1 | a = 1
    | -

  Remove one of them:

      hclbuild fmt .

  Or both.

  Values here:
    var.x is "foo"

  In source.docker.base.
`);
  });

  it("breaks running text at the width and keeps indented lines whole", () => {
    const item = {
      ...error,
      message: "The quick brown fox jumps over it.",
      detail: "One two three four five six.\n  a command that is long",
    };
    expect(renderOneText(item, { sources: new SourceSet(), width: 20 })).toBe(`Error: The quick
brown fox jumps over
it. [test/broken]

  One two three four
  five six.
    a command that is long
`);
  });

  it("clips long lines around the mark", () => {
    const text = show(`${"x".repeat(300)}⟦bad⟧${"y".repeat(300)}\n`, {}, { width: 40 });
    const [, line, marks] = /1 \| (.*)\n {4}\| (.*)\n/.exec(text)!;
    expect(line).toBe(`...${"x".repeat(20)}bad${"y".repeat(37)}...`);
    expect(marks).toBe(`${" ".repeat(23)}^^^`);
    expect(show(`⟦a⟧${"y".repeat(100)}\n`, {}, { width: 40 })).toContain(`  1 | a${"y".repeat(59)}...\n    | ^\n`);
  });

  it("lays out no more of a very long line than is shown", () => {
    const text = show(`${"x ".repeat(500_000)}⟦bad${"!".repeat(100_000)}⟧${" y".repeat(500_000)}\n`, {}, { width: 40 });
    const [, line, marks] = /1 \| (.*)\n {4}\| (.*)\n/.exec(text)!;
    expect(line).toBe(`...${"x ".repeat(10)}bad${"!".repeat(37)}...`);
    expect(marks).toBe(`${" ".repeat(23)}${"^".repeat(40)}`);
    const late = show(`${"x".repeat(1_000_000)}⟦bad⟧\n`, {}, { width: 40 });
    expect(late).toContain(`1 | ...${"x".repeat(57)}bad\n    | ${" ".repeat(60)}^^^\n`);
  });

  it("aligns the gutter to the longest line number", () => {
    expect(show(`${"\n".repeat(8)}⟦a\nb⟧\n`)).toContain("   9 | a\n     | ^\n  10 | b\n     | ^\n");
  });

  it("shows asterisks for what is hidden, and the place by the text as it is", () => {
    const sources = sourcesOf({ "a.hcl": 'a = "日本" + b\n' });
    sources.hide({ file: "a.hcl", start: 5, end: 7 });
    const item = { ...error, primary: { file: "a.hcl", start: 11, end: 12 } };
    expect(renderOneText(item, { sources })).toContain(
      '  a.hcl:1:12\n  1 | a = "********" + b\n    |                  ^\n',
    );
    sources.add(new SourceText("a.hcl", 'a = "ab" + bc\n'));
    expect(renderOneText(item, { sources })).toContain('  1 | a = "ab" + bc\n');
  });

  it("decorates without changing the text", () => {
    const options = { sources: sourcesOf({ "a.hcl": "a = 1\n" }) };
    const item = { ...error, primary: { file: "a.hcl", start: 0, end: 1 } };
    const coloured = renderOneText(item, { ...options, style: ansiStyle });
    expect(coloured.split("\n")[0]).toBe(
      "\u001b[1;31mError:\u001b[0m \u001b[1mIt is broken.\u001b[0m \u001b[2m[test/broken]\u001b[0m",
    );
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, "")).toBe(renderOneText(item, options));
  });
});

describe("renderText", () => {
  const at = (line: number, code: Diagnostic["code"] = "syntax/x"): Diagnostic => ({
    code,
    severity: "error",
    message: `Line ${line}.`,
    primary: { file: "a.hcl", start: line * 4, end: line * 4 + 1 },
  });

  it("gives nothing for nothing", () => {
    expect(renderText([], { sources: new SourceSet() })).toBe("");
  });

  it("sorts, merges duplicates and separates with blank lines", () => {
    const sources = sourcesOf({ "a.hcl": "a\nb\n" });
    const item = (start: number): Diagnostic => ({ ...error, primary: { file: "a.hcl", start, end: start + 1 } });
    expect(renderText([item(2), item(0), item(2)], { sources })).toBe(`Error: It is broken. [test/broken]

  a.hcl:1:1
  1 | a
    | ^

Error: It is broken. [test/broken]

  a.hcl:2:1
  2 | b
    | ^
`);
  });

  it("shows at most three syntax errors of a block and says how many more there are", () => {
    const sources = sourcesOf({ "a.hcl": "a {\n  1\n  2\n  3\n}  \nb {\n  1\n}  \n" });
    const text = renderText([at(1), at(2), at(3), at(3, "syntax/y"), at(4), at(5), at(6), at(3, "eval/z")], {
      sources,
    });
    expect([...text.matchAll(/^Error: (Line \d\.)/gm)].map((m) => m[1])).toEqual([
      "Line 1.",
      "Line 2.",
      "Line 3.",
      "Line 3.",
      "Line 5.",
      "Line 6.",
    ]);
    expect(text.endsWith("\n\n2 more diagnostics are not shown.\n")).toBe(true);
  });

  it("shows at most fifty", () => {
    const sources = sourcesOf({ "a.hcl": "a  \n".repeat(60) });
    const items = Array.from({ length: 51 }, (_, line) => at(line));
    const text = renderText(items, { sources });
    expect(text.match(/^Error/gm)).toHaveLength(50);
    expect(text.endsWith("\n1 more diagnostic is not shown.\n")).toBe(true);
    expect(renderText(items, { sources, maximum: 60 })).not.toContain("not shown");
  });
});
