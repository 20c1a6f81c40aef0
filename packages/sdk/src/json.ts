import type { JsonValue } from "@hclbuild/schema";

/** A value that survives a trip through JSON. */
export type Json = JsonValue;

/** Stands for an option whose value is only known while the build runs. Appears in `prepare` only. */
export const unknownOption: unique symbol = Symbol.for("hclbuild.unknown");

/** A configuration in which any value, at any depth, may still be unknown. */
export type MaybeUnknown<T> =
  | typeof unknownOption
  | (T extends readonly (infer Item)[]
      ? readonly MaybeUnknown<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: MaybeUnknown<T[Key]> }
        : T);

/** Narrows away {@link unknownOption} at the top level. */
export function isKnownOption<T>(value: T | typeof unknownOption): value is T {
  return value !== unknownOption;
}
