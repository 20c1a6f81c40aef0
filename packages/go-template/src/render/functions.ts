import type { GoValue } from "./values.js";

/** A failure of a template function; `reason` is a sentence for the user. */
export interface GoFailure {
  readonly failure: string;
}

/** Makes the outcome of a function that fails. */
export function goFailure(reason: string): GoFailure {
  return { failure: reason };
}

/** Whether a function's outcome is a failure. */
export function isGoFailure(outcome: GoValue | GoFailure): outcome is GoFailure {
  return typeof outcome === "object" && outcome !== null && "failure" in outcome;
}

/** What an argument must be; `any` takes nil too. */
export type GoParameter = "any" | "string" | "int" | "bool";

/** A function that templates can call. */
export interface GoFunction {
  readonly params: readonly GoParameter[];
  /** How many of the last `params` may be left out. */
  readonly optional?: number;
  /** Takes any number of further arguments. */
  readonly rest?: GoParameter;
  call(args: readonly GoValue[]): GoValue | GoFailure;
}

/** Functions by name. */
export type GoFunctionTable = Readonly<Record<string, GoFunction>>;
