import type { Diagnostic } from "@hclbuild/diagnostics";
import { decodeVectorValue, listOfJson, rowOf, type VectorRow } from "@hclbuild/testkit";
import { plainJson, type LosslessJson, type Value } from "@hclbuild/value";

/** The variables of a row. */
export function variablesOf(row: VectorRow, property = "vars"): Readonly<Record<string, Value>> {
  const vars = row[property];
  if (vars === undefined || vars === null) return {};
  return Object.fromEntries(Object.entries(rowOf(vars)).map(([name, value]) => [name, decodeVectorValue(value)]));
}

/** A value in a form that a failing comparison can show. */
export function show(value: Value): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      part instanceof Map ? Object.fromEntries(part) : typeof part === "bigint" ? String(part) : part,
    ),
  );
}

/** Start and end of each diagnostic. */
export function rangesOf(diagnostics: readonly Diagnostic[]): readonly (readonly (number | undefined)[])[] {
  return diagnostics.map(({ primary }) => [primary?.start, primary?.end]);
}

/** Start and end byte of an upstream diagnostic; the inputs with diagnostics are ASCII. */
export function upstreamRange(json: LosslessJson): readonly number[] {
  const subject = rowOf(rowOf(json)["subject"]);
  return ["start", "end"].map((end) => plainJson(listOfJson(subject[end])[2] ?? null) as number);
}
