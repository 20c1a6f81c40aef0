import { describe, expect, it } from "vitest";
import { isIgnored, parseIgnoreFile } from "../../src/engine/build-context.js";

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
  ])("%s on %s: %s", (pattern, path, ignored) => {
    expect(isIgnored(parseIgnoreFile(pattern), path)).toBe(ignored);
  });

  it("lets the last matching line decide", () => {
    const rules = parseIgnoreFile("*.md\n!README*.md\nREADME-secret.md");
    expect(["a.md", "README.md", "README-secret.md"].map((path) => isIgnored(rules, path))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
