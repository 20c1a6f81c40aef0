import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { format, formatAndCheck, parse, tokenize } from "@hclbuild/syntax";
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
  it.each(["dev", "packer"])(
    "writes every file of %s that parses byte for byte as the reference does",
    (part) => {
      const wrong: string[] = [];
      let count = 0;
      for (const row of readRows(`${part}/ORACLE_FMT.tsv`)) {
        if (row["parse_ok"] !== "1") continue;
        count++;
        const text = read(row["path"]!);
        const formatted = format(text);
        if (createHash("sha256").update(formatted).digest("hex") !== row["hclfmt_sha256"])
          wrong.push(`bytes: ${row["path"]}`);
        if (format(formatted) !== formatted) wrong.push(`not stable: ${row["path"]}`);
        if (formatted !== text && significantTokens(formatted).join("\0") !== significantTokens(text).join("\0")) {
          wrong.push(`tokens changed: ${row["path"]}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(part === "dev" ? 3900 : 150);
    },
    120_000,
  );

  it("knows most files as well formed from their tokens, and no broken one", () => {
    const next = seededRandom(20_251_125);
    let files = 0;
    let sure = 0;
    const wrong: string[] = [];
    for (const row of [...readRows("dev/ORACLE_FMT.tsv"), ...readRows("packer/ORACLE_FMT.tsv")]) {
      const text = read(row["path"]!);
      const isSure = formatAndCheck(text).isSurelyWellFormed;
      if (isSure && row["parse_ok"] !== "1") wrong.push(row["path"]!);
      if (/\.pkr(vars)?\.hcl$/.test(row["path"]!)) {
        files++;
        if (isSure) sure++;
      }
      const mutant = mutate(text, next);
      if (mutant.length > 20_000 || !formatAndCheck(mutant).isSurelyWellFormed) continue;
      const bag = new DiagnosticBag();
      parse(new SourceText("", mutant), bag.report);
      if (bag.hasErrors) wrong.push(`mutant of ${row["path"]}`);
    }
    expect(wrong).toEqual([]);
    expect(sure / files).toBeGreaterThan(0.95);
  }, 120_000);

  it.each(["format", "format_roundtrip"])("agrees with %s.jsonl", (name) => {
    const rows = readVectors<{ input: string; expected: string; source: string }>(name);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => ({ source: row.source, output: format(row.input) }))).toEqual(
      rows.map((row) => ({ source: row.source, output: row.expected })),
    );
  });
});

/** Removes, doubles or replaces one token. */
function mutate(text: string, next: (below: number) => number): string {
  const { tokens } = tokenize(new SourceText("", text));
  const victim = tokens[next(tokens.length)];
  const other = tokens[next(tokens.length)];
  if (victim === undefined || other === undefined) return text;
  const replacement = ["", `${victim.text} ${victim.text}`, other.text][next(3)] as string;
  return text.slice(0, victim.start) + replacement + text.slice(victim.end);
}

function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}
