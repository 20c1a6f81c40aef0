import { DiagnosticBag } from "@hclbuild/diagnostics";
import type { CallExpr, Expr } from "@hclbuild/graph";
import {
  asText,
  asNumber,
  containsMark,
  dynamicUnknown,
  hasDynamic,
  isKnown,
  isNull,
  isWhollyKnown,
  markValue,
  numberBoundsOf,
  numCompare,
  rawEquals,
  refinementOf,
  typesEqual,
  unknownValue,
  unmarkDeep,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { functionNames, functionTable } from "../../src/functions/index.js";
import { createScope, evaluate } from "../../src/index.js";
import { exprOf } from "../helpers.js";
import { createMemoryHost } from "./memory-host.js";
import { readVectors, vectorHostFiles } from "./vector-files.js";

const table = functionTable(createMemoryHost(vectorHostFiles));

interface Call {
  readonly title: string;
  readonly expr: CallExpr;
  readonly args: readonly Value[];
}

function valueOf(expr: Expr): Value | undefined {
  const bag = new DiagnosticBag();
  const value = evaluate(expr, createScope({}, table), bag.report);
  return bag.hasErrors ? undefined : value;
}

function withArgs(expr: CallExpr, args: readonly Value[]): Expr {
  return {
    kind: "call",
    name: expr.name,
    args: args.map((value) => ({ kind: "lit", value })),
    ...(expr.expandFinal === true ? { expandFinal: true } : {}),
  };
}

/** The plain calls among the vectors of a function that have a value. */
function callsOf(name: string): readonly Call[] {
  const calls: Call[] = [];
  for (const vector of readVectors(name)) {
    const expr = vector.vars === undefined && vector.result !== undefined ? exprOf(vector.expr) : undefined;
    if (expr?.kind !== "call" || expr.name !== name || expr.expandFinal === true) continue;
    const args = expr.args.map(valueOf);
    if (args.every((arg) => arg !== undefined)) calls.push({ title: vector.expr, expr, args });
  }
  return calls;
}

/** Whether what is known of a result that depends on something unknown is true of the actual one. */
function covers(unknown: Value, actual: Value): boolean {
  if (isWhollyKnown(unknown)) return rawEquals(unmarkDeep(unknown).value, unmarkDeep(actual).value);
  if (!hasDynamic(unknown.type) && isKnown(unknown) && !typesEqual(unknown.type, actual.type)) return false;
  if (isKnown(unknown)) return true;
  if (!hasDynamic(unknown.type) && !typesEqual(unknown.type, actual.type)) return false;
  const { notNull, stringPrefix, lengthRange } = refinementOf(unknown);
  if (notNull === true && isNull(actual)) return false;
  if (stringPrefix !== undefined && !asText(actual).startsWith(stringPrefix)) return false;
  if (unknown.type.kind === "number" && !isNull(actual)) {
    const { minimum, maximum } = numberBoundsOf(unknown);
    if (numCompare(asNumber(actual), minimum.value) < 0 || numCompare(asNumber(actual), maximum.value) > 0)
      return false;
  }
  if (lengthRange === undefined || !Array.isArray(actual.representation)) return true;
  const { length } = actual.representation;
  return length >= lengthRange.minimum && length <= (lengthRange.maximum ?? Number.POSITIVE_INFINITY);
}

/**
 * As in go-cty, whose tables say so: the types of arguments that are not known at all are left out when a common type is
 * sought, so these results may still change their type.
 */
const guessesType: ReadonlySet<string> = new Set(["coalesce", "setintersection", "setsubtract", "setunion"]);

/** A default that is not used does not influence the result. */
function isUnused(name: string, index: number): boolean {
  return name === "lookup" && index === 2;
}

// These look at marks, take types, or give another result each time.
const special: ReadonlySet<string> = new Set(["issensitive", "nonsensitive", "convert", "can", "try"]);
const names = functionNames.filter((name) => !special.has(name));

describe("laws that hold for every function, on its vectors", () => {
  it.each(names)("%s: what is said of an unknown result is true of the actual one", (name) => {
    const wrong: string[] = [];
    for (const { title, expr, args } of callsOf(name)) {
      const actual = valueOf(withArgs(expr, args));
      if (actual === undefined) continue;
      for (const [index, arg] of args.entries()) {
        for (const unknown of guessesType.has(name)
          ? [unknownValue(arg.type)]
          : [unknownValue(arg.type), dynamicUnknown]) {
          const result = valueOf(withArgs(expr, args.with(index, unknown)));
          // A function may refuse what can only fail; but it must not refuse what works.
          if (result === undefined || !covers(result, actual))
            wrong.push(`${title} with argument ${index + 1} unknown`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(names)("%s: a sensitive argument makes the result sensitive and changes nothing else", (name) => {
    const wrong: string[] = [];
    for (const { title, expr, args } of callsOf(name)) {
      const actual = valueOf(withArgs(expr, args));
      if (actual === undefined) continue;
      for (const [index, arg] of args.entries()) {
        if (isUnused(name, index)) continue;
        const result = valueOf(withArgs(expr, args.with(index, markValue(arg, "sensitive"))));
        const isSame = result !== undefined && rawEquals(unmarkDeep(result).value, unmarkDeep(actual).value);
        if (!isSame || !containsMark(result, "sensitive")) wrong.push(`${title} with argument ${index + 1} sensitive`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
