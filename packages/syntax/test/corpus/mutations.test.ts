import { describe, expect, it } from "vitest";
import { parsedFile } from "../support/parsing.js";
import { corpusRoot, readVectors, skipReason, type VectorRange } from "./vectors.js";

interface MutationRow {
  readonly input: string;
  readonly mutation: string;
  readonly base: string;
  readonly diags: readonly { readonly severity: string; readonly subject: VectorRange }[];
}

/** HCL gives the range of the text before the sequence that is not closed; we give the `${` that is. */
const argued = new Set(["truncate at char 160"]);

describe.skipIf(corpusRoot === undefined)(`mutations of real files (${corpusRoot ?? skipReason})`, () => {
  const rows = readVectors<MutationRow>("parse_mutations");
  const bytes = (row: MutationRow): string[] => {
    const { diagnostics, source } = parsedFile(row.input);
    return diagnostics.map((item) => {
      const at = (offset: number): number => source.byteOffsetAt(offset);
      return `${item.severity} ${at(item.primary?.start ?? -1)}-${at(item.primary?.end ?? -1)}`;
    });
  };
  const expected = (row: MutationRow): string[] =>
    row.diags.map(({ severity, subject }) => `${severity} ${subject.start[2]}-${subject.end[2]}`);
  const single = rows.filter((row) => row.diags.length <= 1 && !argued.has(row.mutation));
  const cascades = rows.filter((row) => row.diags.length > 1);

  it(`has the reference's severities and ranges wherever that reports at most one mistake (${single.length} rows)`, () => {
    expect(single.length).toBe(419);
    for (const row of single) expect(bytes(row), `${row.mutation} in ${row.base}`).toEqual(expected(row));
  });

  it(`reports one mistake where the reference reports the consequences too, at a place it names (${cascades.length} rows)`, () => {
    for (const row of cascades) {
      // HCL lets the string that begins where the sequence should end run on over the line end; ours ends there.
      if (row.mutation === "delete '}' at char 361") continue;
      const found = bytes(row);
      const starts = expected(row).map((item) => item.split("-")[0]);
      expect(starts, `${row.mutation} in ${row.base}: ${found[0]}`).toContain(found[0]?.split("-")[0]);
      expect(found.length, `${row.mutation} in ${row.base}: ${found.join(", ")}`).toBeLessThanOrEqual(2);
    }
  });
});
