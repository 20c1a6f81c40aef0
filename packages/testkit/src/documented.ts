import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The numbers in the row of a table of docs/compatibility.md whose first cell is `label`, by column. Tests compare them
 * with what they have counted, so that the document cannot grow old.
 */
export function documentedCounts(label: string): readonly number[] {
  const path = resolve(import.meta.dirname, "../../../docs/compatibility.md");
  const row = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .find((cells) => cells[1] === label);
  if (row === undefined) throw new Error(`docs/compatibility.md has no row "${label}"`);
  return row.slice(2).flatMap((cell) => (/^\d+$/.test(cell) ? [Number(cell)] : []));
}
