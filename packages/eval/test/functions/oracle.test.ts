import { readFileSync } from "node:fs";
import {
  fromParsedJson,
  isValueError,
  parseLosslessJson,
  plainJson,
  rawEquals,
  toJson,
  typeFromJson,
  type JsonObject,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { functionTable } from "../../src/functions/index.js";
import { run } from "../helpers.js";
import { createMemoryHost } from "./memory-host.js";

const table = functionTable(createMemoryHost());
const lines = readFileSync(new URL("../../../../fixtures/eval/oracle/functions.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

interface Row {
  readonly expr: string;
  readonly json: ReadonlyMap<string, JsonObject["properties"][number][1]>;
}

/** Numbers keep their digits. */
function readRow(line: string): Row {
  const json = parseLosslessJson(line) as JsonObject;
  const properties = new Map(json.properties);
  return { expr: properties.get("expr") as string, json: properties };
}

function differs({ expr, json }: Row): string | undefined {
  const { value, diagnostics } = run(expr, { functions: table });
  const fails = diagnostics.length > 0;
  if (json.has("error") || fails) return json.has("error") === fails ? undefined : expr;
  const type = typeFromJson(plainJson(json.get("type") ?? null) as never);
  if (isValueError(type)) return expr;
  const expected = fromParsedJson(json.get("value") ?? null, type);
  if (isValueError(expected)) return expr;
  // The shortest text of a large double names another whole number, so such results can only be compared as text.
  return rawEquals(value, expected) || (value.type.kind === "number" && toJson(value) === toJson(expected))
    ? undefined
    : expr;
}

describe("calls that a Go program evaluated", () => {
  const groups = new Map<string, Row[]>();
  for (const row of lines.map(readRow)) {
    const name = /^[a-z0-9_]+/.exec(row.expr)?.[0] ?? "";
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  it.each([...groups])("%s", (_name, rows) => {
    expect(rows.map(differs).filter((difference) => difference !== undefined)).toEqual([]);
  });
});
