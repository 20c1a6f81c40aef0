import { describe, expect, test } from "vitest";
import { isKnown, rawEquals, type Value } from "@hclbuild/value";
import {
  corpusAbsent,
  decodeVectorValue,
  findCorpus,
  listOfJson,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit";
import { noFunctions } from "../../src/index.js";
import { doubleFunctions } from "../doubles.js";
import { run } from "../helpers.js";

const corpus = findCorpus(process.env);

function variablesOf(row: VectorRow): Readonly<Record<string, Value>> {
  const vars = row["vars"];
  if (vars === undefined || vars === null) return {};
  return Object.fromEntries(Object.entries(rowOf(vars)).map(([name, value]) => [name, decodeVectorValue(value)]));
}

/** A failing row says what was expected in a form that can be read. */
function show(value: Value): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : typeof part === "bigint" ? String(part) : part)));
}

describe.skipIf(corpus === undefined)(`expression tables${corpus === undefined ? ` (${corpusAbsent})` : ""}`, () => {
  for (const name of ["expressions", "templates"]) {
    const rows = corpus === undefined ? [] : readVectors(corpus, name).map((row, index) => ({ row, index }));
    const own = rows.filter(({ row }) => row["custom_functions"] !== true);
    test.each(own)(`${name} $index`, ({ row }) => {
      const input = textOf(row["input"]) as string;
      const table = textOf(row["source"])?.includes("TestAllBool") === true;
      const diags = listOfJson(row["diags"]);
      const outcome = run(input, {
        variables: variablesOf(row),
        functions: doubleFunctions,
        form: name === "templates" ? "template" : "expression",
      });
      expect(outcome.diagnostics.map((item) => item.message), input).toHaveLength(diags.length);
      const expected = decodeVectorValue(row["expected"]);
      if (table && !isKnown(expected)) expect(isKnown(outcome.value), input).toBe(false);
      else if (diags.length === 0 && !rawEquals(outcome.value, expected)) expect(show(outcome.value), input).toEqual(show(expected));
    });
  }
});

void noFunctions;
