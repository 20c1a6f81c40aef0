import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { formatAndCheck, parse } from "@hclbuild/syntax";

function isSure(text: string): boolean {
  return formatAndCheck(text).isSurelyWellFormed;
}

function hasErrors(text: string): boolean {
  const { report, ...bag } = collect();
  parse(new SourceText("a.hcl", text), report);
  return bag.items().length > 0;
}

function collect() {
  const bag = new DiagnosticBag();
  return { report: bag.report, items: () => bag.items };
}

describe("isSurelyWellFormed", () => {
  it.each([
    "",
    "\n# c\n/* d */\n",
    "a = 1",
    "a = 1 # c\nb = 2\n",
    'source "docker" base {\n  image = "x"\n}\n',
    "a {}\nb { c = 1 }\n",
    "a = [\n  1,\n  2,\n]\n",
    'a = {\n  b = 1, "c" : 2\n\n  d = {}\n}\n',
    "a = f(x, y...)\nb = f(\n)\n",
    'a = !b && -c < (1 + 2) * d[0].e["f"].g\n',
    "a = b ? c ? 1 : 2 : 3\n",
    "a = (b\n  ? c\n  : d)\n",
    'a = "x${y}z\\n${f("${q}")}"\n',
    "a = <<EOT\n\\q ${x} $${y}\nEOT\nb = 1\n",
    "a = [<<EOT\nx\nEOT\n, 1]\n",
  ])("knows %j", (text) => {
    expect(isSure(text)).toBe(true);
    expect(hasErrors(text)).toBe(false);
  });

  it.each([
    "a",
    "a =",
    "a = 1 b = 2",
    "a = 1\na = 2\n",
    "a {",
    "a }",
    "}",
    "a { b = 1\n}",
    "a { b = 1, c = 2 }",
    "a {} b {}",
    "a b",
    "a = [1 2]",
    "a = f(1",
    "a = (\n",
    "a = (1, 2)",
    "a = {b}",
    "a = {b = 1 c = 2}",
    "a = [1, , 2]",
    "a = b ? c",
    "a = b ? c\n: d\n",
    "a = b : c",
    'a = "x\ny"\n',
    'a = "\\q"\n',
    'a "${b}" {}\n',
    "a = <<E\nx\n",
    "a = 'x'\n",
    "a = 1.2.3\n",
    "a = b.\n",
    "a = b[]\n",
    "a = 1 +\n",
    "a = f(x...,)\n",
    "a\n= 1\n",
    "a =\n1\n",
    "= 1\n",
    '"a" = 1\n',
    "a.b = 1\n",
    'a = "${}"\n',
    "a = ]\n",
    "a = {\n  for = 1\n}\n",
    `a = ${"!".repeat(600)}b\n`,
    `a = ${"(".repeat(200)}b${")".repeat(200)}\n`,
    `a = ${"b ? c : ".repeat(600)}d\n`,
  ])("is never sure about the broken %.40j", (text) => {
    expect(isSure(text)).toBe(false);
    expect(hasErrors(text)).toBe(true);
  });

  it.each([
    "a = [for x in y : x]\n",
    "a = b[*].c\n",
    "a = b.0\n",
    'a = "%{if b}c%{endif}"\n',
    "a = x::y()\n",
    "a = 1e5\n",
    "a = {\n  b = 1\n  for = 1\n}\n",
  ])("leaves the rarer %j to the parser", (text) => {
    expect(isSure(text)).toBe(false);
    expect(hasErrors(text)).toBe(false);
  });

  it("is never sure about what the parser refuses", () => {
    const words = [
      "a",
      "b ",
      "in",
      "1",
      ".",
      ",",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      " = ",
      " == ",
      " - ",
      "!",
      " ? ",
      " : ",
      "\n",
      "\n",
      "# c\n",
      '"x"',
      '"${',
      '}"',
      "<<E\nx\nE\n",
      "a = 1\n",
      "a {\n",
      "}\n",
      "...",
    ];
    let sure = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        if (!isSure(text)) return;
        sure++;
        expect(hasErrors(text)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(sure).toBeGreaterThan(10);
  });
});
