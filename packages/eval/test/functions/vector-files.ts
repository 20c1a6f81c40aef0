import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Diagnostic } from "@hclbuild/diagnostics";
import {
  containsMark,
  fromParsedJson,
  isInfinite,
  isNull,
  isValueError,
  isWhollyKnown,
  markValue,
  parseLosslessJson,
  rawEquals,
  toJson,
  typeFromJson,
  typesEqual,
  typeToJson,
  unknownValue,
  unmarkDeep,
  type HclNumber,
  type LosslessJson,
  type Type,
  type TypeJson,
  type Value,
} from "@hclbuild/value";
import { functionTable, variableDefaultTable } from "../../src/functions/index.js";
import { run } from "../helpers.js";
import { createMemoryHost } from "./memory-host.js";

/**
 * A value in a vector: cty's JSON notation. A number that a double cannot hold is written as a string, which cty's
 * notation allows.
 */
export interface VectorValue {
  readonly type: TypeJson;
  readonly value?: unknown;
  readonly unknown?: boolean;
  readonly infinite?: 1 | -1;
  readonly sensitive?: boolean;
  readonly marks?: readonly string[];
}

/** One case of a function. */
export interface FunctionVector {
  readonly name: string;
  readonly expr: string;
  readonly vars?: Readonly<Record<string, VectorValue>>;
  /** What it gives; left out where each call gives something else. */
  readonly result?: VectorValue;
  readonly diags?: readonly { readonly code: string }[];
  /**
   * The peer that gave the expectation: `go-cty`, `packer-1.16.0`, `terraform-1.11.4`, `opentofu-1.9.1`; `computed` when
   * `computed.test.ts` computes it, and `spec` when it was written by hand from the rules that hold for all functions.
   */
  readonly checked?: string;
}

const folder = new URL("../../../../fixtures/eval/functions/", import.meta.url);

/** Names of the functions that have a file of vectors. */
export function vectorNames(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".vectors.json"))
    .map((name) => name.replace(/\.vectors\.json$/, ""))
    .toSorted();
}

/** The files that the file functions of the vectors see. */
export const vectorHostFiles: Readonly<Record<string, string | Uint8Array>> = {
  "/template/hello.txt": "Hello World",
  "/template/binary": Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff),
  "/template/sub/hello.tmpl": "Hello, ${name}!",
  "/template/sub/list.tmpl": "%{ for x in items ~}\n- ${x}\n%{ endfor ~}\n",
  "/template/sub/value.tmpl": "${v}",
  "/template/sub/recursive.tmpl": '${templatefile("sub/hello.tmpl", {})}',
  "/template/sub/broken.tmpl": "${",
  "/current/here.txt": "here",
  "/home/user/home.txt": "home",
};

const host = createMemoryHost(vectorHostFiles);
const table = functionTable(host);
const defaults = variableDefaultTable(host);

/** Reads the vectors of a function. */
export function readVectors(name: string): readonly FunctionVector[] {
  return JSON.parse(readFileSync(new URL(`${name}.vectors.json`, folder), "utf8")) as FunctionVector[];
}

export function writeVectors(name: string, vectors: readonly FunctionVector[]): void {
  const lines = vectors.map((vector) => `  ${JSON.stringify(vector)}`);
  writeFileSync(new URL(`${name}.vectors.json`, folder), `[\n${lines.join(",\n")}\n]\n`);
}

function lossless(value: unknown): LosslessJson {
  const json = parseLosslessJson(JSON.stringify(value ?? null));
  if (!isLossless(json)) throw new Error("unreadable vector");
  return json;
}

function isLossless(json: ReturnType<typeof parseLosslessJson>): json is LosslessJson {
  return json === null || typeof json !== "object" || Array.isArray(json) || !isValueError(json as object);
}

function readType(json: TypeJson): Type {
  const type = typeFromJson(json as never);
  if (isValueError(type)) throw new Error(type.message);
  return type;
}

/** The value a vector describes. */
export function readValue(source: VectorValue): Value {
  const type = readType(source.type);
  let value = unknownValue(type);
  if (source.unknown !== true) {
    const known = fromParsedJson(lossless(source.value), type);
    if (isValueError(known)) throw new Error(known.message);
    value = known;
  }
  return (source.marks ?? []).includes("sensitive") ? markValue(value, "sensitive") : value;
}

export interface VectorOutcome {
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
}

/** Evaluates a vector's expression. `env` is run where it works: among the functions of a variable's default. */
export function runVector(name: string, vector: FunctionVector): VectorOutcome {
  const variables = Object.fromEntries(
    Object.entries(vector.vars ?? {}).map(([key, source]) => [key, readValue(source)]),
  );
  const isEnv = name === "env" && !/\b(?:can|try)\(/.test(vector.expr);
  return run(vector.expr, { variables, functions: isEnv ? defaults : table });
}

/** A value in the form of a vector's result. */
export function describeValue(value: Value): VectorValue {
  const plain = unmarkDeep(value).value;
  const head = { type: typeToJson(plain.type), ...(containsMark(value, "sensitive") ? { sensitive: true } : {}) };
  if (!isWhollyKnown(plain)) return { ...head, unknown: true };
  if (plain.type.kind === "number" && !isNull(plain) && isInfinite(plain.representation as HclNumber)) {
    return { ...head, infinite: (plain.representation as number) < 0 ? -1 : 1 };
  }
  const json = toJson(plain);
  if (typeof json !== "string") throw new Error(json.message);
  return { ...head, value: JSON.parse(json) as unknown };
}

/** Whether a value is what a vector expects: type and value of a known one, type of an unknown one, and sensitivity. */
export function isExpected(value: Value, expected: VectorValue): boolean {
  if (containsMark(value, "sensitive") !== (expected.sensitive ?? false)) return false;
  const plain = unmarkDeep(value).value;
  const type = readType(expected.type);
  if (!typesEqual(plain.type, type)) return false;
  if (expected.unknown === true) return !isWhollyKnown(plain);
  if (expected.infinite !== undefined) return describeValue(plain).infinite === expected.infinite;
  return isWhollyKnown(plain) && rawEquals(plain, readValue(expected));
}
