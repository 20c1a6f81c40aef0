import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { SourceText } from "@hclbuild/diagnostics";
import { format, tokenize } from "@hclbuild/syntax";
import { corpusRoot, readVectors, skipReason } from "./vectors.js";

function read(path: string): string {
  return readFileSync(resolve(corpusRoot!, path), "utf8");
}

function readRows(file: string): readonly Readonly<Record<string, string>>[] {
  const [head, ...rows] = read(file).trimEnd().split("\n");
  const names = head!.split("\t");
  return rows.map((row) => Object.fromEntries(row.split("\t").map((cell, index) => [names[index]!, cell])));
}

/** Everything but line ends and indentation-like trivia: what a formatter must not touch. */
function significantTokens(text: string): readonly string[] {
  return tokenize(new SourceText("", text)).tokens.map((token) => token.text);
}

describe.skipIf(corpusRoot === undefined)(`formatter against the reference (skipped when ${skipReason})`, () => {
  it.each(["dev", "packer"])("writes every file of %s that parses byte for byte as the reference does", (part) => {
    const wrong: string[] = [];
    let count = 0;
    for (const row of readRows(`${part}/ORACLE_FMT.tsv`)) {
      if (row["parse_ok"] !== "1") continue;
      count++;
      const text = read(row["path"]!);
      const formatted = format(text);
      if (createHash("sha256").update(formatted).digest("hex") !== row["hclfmt_sha256"]) wrong.push(`bytes: ${row["path"]}`);
      if (format(formatted) !== formatted) wrong.push(`not stable: ${row["path"]}`);
      if (formatted !== text && significantTokens(formatted).join("\0") !== significantTokens(text).join("\0")) {
        wrong.push(`tokens changed: ${row["path"]}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(part === "dev" ? 3900 : 150);
  }, 120_000);

  it.each(["format", "format_roundtrip"])("agrees with %s.jsonl", (name) => {
    const rows = readVectors<{ input: string; expected: string; source: string }>(name);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => ({ source: row.source, output: format(row.input) }))).toEqual(
      rows.map((row) => ({ source: row.source, output: row.expected })),
    );
  });
});
