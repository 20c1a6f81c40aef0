import type { FunctionVector, VectorOutcome, VectorValue } from "../packages/eval/test/functions/vector-files.js";

/** What a peer made of a vector. */
export interface Answer {
  readonly checked: string;
  readonly agrees: boolean;
  /** The peer's own result, where it is typed. */
  readonly result?: VectorValue;
  readonly isError: boolean;
  readonly shown: string;
}

/** A vector with what it came to here. */
export interface Question {
  readonly name: string;
  readonly vector: FunctionVector;
  readonly outcome: VectorOutcome;
}

/** Asks a peer; `undefined` where it cannot tell. */
export type Peer = (question: Question) => Answer | undefined;

const typeWords: ReadonlySet<string> = new Set(["list", "set", "map", "tuple", "object"]);

/** Names of the functions that an expression calls. */
export function namesIn(expr: string): readonly string[] {
  const names = [...expr.matchAll(/([a-z][a-z0-9_]*)\(/g)].map((match) => match[1] as string);
  return names.filter((name) => !typeWords.has(name));
}

/** Whether it failed here. */
export function hasError({ outcome }: Question): boolean {
  return outcome.diagnostics.some((item) => item.severity === "error");
}
