import { readFileSync } from "node:fs";
import {
  fromParsedJson,
  isValueError,
  isWhollyKnown,
  parseLosslessJson,
  plainJson,
  rawEquals,
  toJson,
  typeFromJson,
  typesEqual,
  type JsonObject,
} from "@hclbuild/value";
import { run, type RunOptions } from "../helpers.js";

const folder = new URL("../../../../fixtures/eval/oracle/", import.meta.url);

/** An expression with the type and value, or the failure, that a Go program gave. */
export interface OracleRow {
  readonly expr: string;
  /** Numbers keep their digits. */
  readonly json: ReadonlyMap<string, JsonObject["properties"][number][1]>;
}

/** Text of a file in the folder of what the Go program gave. */
export function readOracleFile(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

/** The rows of a file, of which each line is one. */
export function readOracleRows(name: string): readonly OracleRow[] {
  return readOracleFile(name)
    .trimEnd()
    .split("\n")
    .map((line) => {
      const properties = new Map((parseLosslessJson(line) as JsonObject).properties);
      return { expr: properties.get("expr") as string, json: properties };
    });
}

/** Whether the expression comes to something else here. */
export function differsFromOracle({ expr, json }: OracleRow, options: RunOptions): boolean {
  const { value, diagnostics } = run(expr, options);
  const fails = diagnostics.length > 0;
  if (json.has("error") || fails) return json.has("error") !== fails;
  const type = typeFromJson(plainJson(json.get("type") ?? null) as never);
  if (isValueError(type)) return true;
  if (json.has("unknown")) return isWhollyKnown(value) || !typesEqual(value.type, type);
  const expected = fromParsedJson(json.get("value") ?? null, type);
  if (isValueError(expected)) return true;
  // The shortest text of a large double names another whole number, so such results can only be compared as text.
  return !rawEquals(value, expected) && !(value.type.kind === "number" && toJson(value) === toJson(expected));
}
