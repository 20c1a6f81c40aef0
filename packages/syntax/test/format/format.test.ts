import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { format } from "@hclbuild/syntax";

// Expected texts were checked against the reference formatter (hclwrite.Format of hashicorp/hcl 2.24).
describe("format", () => {
  it.each([
    ["nothing", "", ""],
    ["only blank lines", "  \n\t\n", "\n\n"],
    ["attributes side by side", "a=1\nbungle=2\n", "a      = 1\nbungle = 2\n"],
    ["a blank line between attributes", "a=1\n\nbungle=2\n", "a = 1\n\nbungle = 2\n"],
    ["a comment line between attributes", "a=1\n# c\nbungle=2\n", "a = 1\n# c\nbungle = 2\n"],
    ["a value over several lines", "a = [\n1,\n2]\nbbb = 3\n", "a = [\n  1,\n2]\nbbb = 3\n"],
    ["trailing comments", 'a = 1 # c\nbbb = "x" # d\n', 'a   = 1   # c\nbbb = "x" # d\n'],
    ["a trailing block comment", "a = 1 /* c */\nbbb = 22 /* d */\n", "a   = 1 /* c */\nbbb = 22 /* d */\n"],
    ["comments of lines with different indentation", "foo { # c\na = 1 # d\n}\n", "foo {   # c\n  a = 1 # d\n}\n"],
    ["nested blocks", "a {\nb {\nc=1\n}\n}\n", "a {\n  b {\n    c = 1\n  }\n}\n"],
    ["a one-line block", "b {a=1}\n", "b { a = 1 }\n"],
    ["an empty block", "b {   }\n", "b {}\n"],
    ["two brackets on one line", "a = [{\nb=1\n}]\n", "a = [{\n  b = 1\n}]\n"],
    ["brackets closed one by one", "[[\n[\na\n]]\n]\n", "[[\n  [\n    a\n  ]]\n]\n"],
    ["a line that closes and opens", "a = [{\nb=1\n}, {\nb=2\n}]\n", "a = [{\n  b = 1\n  }, {\n  b = 2\n}]\n"],
    ["more closing than opening brackets", "}\n}\na=1\n", "}\n}\na = 1\n"],
    ["calls and indexes", "a = f ( 1,x [ 0 ] , y... )\n", "a = f(1, x[0], y...)\n"],
    ["signs and differences", "a = [ - 1, b - 1, b ? - 1 : - 2, ! c ]\n", "a = [-1, b - 1, b ? -1 : -2, !c]\n"],
    ["a sign after an arrow", "a = { for k in b : k => - 1 }\n", "a = { for k in b : k => - 1 }\n"],
    ["a sign in a template", 'a = "${ - b }"\n', 'a = "${- b}"\n'],
    ["traversals", "a = b . c . 0 [*] . d\n", "a = b.c.0[*].d\n"],
    ["namespaced calls", "a = x :: y ( )\n", "a = x::y()\n"],
    ["a for over a tuple", "a = [for x in [y] : x]\n", "a = [for x in [y] : x]\n"],
    ["a variable named in", "a = in [0]\n", "a = in[0]\n"],
    ["templates", 'a = "x${ b }y%{ if c ~}z%{ endif }"\n', 'a = "x${b}y%{if c~}z%{endif}"\n'],
    ["an object in a template", 'a = "${{ b=1 }}"\n', 'a = "${ { b = 1 } }"\n'],
    ["heredoc text", "a {\nb = <<E\n  x   y\n\tE\nc = 1\n}\n", "a {\n  b = <<E\n  x   y\n\tE\n  c = 1\n}\n"],
    ["a bracket closed after a heredoc", "a = f(<<E\nx\nE\n)\nbbb = 1\n", "a = f(<<E\nx\nE\n)\nbbb = 1\n"],
    ["expressions within a heredoc", "a {\nb = <<E\n ${ c(\n1) }\nE\n}\n", "a {\n  b = <<E\n ${c(\n1)}\nE\n}\n"],
    [
      "an argument whose heredoc opens as much as its line closes",
      "x = [{\na=1 }, <<E\n ${\n b }\nE\n]\ny=1\n",
      "x = [{\n  a = 1 }, <<E\n ${\n  b}\nE\n]\ny = 1\n",
    ],
    ["a variable named in before a bracket", "a = [for in in d : in ]\n", "a = [for in in d : in]\n"],
    ["CRLF line ends", "a=1\r\nbb=2 # c\r\n", "a  = 1\r\nbb = 2 # c\r\n"],
    ["a byte order mark", "\ufeffa=1\n", "a = 1\n"],
    ["white space at the end of the file", "a = 1\n \t ", "a = 1\n   "],
    ["tabs", "\ta\t=\t1\t# c\n", "a = 1 # c\n"],
    [
      "wide and combining characters, one column each",
      'a = "日本" # c\nbb = "e\u0301x" # d\n',
      'a  = "日本" # c\nbb = "e\u0301x" # d\n',
    ],
    ["a file without a last line end", "a=1", "a = 1"],
  ])("lays out %s", (_, input, expected) => {
    expect(format(input)).toBe(expected);
    expect(format(expected)).toBe(expected);
  });

  it("returns an already canonical text itself", () => {
    const text = 'a = 1\nb "c" {\n  d = [1, 2]\n}\n';
    expect(format(text)).toBe(text);
  });

  it("changes nothing but white space", () => {
    const words = [
      "a",
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
      "=",
      "==",
      "-",
      "!",
      "?",
      ":",
      "\n",
      "# c\n",
      '"x ${ y } z"',
      "<<E\n ${ q } r\nE\n",
    ];
    const gap = fc.constantFrom("", " ", "  ", "\t");
    const piece = fc.tuple(fc.constantFrom(...words), gap).map(([word, space]) => `${word} ${space}`);
    const solid = (text: string) => text.replace(/[ \t]/g, "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        expect(solid(format(text))).toBe(solid(text));
      }),
    );
  });

  it("gives some text for every string", () => {
    const text = fc
      .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)), { maxLength: 200 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(text, (value) => typeof format(value) === "string"));
  });
});
