import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { unifiedDiff } from "@hclbuild/syntax";

const labels = { old: "old/a", new: "new/a" };
const hasDiff = spawnSync("diff", ["--version"]).status === 0;

/** What the system's `diff -u` prints. */
function systemDiff(oldText: string, newText: string): string {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-diff-"));
  try {
    writeFileSync(join(folder, "a"), oldText);
    writeFileSync(join(folder, "b"), newText);
    return spawnSync("diff", ["-u", "--label", "old/a", "--label", "new/a", "a", "b"], {
      cwd: folder,
      encoding: "utf8",
    }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Applies a diff, as far as this test needs it. */
function apply(oldText: string, diff: string): string {
  const oldLines = oldText.split(/(?<=\n)/).filter((line) => line !== "");
  let result = "";
  let index = 0;
  for (const line of diff
    .replaceAll("\n\\ No newline at end of file\n", "\u0000\n")
    .split(/(?<=\n)/)
    .slice(2)) {
    const text = line.slice(1).replace("\u0000\n", "");
    const range = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (range) {
      const start = range[2] === "0" ? Number(range[1]) : Number(range[1]) - 1;
      result += oldLines.slice(index, start).join("");
      index = start;
    } else if (line.startsWith("+")) result += text;
    else {
      expect(oldLines[index]).toBe(text);
      index++;
      if (line.startsWith(" ")) result += text;
    }
  }
  return result + oldLines.slice(index).join("");
}

const numbered = (count: number, change: (line: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${change(index + 1)}\n`).join("");

describe("unifiedDiff", () => {
  it("is empty for equal texts", () => {
    expect(unifiedDiff("a\n", "a\n", labels)).toBe("");
    expect(unifiedDiff("", "", labels)).toBe("");
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ["a changed line", "a=1\nb\n", "a = 1\nb\n"],
    ["everything new", "", "a\nb\n"],
    ["everything gone", "a\n", ""],
    ["a missing line end", "a\nb", "a\nb\n"],
    ["two missing line ends", "a\nb", "a\nc"],
    [
      "changes far apart",
      numbered(30, String),
      numbered(30, (line) => (line === 5 || line === 25 ? `x${line}` : `${line}`)),
    ],
    [
      "changes six lines apart",
      numbered(30, String),
      numbered(30, (line) => (line === 5 || line === 12 ? `x${line}` : `${line}`)),
    ],
    [
      "changes seven lines apart",
      numbered(30, String),
      numbered(30, (line) => (line === 5 || line === 13 ? `x${line}` : `${line}`)),
    ],
    ["inserted and removed lines", "a\nb\nc\nd\n", "b\nx\nd\ne\n"],
    ["CRLF line ends", "a=1\r\nb\r\n", "a = 1\r\nb\r\n"],
  ];

  it.skipIf(!hasDiff).each(cases)("prints what diff -u prints for %s", (_, oldText, newText) => {
    expect(unifiedDiff(oldText, newText, labels)).toBe(systemDiff(oldText, newText));
  });

  it("has the exact format of the reference", () => {
    expect(
      unifiedDiff(
        'a=1\nsource "null" "n" {\ncommunicator="none"\n}\n',
        'a = 1\nsource "null" "n" {\n  communicator = "none"\n}\n',
        { old: "old/unf.pkr.hcl", new: "new/unf.pkr.hcl" },
      ),
    ).toBe(`--- old/unf.pkr.hcl
+++ new/unf.pkr.hcl
@@ -1,4 +1,4 @@
-a=1
+a = 1
 source "null" "n" {
-communicator="none"
+  communicator = "none"
 }
`);
  });

  it("describes exactly the change, with as few lines as possible", () => {
    const text = fc
      .array(fc.constantFrom("a\n", "b\n", "c\n", "}\n"), { maxLength: 14 })
      .chain((lines) => fc.boolean().map((cut) => (cut ? lines.join("").trimEnd() : lines.join(""))));
    fc.assert(
      fc.property(text, text, (oldText, newText) => {
        const diff = unifiedDiff(oldText, newText, labels);
        if (oldText === newText) return diff === "";
        const changed = diff
          .split("\n")
          .slice(2)
          .filter((line) => /^[-+]/.test(line)).length;
        return apply(oldText, diff) === newText && changed === editCount(oldText, newText);
      }),
    );
  });

  it("copes with files that change throughout", () => {
    const oldText = numbered(5000, (line) => `a=${line}`);
    const newText = numbered(5000, (line) => `a = ${line}`);
    expect(apply(oldText, unifiedDiff(oldText, newText, labels))).toBe(newText);
    const longer = `${newText}x\n`;
    expect(apply(oldText, unifiedDiff(oldText, longer, labels))).toBe(longer);
  });
});

/** Lines to remove and add at least: by dynamic programming, another way than the one under test. */
function editCount(oldText: string, newText: string): number {
  const a = oldText.split(/(?<=\n)/).filter((line) => line !== "");
  const b = newText.split(/(?<=\n)/).filter((line) => line !== "");
  let row = b.map((_, index) => index);
  row.push(b.length);
  for (const [index, line] of a.entries()) {
    const next = [index + 1];
    for (const [column, other] of b.entries()) {
      next.push(line === other ? row[column]! : 1 + Math.min(row[column + 1]!, next[column]!));
    }
    row = next;
  }
  return row[b.length]!;
}
