import { describe, expect, it } from "vitest";
import {
  compareVersions,
  compileGlob,
  parseConstraints,
  parseVersion,
  satisfies,
  type Version,
} from "@hclbuild/compiler";

// Both tables were made by running the libraries that Packer uses (hashicorp/go-version and gobwas/glob) on these inputs.

const versions = [
  "1.0.0",
  "1.2.0",
  "1.2.3",
  "1.2.9",
  "1.3.0",
  "1.16.0",
  "2.0.0",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.3.0-dev",
  "0.9",
  "1.2.3.5",
];

const constraintTable: readonly (readonly [string, readonly string[] | "error"])[] = [
  [">= 1.7.0", ["1.16.0", "2.0.0"]],
  ["~> 1.2", ["1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "1.2.3.5"]],
  ["~> 1.2.3", ["1.2.3", "1.2.9", "1.2.3.5"]],
  ["~> 1", ["1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "2.0.0", "1.2.3.5"]],
  ["= 1.0", ["1.0.0"]],
  ["1.0", ["1.0.0"]],
  [
    "!= 1.0.0",
    [
      "1.2.0",
      "1.2.3",
      "1.2.9",
      "1.3.0",
      "1.16.0",
      "2.0.0",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.3.0-dev",
      "0.9",
      "1.2.3.5",
    ],
  ],
  ["> 1.2, < 2", ["1.2.3", "1.2.9", "1.3.0", "1.16.0", "1.2.3.5"]],
  [">= v1", ["1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "2.0.0", "1.2.3.5"]],
  ["~> x", "error"],
  ["", "error"],
  [
    ">= 1.0.0-beta",
    ["1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "2.0.0", "1.0.0-beta", "1.0.0-beta.2", "1.2.3.5"],
  ],
  ["~> 1.0.0-beta", ["1.0.0-beta", "1.0.0-beta.2"]],
  ["<= 1.16.0", ["1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "0.9", "1.2.3.5"]],
  [">=1.2", ["1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "2.0.0", "1.2.3.5"]],
  ["> 1.2 , <2", ["1.2.3", "1.2.9", "1.3.0", "1.16.0", "1.2.3.5"]],
  ["==1", "error"],
  ["~> 1.2.3.4", ["1.2.3.5"]],
  [">= 1.0.0+meta", ["1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0", "1.16.0", "2.0.0", "1.2.3.5"]],
  ["^1.0", "error"],
];

const names = [
  "null.one",
  "web.null.one",
  "api.x.two",
  "a*b",
  "axb",
  "b",
  "ab",
  "abde",
  "acdf",
  "",
  "web",
  "one",
  "null.ane",
  "a]b",
  "a}b",
  "é",
  "élan",
  "-x",
  "]x",
  "^ne",
  "one.one",
  "ax",
  "bx",
  "cx",
  "a-x",
  ",x",
  "{x",
  "a,bx",
  "\\",
  "a",
  "{a}",
  "dx",
];

const globTable: readonly (readonly [string, readonly string[] | "error"])[] = [
  [
    "*",
    [
      "null.one",
      "web.null.one",
      "api.x.two",
      "a*b",
      "axb",
      "b",
      "ab",
      "abde",
      "acdf",
      "",
      "web",
      "one",
      "null.ane",
      "a]b",
      "a}b",
      "é",
      "élan",
      "-x",
      "]x",
      "^ne",
      "one.one",
      "ax",
      "bx",
      "cx",
      "a-x",
      ",x",
      "{x",
      "a,bx",
      "\\",
      "a",
      "{a}",
      "dx",
    ],
  ],
  ["*.one", ["null.one", "web.null.one", "one.one"]],
  ["web.*", ["web.null.one"]],
  ["null.?ne", ["null.one", "null.ane"]],
  ["null.[ao]ne", ["null.one", "null.ane"]],
  ["null.[!o]ne", ["null.ane"]],
  ["{web,api}.*", ["web.null.one", "api.x.two"]],
  ["*.{one,t*}", ["null.one", "web.null.one", "api.x.two", "one.one"]],
  ["a\\*b", ["a*b"]],
  ["null.[a-o]ne", ["null.one", "null.ane"]],
  ["null.[!a-n]ne", ["null.one"]],
  ["[", "error"],
  ["{a", "error"],
  [
    "**",
    [
      "null.one",
      "web.null.one",
      "api.x.two",
      "a*b",
      "axb",
      "b",
      "ab",
      "abde",
      "acdf",
      "",
      "web",
      "one",
      "null.ane",
      "a]b",
      "a}b",
      "é",
      "élan",
      "-x",
      "]x",
      "^ne",
      "one.one",
      "ax",
      "bx",
      "cx",
      "a-x",
      ",x",
      "{x",
      "a,bx",
      "\\",
      "a",
      "{a}",
      "dx",
    ],
  ],
  ["", [""]],
  ["web", ["web"]],
  ["*ne*", ["null.one", "web.null.one", "one", "null.ane", "^ne", "one.one"]],
  ["null.[]ne", "error"],
  ["{}", [""]],
  ["{a,}b", ["b", "ab"]],
  ["a{b,c}d{e,f}", ["abde", "acdf"]],
  ["[abc", "error"],
  ["a]b", ["a]b"]],
  ["a}b", ["a}b"]],
  ["[!]", "error"],
  ["[^o]ne", ["one", "^ne"]],
  ["?", ["b", "é", "\\", "a"]],
  ["[a-]x", "error"],
  ["[z-a]", "error"],
  ["[\\]]x", ["]x"]],
  ["[ab-]x", ["-x", "ax", "bx"]],
  ["[-a]x", ["-x", "ax"]],
  ["[a-bc]x", "error"],
  ["[a\\-]x", ["-x", "ax"]],
  ["[!a-c]", ["é", "\\"]],
  ["[a-c-e]x", "error"],
  ["[\\a-c]x", ["-x", "ax", "cx"]],
  ["[--a]x", ["-x", "]x", "ax"]],
  ["[a--]x", "error"],
  ["[!-a]x", ["]x", "bx", "cx", ",x", "{x", "dx"]],
  ["[a,b]x", ["ax", "bx", ",x"]],
  ["[{]x", ["{x"]],
  ["{[a],b}x", ["ax", "bx"]],
  ["{a\\,b,c}x", ["cx", "a,bx"]],
  ["{{a,b},c}x", ["ax", "bx", "cx"]],
  ["\\", "error"],
  ["a\\", "error"],
  ["\\{a}", ["{a}"]],
  ["é*", ["é", "élan"]],
  ["*é", ["é"]],
];

describe("version constraints", () => {
  it.each(constraintTable)("%j", (text, expected) => {
    const constraints = parseConstraints(text);
    const met =
      constraints === undefined
        ? "error"
        : versions.filter((version) => satisfies(parseVersion(version) as Version, constraints));
    expect(met).toEqual(expected);
  });
});

describe("name patterns", () => {
  it.each(globTable)("%j", (pattern, expected) => {
    const glob = compileGlob(pattern);
    expect(glob === undefined ? "error" : names.filter((name) => glob.matches(name))).toEqual(expected);
  });
});

describe("single characters of name patterns", () => {
  const characters = [...Array.from({ length: 256 }, (_, code) => String.fromCodePoint(code)), "é", "\u{1f600}"];
  const special = new Set(["*", "?", "[", "{", "\\"]);

  it.each(characters.filter((character) => !special.has(character)))("%j stands for itself", (character) => {
    const glob = compileGlob(`a${character}z`);
    const others = ["a", "b", "\\", "-"].filter((other) => other !== character);
    expect([character, ...others].filter((middle) => glob?.matches(`a${middle}z`))).toEqual([character]);
  });

  it.each(characters)("%j stands for itself behind a backslash and in a class", (character) => {
    const others = ["a", "b", "\\", "-", "^", "]"].filter((other) => other !== character);
    for (const pattern of [`\\${character}`, `[\\${character}]`, `{\\${character},q}`]) {
      const glob = compileGlob(pattern);
      expect([character, ...others].filter((name) => glob?.matches(name))).toEqual([character]);
    }
  });
});

describe("versions", () => {
  it("are ordered as in the semantic versioning specification, item 11", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
    ];
    const shuffled = ordered.toReversed().map((text) => parseVersion(text) as Version);
    expect(shuffled.toSorted(compareVersions).map((version) => version.text)).toEqual(ordered);
  });

  it.each(["", "x", "1.", "1..2", "1.2.3.x", "v", "-1", "1.2 3"])("are not %j", (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});
