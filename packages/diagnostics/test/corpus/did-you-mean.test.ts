import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { suggestName } from "@hclbuild/diagnostics";

const corpus =
  process.env["HCLBUILD_CORPUS"] ?? fileURLToPath(new URL("../../../../../shared/corpus", import.meta.url));
const file = `${corpus}/vectors/did_you_mean.jsonl`;

describe.skipIf(!existsSync(file))("did_you_mean.jsonl (skipped when the corpus folder is absent)", () => {
  const rows = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  it.each(
    rows.map((row) => JSON.parse(row) as { input: string; expected: string; candidates: string[]; source: string }),
  )("$source: $input", ({ input, expected, candidates }) => {
    expect(suggestName(input, candidates) ?? "").toBe(expected);
  });
});
