import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  makeFloat,
  numAdd,
  numCompare,
  numDiv,
  numEqual,
  numFromBigInt,
  numFromDouble,
  numFromText,
  numMod,
  numMul,
  numSub,
  numToShortText,
  numToText,
  precisionOf,
  type HclNumber,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const operations = { add: numAdd, sub: numSub, mul: numMul, div: numDiv, mod: numMod };

function operand(text: string): HclNumber {
  const body = text.slice(2);
  const n =
    text[0] === "i" ? numFromBigInt(BigInt(body)) : text[0] === "f" ? numFromDouble(Number(body)) : numFromText(body);
  if (n === undefined) throw new Error(`bad operand ${text}`);
  return n;
}

function answer(row: readonly string[]): readonly string[] {
  const [operation = "", left = "", right = ""] = row;
  if (operation === "text") {
    const [exponent, precision] = right.split(":").map(Number);
    const n = makeFloat(BigInt(left), exponent as number, precision as number);
    return [numToText(n), numToShortText(n)];
  }
  const a = operand(left);
  const b = operand(right);
  if (operation === "cmp") return [String(Math.sign(numCompare(a, b)) + 0), String(numEqual(a, b))];
  const result = operations[operation as keyof typeof operations](a, b);
  return result === undefined ? [] : [numToText(result), String(precisionOf(result))];
}

describe("numbers agree with Go's math/big", () => {
  const path = process.env["HCLBUILD_NUMBERS"] ?? join(import.meta.dirname, "fixtures", "numbers.tsv");
  const rows = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  it.each(["add", "sub", "mul", "div", "mod", "cmp", "text"])("%s", (operation) => {
    const chosen = rows.filter((row) => row[0] === operation);
    expect(chosen.length).toBeGreaterThan(300);
    const wrong = chosen
      .map((row) => ({ row: row.slice(0, 3), want: row.slice(3), got: answer(row) }))
      .filter(({ want, got }) => !(want[0] === got[0] && (want[1] === got[1] || isInfinity(want[0]))));
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

function isInfinity(text: string | undefined): boolean {
  return text === "+Inf" || text === "-Inf";
}
