import type { Value } from "./value.js";

/** One step from a value to a part of it. A set's elements are their own keys. */
export type PathStep =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "index"; readonly key: Value };

/** Leads from a value to a part of it; empty for the value itself. */
export type Path = readonly PathStep[];

/** The step to an attribute of an object. */
export function attributeStep(name: string): PathStep {
  return { kind: "attribute", name };
}

/** The step to an element of a list, tuple or map, or to an element of a set. */
export function indexStep(key: Value): PathStep {
  return { kind: "index", key };
}
