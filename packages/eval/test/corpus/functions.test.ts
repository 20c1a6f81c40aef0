import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import type { BinaryOperatorText, Expr } from "@hclbuild/graph";
import {
  corpusAbsent,
  decodeVectorValue,
  findCorpus,
  listOfJson,
  readVectors,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit";
import { consoleText, rawEquals } from "@hclbuild/value";
import { describe, expect, it, test } from "vitest";
import { createScope, evaluate } from "../../src/index.js";
import { functionTable } from "../../src/functions/index.js";
import { createMemoryHost } from "../functions/memory-host.js";
import { run } from "../helpers.js";
import { show } from "./rows.js";

const corpus = findCorpus(process.env);
const title = (name: string): string => `${name}${corpus === undefined ? ` (${corpusAbsent})` : ""}`;
const rowsOf = (name: string): readonly VectorRow[] => (corpus === undefined ? [] : readVectors(corpus, name));
const table = functionTable(createMemoryHost());

const operators: Readonly<Record<string, BinaryOperatorText>> = {
  "stdlib.AddFunc": "+",
  "stdlib.AndFunc": "&&",
  "stdlib.DivideFunc": "/",
  "stdlib.EqualFunc": "==",
  "stdlib.GreaterThanFunc": ">",
  "stdlib.GreaterThanOrEqualToFunc": ">=",
  "stdlib.LessThanFunc": "<",
  "stdlib.LessThanOrEqualToFunc": "<=",
  "stdlib.ModuloFunc": "%",
  "stdlib.MultiplyFunc": "*",
  "stdlib.OrFunc": "||",
  "stdlib.SubtractFunc": "-",
};

/** The expression of a row; `undefined` for cty functions that have no counterpart in the language. */
function exprOfRow(row: VectorRow, args: readonly Expr[]): Expr | undefined {
  const goName = textOf(row["go_func"]) ?? "";
  const operator = operators[goName];
  const [first, second] = args as [Expr, Expr];
  if (operator !== undefined) return { kind: "binary", operator, left: first, right: second };
  if (goName === "stdlib.NotFunc") return { kind: "unary", operator: "!", operand: first };
  if (goName === "stdlib.NegateFunc") return { kind: "unary", operator: "-", operand: first };
  const name = goName === "stdlib.SetSubtractFunc" ? "setsubtract" : textOf(row["packer_name"]);
  return name === undefined ? undefined : { kind: "call", name, args };
}

/**
 * Rows that say something else than what a template can see. The upstream tests of these call the Go function itself,
 * which refuses an argument that a call in HCL converts beforehand.
 */
const unconverted: ReadonlyMap<string, readonly [argument: number, type: string]> = new Map([
  ["csvdecode", [0, "bool"]],
  ["format", [0, "bool"]],
  ["strcontains", [1, "number"]],
]);

function isUnconverted(row: VectorRow): boolean {
  const known = unconverted.get(textOf(row["packer_name"]) ?? "");
  if (known === undefined || row["error"] === undefined) return false;
  return decodeVectorValue(listOfJson(row["args"])[known[0]]).type.kind === known[1];
}

/** The argument of these four rows lost its digits after the point when it was written as a double. */
function lostDigits(row: VectorRow): boolean {
  const name = textOf(row["packer_name"]);
  return (
    (name === "ceil" || name === "floor") && listOfJson(row["args"]).some((arg) => JSON.stringify(arg).includes("e+53"))
  );
}

/** Operators on unknown values of no type say more here: the language's own rules are in the expression tables. */
function isOperatorOnUnknown(row: VectorRow): boolean {
  return operators[textOf(row["go_func"]) ?? ""] !== undefined && row["simple"] === false;
}

describe.skipIf(corpus === undefined)(title("function_calls.jsonl"), () => {
  const rows = rowsOf("function_calls").map((row, index) => ({ row, index, name: textOf(row["go_func"]) }));
  it("has few rows that do not apply", () => {
    expect(rows.filter(({ row }) => isUnconverted(row) || lostDigits(row))).toHaveLength(7);
  });
  const usable = rows.filter(({ row }) => !isUnconverted(row) && !lostDigits(row) && !isOperatorOnUnknown(row));
  test.each(usable)("$index $name", ({ row }) => {
    const args = listOfJson(row["args"]).map((arg): Expr => ({ kind: "lit", value: decodeVectorValue(arg) }));
    const expr = exprOfRow(row, args);
    if (expr === undefined) return;
    const bag = new DiagnosticBag();
    const value = evaluate(expr, createScope({}, table), bag.report);
    if (row["error"] !== undefined) {
      expect(bag.hasErrors, textOf(row["error"])).toBe(true);
      return;
    }
    expect(bag.items).toEqual([]);
    const expected = decodeVectorValue(row["expected"]);
    if (!rawEquals(value, expected)) expect(show(value)).toEqual(show(expected));
  });
});

describe.skipIf(corpus === undefined)(title("packer_function_exprs.jsonl and docs_examples.jsonl"), () => {
  for (const name of ["packer_function_exprs", "docs_examples"]) {
    const rows = rowsOf(name).map((row, index) => ({ row, index, input: textOf(row["input"]) as string }));
    test.each(rows)(`${name} $index $input`, ({ row, input }) => {
      const { value, diagnostics } = run(input, { functions: table });
      const expected = row["expected"];
      if (expected === undefined || expected === null) {
        // Without an expected value the row is an error, or depends on the machine it ran on.
        if (row["host_dependent"] !== true) expect(diagnostics.length).toBeGreaterThan(0);
        return;
      }
      expect(diagnostics).toEqual([]);
      const wanted = decodeVectorValue(expected);
      if (!rawEquals(value, wanted)) expect(show(value)).toEqual(show(wanted));
      const text = textOf(row["console"]);
      if (text !== undefined) expect(consoleText(value)).toBe(text);
    });
  }
});

describe.skipIf(corpus === undefined)(title("packer_templatefile.jsonl"), () => {
  const rows = rowsOf("packer_templatefile").map((row, index) => ({ row, index }));
  test.each(rows)("$index", ({ row }) => {
    const directory = resolve(corpus ?? "", textOf(row["cwd"]) ?? "");
    const host = createMemoryHost(
      {},
      {
        rootDir: directory,
        cwd: directory,
        readFile: (path) =>
          existsSync(path) ? readFileSync(path) : { kind: "host-error", code: "ENOENT", message: "no such file" },
      },
    );
    const args = [row["path"], row["vars"]].map((arg): Expr => ({ kind: "lit", value: decodeVectorValue(arg) }));
    const bag = new DiagnosticBag();
    const value = evaluate(
      { kind: "call", name: "templatefile", args },
      createScope({}, functionTable(host)),
      bag.report,
    );
    if (row["error"] !== undefined) {
      expect(bag.hasErrors, textOf(row["error"])).toBe(true);
      return;
    }
    expect(bag.items).toEqual([]);
    const expected = decodeVectorValue(row["expected"]);
    if (!rawEquals(value, expected)) expect(show(value)).toEqual(show(expected));
  });
});
