import { describe, expect, it } from "vitest";
import { functionTable } from "../../src/functions/index.js";
import { differsFromOracle, readOracleRows, type OracleRow } from "../support/oracle-rows.js";
import { createMemoryHost } from "./memory-host.js";

const functions = functionTable(createMemoryHost());

describe("calls that a Go program evaluated", () => {
  const groups = new Map<string, OracleRow[]>();
  for (const row of readOracleRows("functions.jsonl")) {
    const name = /^[a-z0-9_]+/.exec(row.expr)?.[0] ?? "";
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  it.each([...groups])("%s", (_name, rows) => {
    expect(rows.filter((row) => differsFromOracle(row, { functions })).map(({ expr }) => expr)).toEqual([]);
  });
});
