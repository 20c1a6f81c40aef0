import { execFileSync } from "node:child_process";
import { quoteShellCommand, quoteShellWord } from "@hclbuild/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("quoteShellWord", () => {
  it.each([
    ["plain/path-1.txt", "plain/path-1.txt"],
    ["", "''"],
    ["two words", "'two words'"],
    ["it's", `'it'"'"'s'`],
    ["$HOME", "'$HOME'"],
  ])("%j", (word, quoted) => expect(quoteShellWord(word)).toBe(quoted));

  it("survives a real shell", () => {
    const word = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const shown = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${quoteShellCommand(words)}`]).toString("utf8");
        expect(shown).toBe(words.map((text) => `${Buffer.from(text).toString("utf8")}\0`).join(""));
      }),
      { numRuns: 40 },
    );
  });
});
