import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  fromParsedJson,
  isJsonArray,
  isValueError,
  markValue,
  parseLosslessJson,
  plainJson,
  typeFromJson,
  withoutOptional,
  type JsonObject,
  type LosslessJson,
  type Type,
  type Value,
} from "@hclbuild/value";
import { decodeGoValue } from "./go-values.js";

export { corpusAbsent, findCorpus } from "./corpus.js";
export { decodeGoValue } from "./go-values.js";

/** One row of a table: its properties, with numbers as written. */
export type VectorRow = Readonly<Record<string, LosslessJson | undefined>>;

/** Reads a table of the corpus, `vectors/<name>.jsonl`. */
export function readVectors(corpus: string, name: string): readonly VectorRow[] {
  const text = readFileSync(join(corpus, "vectors", `${name}.jsonl`), "utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => rowOf(parseVectorJson(line)));
}

/** Parses JSON that is part of a test and so known to be right. */
export function parseVectorJson(text: string): LosslessJson {
  const json = parseLosslessJson(text);
  if (typeof json === "object" && json !== null && "kind" in json && json.kind === "value-error") {
    throw new Error(`bad JSON in a vector: ${json.message}`);
  }
  return json as LosslessJson;
}

export function isVectorObject(json: LosslessJson | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !isJsonArray(json) && json.kind === "object";
}

/** The properties of an object by name. */
export function rowOf(json: LosslessJson | undefined): VectorRow {
  if (!isVectorObject(json)) throw new Error("a vector is not an object");
  return Object.fromEntries(json.properties);
}

/** A string property; `undefined` when it is absent or null. */
export function textOf(json: LosslessJson | undefined): string | undefined {
  if (json === undefined || json === null) return undefined;
  if (typeof json !== "string") throw new Error("a vector holds something else where a string is expected");
  return json;
}

/** An array property; empty when it is absent or null. */
export function listOfJson(json: LosslessJson | undefined): readonly LosslessJson[] {
  if (json === undefined || json === null) return [];
  if (!isJsonArray(json)) throw new Error("a vector holds something else where an array is expected");
  return json;
}

/** A type in cty's JSON notation. */
export function decodeVectorType(json: LosslessJson | undefined): Type {
  const type = typeFromJson(plainJson(json ?? null));
  if (type.kind === "value-error") throw new Error(`bad type in a vector: ${type.message}`);
  return type;
}

/**
 * A value as the vectors write it: `{"type":…,"value":…}`, or `{"unknown"|"marked":true,"go":…}` for what JSON cannot
 * express. The mark `"sensitive"` becomes ours; any other mark becomes `deprecated` with the mark's text as its cause.
 */
export function decodeVectorValue(json: LosslessJson | undefined): Value {
  const row = rowOf(json);
  const { go } = row;
  if (typeof go === "string") return decodeGoValue(go);
  const value = fromParsedJson(row["value"] ?? null, withoutOptional(decodeVectorType(row["type"])));
  if (isValueError(value)) throw new Error(`bad value in a vector: ${value.message}`);
  return value;
}

/** The mark that stands for one of the vectors' arbitrary marks. */
export function markForVector(value: Value, label: string): Value {
  return markValue(value, label === "sensitive" ? "sensitive" : { deprecated: label });
}
