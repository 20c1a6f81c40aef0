import { expect, test } from "vitest";
import { functionTable } from "../src/functions/index.js";
import { createMemoryHost } from "./functions/memory-host.js";
import { readValue, type VectorValue } from "./functions/vector-files.js";
import { differsFromOracle, readOracleFile, readOracleRows } from "./support/oracle-rows.js";

const functions = functionTable(createMemoryHost());
const sources = JSON.parse(readOracleFile("variables.json")) as Readonly<Record<string, VectorValue>>;
const variables = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, readValue(source)]));

test("generated expressions come to what a Go program gave", () => {
  const rows = readOracleRows("expressions.jsonl");
  expect(rows).toHaveLength(2686);
  const differing = rows.filter((row) => differsFromOracle(row, { variables, functions }));
  expect(differing.map(({ expr }) => expr)).toEqual([]);
});
