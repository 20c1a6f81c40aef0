import { typesEqual, type Type } from "./type.js";
import type { Value } from "./value.js";

/**
 * The type that all elements share once those of type `dynamic` are left aside; `undefined` when they differ or there
 * is none.
 */
export function commonElementType(elements: Iterable<Value>): Type | undefined {
  let common: Type | undefined;
  for (const { type } of elements) {
    if (common === undefined || common.kind === "dynamic") common = type;
    else if (type.kind !== "dynamic" && !typesEqual(common, type)) return undefined;
  }
  return common;
}
