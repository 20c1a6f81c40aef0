import type { Value } from "./value.js";

/** One step from a value to a part of it. A set's elements are their own keys. */
export type PathStep =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "index"; readonly key: Value };

/** Leads from a value to a part of it; empty for the value itself. */
export type Path = readonly PathStep[];

export function attributeStep(name: string): PathStep {
  return { kind: "attribute", name };
}

export function indexStep(key: Value): PathStep {
  return { kind: "index", key };
}
