import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parsedFile } from "../support/parsing.js";
import { dumpStructure } from "./structure.js";
import { corpusRoot, skipReason } from "./vectors.js";

function rowsOf(half: string, table: string): string[][] {
  const text = readFileSync(resolve(corpusRoot ?? "", half, table), "utf8");
  return text
    .split("\n")
    .slice(1)
    .filter((row) => row !== "")
    .map((row) => row.split("\t"));
}

const read = (path: string): string => readFileSync(resolve(corpusRoot ?? "", path), "utf8");

describe.skipIf(corpusRoot === undefined)(`corpus (${corpusRoot ?? skipReason})`, () => {
  it.each(["dev", "packer"])(
    "accepts and rejects the files of %s as the reference does",
    (half) => {
      const wrong: string[] = [];
      let files = 0;
      for (const [path = "", , , parseOk] of rowsOf(half, "ORACLE_FMT.tsv")) {
        files++;
        const errors = parsedFile(read(path)).diagnostics.length;
        if ((errors === 0) !== (parseOk === "1")) wrong.push(`${path}: ${errors} errors`);
      }
      expect(wrong).toEqual([]);
      expect(files).toBeGreaterThan(200);
    },
    120_000,
  );

  it.each(["dev", "packer"])(
    "reads the structure of the files of %s as the reference does",
    (half) => {
      const wrong: string[] = [];
      for (const [path = "", parseOk, , , , digest] of rowsOf(half, "ORACLE_STRUCT.tsv")) {
        if (parseOk !== "1") continue;
        const dump = dumpStructure(parsedFile(read(path)).node);
        if (createHash("sha256").update(dump).digest("hex") !== digest) wrong.push(path);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it.each(["dev", "packer"])(
    "dumps the files of %s word for word",
    (half) => {
      const rows = readFileSync(resolve(corpusRoot ?? "", half, "ORACLE_STRUCT_DUMPS.jsonl"), "utf8")
        .split("\n")
        .filter((row) => row !== "");
      for (const row of rows) {
        const { path, dump } = JSON.parse(row) as { path: string; dump: string };
        expect(dumpStructure(parsedFile(read(path)).node), path).toBe(dump);
      }
    },
    60_000,
  );
});
