import { describe, expect, it } from "vitest";
import { isIgnored, parseIgnoreFile } from "../../src/engine/ignore-file.js";

const parse = (text: string): ReturnType<typeof parseIgnoreFile> =>
  parseIgnoreFile({ path: "/context/.dockerignore", text });

// Expected values follow the examples of Docker's documentation of the .dockerignore file.
describe(".dockerignore", () => {
  it.each([
    ["*/temp*", "somedir/temporary.txt", true],
    ["*/temp*", "somedir/temp/file", true],
    ["*/temp*", "somedir/subdir/temporary.txt", false],
    ["*/*/temp*", "somedir/subdir/temporary.txt", true],
    ["temp?", "tempa", true],
    ["temp?", "tempab", false],
    ["**/*.go", "a/b/c.go", true],
    ["**/*.go", "c.go", true],
    ["/foo/bar", "foo/bar", true],
    ["foo/bar/", "foo/bar/x", true],
    ["# comment", "# comment", false],
    ["[a-c].txt", "b.txt", true],
    ["\\*.txt", "*.txt", true],
    ["\\*.txt", "a.txt", false],
    ["a.c", "abc", false],
    ["[^a]", "b", true],
    ["[^a]", "a", false],
    ["[!b]", "!", true],
    ["[a^]", "^", true],
    ["[a\\-z]", "-", true],
    ["[a\\-z]", "b", false],
    ["[\\\\]", "\\", true],
    ["[é-ü]", "ö", true],
    ["?-b", "\u{1F600}-b", true],
    ["a]b", "a]b", true],
  ])("%s on %s: %s", (pattern, path, ignored) => {
    expect(isIgnored(parse(pattern), path)).toBe(ignored);
  });

  it("lets the last matching line decide", () => {
    const rules = parse("*.md\n!README*.md\nREADME-secret.md");
    expect(["a.md", "README.md", "README-secret.md"].map((path) => isIgnored(rules, path))).toEqual([
      true,
      false,
      true,
    ]);
  });

  // Those that the docker program of Debian refuses with "syntax error in pattern" or "illegal exclusion pattern".
  it.each([
    "[z-a]",
    "[abc",
    "[]",
    "[]a]",
    "[a-]",
    "[-a]",
    "[a-b-c]",
    "[^]",
    "[\\]x",
    "zz/[z-a]",
    "a\\",
    "a\\ ",
    "!",
    "! ",
  ])("%s is no pattern", (pattern) => {
    expect(() => parse(`# first\n*.md\n${pattern}\n`)).toThrow(
      expect.objectContaining({ code: "docker/ignore-pattern-invalid" }),
    );
  });

  it("names the line and the file of what is no pattern", () => {
    expect(() => parse("*.md\r\n\r\n  ![z-a]  ")).toThrow("Line 3 of /context/.dockerignore is no pattern: ![z-a]");
  });
});
