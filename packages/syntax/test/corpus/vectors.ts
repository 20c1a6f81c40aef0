import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The corpus folder, or undefined when this machine has none; tests then skip and say so. */
export const corpusRoot: string | undefined = ((): string | undefined => {
  const folder = resolve(import.meta.dirname, "../../../..", process.env["HCLBUILD_CORPUS"] ?? "../shared/corpus");
  return existsSync(folder) ? folder : undefined;
})();

export const skipReason = "the corpus folder is absent (set HCLBUILD_CORPUS)";

/** Rows of a vectors table. */
export function readVectors<Row>(name: string): Row[] {
  if (corpusRoot === undefined) return [];
  const text = readFileSync(resolve(corpusRoot, "vectors", `${name}.jsonl`), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}

export type VectorPosition = readonly [line: number, column: number, byte: number];
export interface VectorRange {
  readonly start: VectorPosition;
  readonly end: VectorPosition;
}

/** A text of a vectors table; bytes that are not UTF-8 come in base64. */
export type VectorText = string | { readonly $b64: string };

/** The text with a replacement character for every sequence that is not UTF-8. */
export function textOf(text: VectorText): string {
  return typeof text === "string" ? text : Buffer.from(text.$b64, "base64").toString("utf8");
}
