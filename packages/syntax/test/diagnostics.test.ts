import { describe, expect, it } from "vitest";
import { createReport, SourceText } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../src/catalog.js";
import { decodeSource } from "../src/decode-source.js";
import { parseTraversal } from "../src/parse-traversal.js";
import { codesOf, parsedExpression, parsedFile } from "./support/parsing.js";

/** Texts with one mistake each. The ranges are those of HCL's own parser where it reports the same mistake. */
const mistakes: readonly (readonly [text: string, diagnostic: string, messageOrDetail: string])[] = [
  ["a = “x”\n", "unexpected-character@4-5", "straight quote"],
  ["a = 'x'\n", "unexpected-character@4-5", "double quotes"],
  ["a = `x`\n", "unexpected-character@4-5", "heredoc"],
  ["a = 1;\n", "unexpected-character@5-6", "The character ; has no meaning here."],
  ["a = \u00a01\n", "unexpected-character@4-5", "U+00A0"],
  ["a = x & y\n", "unsupported-operator@6-7", "Did you mean &&?"],
  ["a = x ^ y\n", "unsupported-operator@6-7", "There is no operator ^."],
  ['a = "x\nb = 2\n', "unclosed-string@6-7", "closing quote"],
  ['a = foo"\nb = 2\n', "missing-opening-quote@7-8", "directly after foo"],
  ["a = <<E\nx\n", "unclosed-heredoc@10-10", "nothing but E"],
  ['a = <<-"EOT"\n"x\nEOT\nb = 1\n', "heredoc-opener@4-12", "without quotes"],
  ["a = [<<E\nx\nE,\n1]\nb = <<E\ny\nE\n", "heredoc-closing-line@12-13", "on the next line"],
  ["x = =\na = <<E\nf(<<E\ny\nE)\nE\n", "invalid-expression@4-5", "begin with ="],
  ["a = <<E\nx ${y\nE\nb = 1\n", "unclosed-sequence@10-12", "closing brace"],
  ['a = """\nx\n"""\n', "triple-quotes@4-7", "heredoc"],
  ["<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> x\n", "merge-conflict@0-7", "Keep one"],
  ["a = [1)\n", "mismatched-bracket@6-7", "Write ] before it"],
  ['a = "x\ry"\n', "unexpected-character@6-7", "is written \\r"],
  ['a = ["x\ry\rz", "b"]\n', "unexpected-character@7-8", "carriage return"],
  ['a = "x\r\nb = 1\n', "unclosed-string@6-8", "closing quote"],
  ["a = <<E\nx\ry\nE\n", "unexpected-character@9-10", "carriage return alone"],
  ["/* x\na = 1\n", "unclosed-comment@0-1", "ends with */"],
  ['a = "\\q"\n', "invalid-escape@5-7", "\\q is no escape sequence."],
  ['a = "\\u12"\n', "invalid-escape@5-9", "exactly four"],
  ['a = "\\UFFFFFFFF"\n', "invalid-escape@5-15", "U0010FFFF"],
  ['a = "x\\ud800y"\n', "invalid-escape@6-12", "Half of a surrogate pair"],
  ['a = "\\U0000DFFF"\n', "invalid-escape@5-15", "no form in UTF-8"],
  ["}\n", "unexpected-closing@0-1", "nothing open that this }"],
  ["1\n", "item-required@0-1", "not 1"],
  ["<<<<<<< HEAD\na = 1\n", "merge-conflict@0-7", "conflict"],
  ["a\n", "incomplete-item@0-1", "a = value"],
  ["a: 1\n", "incomplete-item@0-1", "not a colon"],
  ["a == 1\n", "incomplete-item@0-1", "single equals sign"],
  ["a.b = 1\n", "incomplete-item@0-1", "no dot"],
  ["b\n{\n  a = 1\n}\n", "incomplete-item@0-1", "opening brace"],
  ['"a" = 1\n', "quoted-attribute-name@0-1", "Write a instead."],
  ['b "x" = 1\n', "block-with-equals@6-7", "block of type b"],
  ['b "x"\nc = 1\n', "block-without-brace@5-6", "same line"],
  ["b x 1 {\n}\n", "block-header@4-5", "not 1"],
  ['b "${x}" {\n}\n', "label-with-template@3-5", "fixed text"],
  ["b {\n  a = 1\n\nc {\n}\n", "unclosed-block@2-3", "closing brace"],
  ["a = 1 b = 2\n", "line-end-after-attribute@6-7", "not b"],
  ["a = 1,\nb = 2\n", "line-end-after-attribute@5-6", "not separated by commas"],
  ["b {\n} c = 1\n", "line-end-after-block@6-7", "not c"],
  ["b { a = 1, c = 2 }\n", "single-line-block@9-10", "at most one argument"],
  ['b { c "x" "y" {} }\n', "single-line-block@4-5", "at most one argument"],
  ["b { c {\n} }\n", "single-line-block@4-5", "a line of its own"],
  ["b {\n  a = <<E\n%{ if x ~}\n${y}\n%{ endif ~}\nE\n  c = =\n}\n", "invalid-expression@50-51", "begin with ="],
  ["a = 1\na = 2\n", "duplicate-attribute@6-7", '"a" is already set'],
  ["a =", "missing-expression@3-3", "A value is missing here."],
  ["a =\n", "missing-value@3-4", "before the end of the line"],
  ["a = =\n", "invalid-expression@4-5", "begin with ="],
  ["a = <<E x\n", "invalid-expression@4-5", "at the end of its line"],
  ["a = (1 2)\n", "unclosed-bracket@7-8", "expression in parentheses"],
  ["a = b[1\n", "unclosed-bracket@8-8", "The index is not closed."],
  ["a = f(1", "unclosed-bracket@4-6", "The function call is not closed."],
  ["a = [1 2]\n", "missing-separator@7-8", "item of the list"],
  ["a = {x = 1 y = 2}\n", "missing-separator@11-12", "A line end or a comma"],
  ["a = f(1 2)\n", "missing-separator@8-9", "argument of the function call"],
  ["a = {x}\n", "missing-value-separator@6-7", "key = value"],
  ["a = b.\n", "invalid-attribute-access@6-7", "the end of the line"],
  ["a = c ? 1\n", "incomplete-conditional@9-10", "the colon is missing"],
  ["a = [for x y]\n", "invalid-for@11-12", "the word in is missing after its names"],
  ["a = [for x in y]\n", "invalid-for@15-16", "the colon is missing"],
  ["a = {for x in y : x}\n", "invalid-for@18-19", "=> and a value are missing"],
  ["a = [for x in y : x => y]\n", "invalid-for@18-19", "must stand in braces"],
  ["a = [for x in y : x...]\n", "invalid-for@19-22", "grouping"],
  ["a = n::\n", "invalid-function-name@7-8", "After ::"],
  ["a = n::f\n", "invalid-function-name@8-9", "After ::"],
  ["a = f(x..., y)\n", "argument-after-expansion@7-10", "must be the last one"],
  ['a = "${b c}"\n', "extra-characters@9-10", "ends before c"],
  ['a = "${b"\n', "unclosed-sequence@5-7", "closing brace"],
  ['a = "%{ foo }"\n', "invalid-directive@8-11", "no template directive foo"],
  ['a = "%{ endif }"\n', "unexpected-directive@5-15", "Write %{ if … } before it."],
  ['a = "%{ for x in y }%{ endif }%{ endfor }"\n', "unexpected-directive@20-30", "First close the for directive"],
  ['a = "%{ if x }"\n', "unclosed-directive@5-14", "%{ endif }"],
  ["a = 1.2.3\n", "invalid-number@4-9", "1.2.3 is not a number."],
  ["a = 1e1000000\n", "number-out-of-range@4-13", "from -100000 to 100000"],
  [`a = b.${"1".repeat(100_001)}\n`, "number-out-of-range@6-100007", "at most 100000 digits"],
  ["a = b.0.1\n", "chained-legacy-index@6-9", "[0][1]"],
  ["a = b.*.*\n", "nested-splat@8-9", "[*]"],
  [`a = ${"(".repeat(101)}x${")".repeat(101)}\n`, "too-deeply-nested@104-105", "At most 100 levels"],
  [`a = x${"[*]".repeat(101)}\n`, "too-deeply-nested@305-306", "At most 100 levels"],
  [`a = x${"[*]".repeat(100_000)}\n`, "too-deeply-nested@305-306", "At most 100 levels"],
  [`a = x.*${".b".repeat(100_000)}\n`, "too-deeply-nested@4007-4008", "At most 2000 levels"],
  [`a = ${"!".repeat(501)}x\n`, "too-deeply-nested@505-506", "At most 500 levels"],
  [`a = ${"x ? y : ".repeat(501)}z\n`, "too-deeply-nested@4008-4009", "At most 500 levels"],
  [`a = "${"%{ if x }".repeat(501)}${"%{ endif }".repeat(501)}"\n`, "too-deeply-nested@4505-4514", "directives"],
];

describe("syntax diagnostics", () => {
  it.each(mistakes)("%j: %s", (text, diagnostic, part) => {
    const { diagnostics } = parsedFile(text);
    expect(codesOf(diagnostics)).toEqual([`syntax/${diagnostic}`]);
    const [found] = diagnostics;
    expect(`${found?.message} ${found?.detail ?? ""}`).toContain(part);
  });

  it("has a text for every entry of the catalogue", () => {
    const covered = new Set(mistakes.map(([, diagnostic]) => diagnostic.split("@")[0]));
    const elsewhere = ["invalid-utf8", "invalid-traversal", "too-large"];
    expect(Object.keys(syntaxCatalog).filter((slug) => !covered.has(slug) && !elsewhere.includes(slug))).toEqual([]);
  });

  it("ends every message with a period, on one line", () => {
    for (const [text] of mistakes) {
      for (const { message } of parsedFile(text).diagnostics) expect(message).toMatch(/^[^\n]*\.$/);
    }
  });

  it("points at the byte that is no UTF-8", () => {
    const codes: string[] = [];
    const source = decodeSource(
      "x.hcl",
      Uint8Array.from([97, 32, 61, 32, 34, 0xff, 34, 10]),
      createReport((item) => codes.push(...codesOf([item]))),
    );
    expect(codes).toEqual(["syntax/invalid-utf8@5-6"]);
    expect(source.text).toBe('a = "\ufffd"\n');
  });

  it("reports what is no reference", () => {
    const codes: string[] = [];
    parseTraversal(
      new SourceText("x", "foo(1)"),
      createReport((item) => codes.push(...codesOf([item]))),
    );
    expect(codes).toEqual(["syntax/invalid-traversal@3-4"]);
  });
});

describe("nesting", () => {
  it.each([
    ["brackets", `${"[".repeat(100)}${"]".repeat(100)}`],
    ["parentheses", `${"(".repeat(100)}x${")".repeat(100)}`],
    ["templates", `${'"${'.repeat(100)}x${'}"'.repeat(100)}`],
    ["calls", `${"f(".repeat(100)}${")".repeat(100)}`],
    ["objects", `${"{a = ".repeat(99)}1${"}".repeat(99)}`],
    ["unary operators", `${"!".repeat(500)}x`],
    ["conditionals", `${"x ? y : ".repeat(500)}z`],
    ["conditionals in the middle", `${"x ? ".repeat(500)}y${" : z".repeat(500)}`],
    ["binary operators", `${"1 + ".repeat(2000)}1`],
    ["conditionals inside of brackets", `${"[".repeat(100)}${"x ? y : ".repeat(500)}z${"]".repeat(100)}`],
  ])("accepts %s up to the limit", (_, text) => {
    expect(codesOf(parsedExpression(text).diagnostics)).toEqual([]);
  });

  it.each([
    "(",
    "[",
    "{",
    '"${',
    "f(",
    "{a=",
    "[for x in ",
    "!",
    "-",
    "x ? ",
    "x ? y : ",
    "a.",
    "a[",
    "1 + ",
    "b {\n",
    "%{ if x }",
    "<<<<<<< x\n",
    "<<E\n${",
    'a = <<"E"\nx\nE\n',
    "a = [<<E\nE,\n",
    'x"\n',
    'a = "x\n',
    '"""',
    "`\n",
    "a = [1)\n",
    "a = 1 +\n",
  ])(
    "survives 20000 times %j",
    (part) => {
      const text = part.repeat(20_000);
      for (const { diagnostics } of [
        parsedFile(text),
        parsedFile(`a = ${text}`),
        parsedFile(`a = "${text}`),
        parsedExpression(text),
      ]) {
        expect(diagnostics.length).toBeGreaterThan(0);
      }
    },
    60_000,
  );
});

describe("recovery", () => {
  it("is quick on long words in a heredoc that is not closed", () => {
    const { diagnostics } = parsedFile(`a = <<E\n${`${"x".repeat(2000)} ${"y ".repeat(500)}\n`.repeat(20)}`);
    expect(diagnostics.map((item) => item.code)).toEqual(["syntax/unclosed-heredoc"]);
  }, 5000);

  const items = (text: string): string[] =>
    parsedFile(text).node.body.items.map((item) =>
      item.kind === "attribute"
        ? `${item.name.text}=${item.expression.kind}`
        : `${item.type.text}{${item.body.items.length}}`,
    );

  it.each([
    ["a missing closing brace", "b {\n  a = 1\n\nc {\n  d = 1\n}\n", ["b{1}", "c{1}"]],
    ["a missing brace of an inner block", "b {\n  i {\n    a = 1\n  e = 1\n}\nc {\n}\n", ["b{2}", "c{0}"]],
    ["a missing opening brace", "b\n  a = 1\n}\nc {\n}\n", ["b{1}", "c{0}"]],
    ["a brace too many", "b {\n  a = 1\n}}\nc {\n}\n", ["b{1}", "c{0}"]],
    ["a stray brace", "}\na = 1\n", ["a=number"]],
    ["a missing parenthesis", "a = f(1\nb = 2\n", ["a=call", "b=number"]],
    ["a missing bracket", "a = [1,\nb = 2\n", ["a=tuple", "b=number"]],
    ["a missing quote", 'a = "x\nb = 2\n', ["a=template", "b=number"]],
    ["an unclosed sequence", 'a = "${x\nb = 2\n', ["a=template", "b=number"]],
    ["a heredoc without its closing line", "b {\n  a = <<E\n  x\n  c = 1\n}\nd {\n}\n", ["b{2}", "d{0}"]],
    ["a value that cannot be read", "a = =\nb = 2\n", ["a=error", "b=number"]],
    ["a mistake inside of a list", "a = [1, =, 3]\nb = 2\n", ["a=tuple", "b=number"]],
    ["an access that is being typed", "a = var.\nb = 2\n", ["a=variable", "b=number"]],
  ])("keeps the items around %s", (_, text, expected) => {
    expect(items(text)).toEqual(expected);
    expect(parsedFile(text).diagnostics).toHaveLength(1);
  });

  it("takes no backtick of a later comment for the end of a text", () => {
    expect(items("a = `1\nb = 2\nc {\n}\n# see `c`\n")).toEqual(["a=number", "b=number", "c{0}"]);
  });

  it("reports each of several mistakes", () => {
    const { diagnostics } = parsedFile('a = =\nb = "x\nc {\n  d = [1 2]\n}\ne = 1 f\n');
    expect(codesOf(diagnostics)).toEqual([
      "syntax/invalid-expression@4-5",
      "syntax/unclosed-string@12-13",
      "syntax/missing-separator@26-27",
      "syntax/line-end-after-attribute@37-38",
    ]);
  });
});
