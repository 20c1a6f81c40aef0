import type { Type } from "../type.js";
import type { Value } from "../value.js";
import type { ValueError } from "../value-error.js";

/** Converts values of one type to another. An error's path starts at the value. */
export type Conversion = (value: Value) => Value | ValueError;

/** A type that several types can be converted to, and how; `undefined` where a type is that type already. */
export interface Unification {
  readonly type: Type;
  readonly conversions: readonly (Conversion | undefined)[];
}

/**
 * The mutually recursive parts of conversion, as each of them needs the others. "Safe" conversions always succeed;
 * the others may fail for some values.
 */
export interface Planner {
  /** How to convert from one type to another, or `undefined` when no value could be converted. */
  readonly plan: (from: Type, to: Type, unsafe: boolean) => Conversion | undefined;
  readonly unify: (types: readonly Type[], unsafe: boolean) => Unification | undefined;
  /** Why values of one type cannot be had from another. */
  readonly mismatch: (got: Type, want: Type) => string;
}
