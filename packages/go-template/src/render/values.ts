import { InternalError } from "@hclbuild/diagnostics";

/**
 * A value inside a template. `bigint` is Go's `int`, `number` its `float64`, `null` a nil and `undefined` what a key
 * that does not exist gives.
 */
export type GoValue = undefined | null | boolean | string | bigint | number | readonly GoValue[] | GoMap;

/** A map with string keys; iterated in the order of its keys. */
export type GoMap = ReadonlyMap<string, GoValue>;

/** What a caller may hand in; whole numbers become integers. */
export type GoData =
  | undefined
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly GoData[]
  | ReadonlyMap<string, GoData>
  | { readonly [key: string]: GoData };

/** Turns a caller's data into template values. Cyclic data is not supported. */
export function toGoValue(data: GoData): GoValue {
  if (data === null || data === undefined) return data;
  switch (typeof data) {
    case "number":
      return Number.isSafeInteger(data) && !Object.is(data, -0) ? BigInt(data) : data;
    case "boolean":
    case "string":
    case "bigint":
      return data;
    case "object": {
      if (Array.isArray(data)) return data.map(toGoValue);
      const entries = data instanceof Map ? [...data] : Object.entries(data);
      return new Map(entries.map(([key, value]) => [String(key), toGoValue(value as GoData)]));
    }
    default:
      throw new InternalError(`a template cannot hold a ${typeof data}`);
  }
}

export function isGoList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

export function isGoMap(value: GoValue): value is GoMap {
  return value instanceof Map;
}

/** Entries in the order Go iterates and prints them: by the keys' bytes. */
export function sortedEntries(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map].toSorted(([a], [b]) => compareBytes(a, b));
}

/** Go's order of strings: by UTF-8 bytes. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(a) && /^[\x00-\x7f]*$/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Name of the Go type a value has. */
export function goTypeName(value: GoValue): string {
  if (value === null || value === undefined) return "nil";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "string":
      return "string";
    case "bigint":
      return "int";
    case "number":
      return "float64";
    default:
      return isGoList(value) ? "[]interface {}" : "map[string]interface {}";
  }
}

/** The same in plain words, for messages. */
export function describeValue(value: GoValue): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return "true or false";
  if (typeof value === "bigint" || typeof value === "number") return "a number";
  return isGoList(value) ? "a list" : "a map";
}

/** What `if`, `with`, `and`, `or` and `not` take for true: anything but empty, zero, false and nil. */
export function isTruthy(value: GoValue): boolean {
  if (value === null || value === undefined) return false;
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "bigint":
      return value !== 0n;
    case "number":
      return value !== 0;
    default:
      return isGoList(value) ? value.length > 0 : value.size > 0;
  }
}
