import type { Report, Span } from "@hclbuild/diagnostics";
import type { Expr, NodeId, Step } from "@hclbuild/graph";
import type { Value } from "@hclbuild/value";
import { createFunctionTable, type FunctionHost, type FunctionTable } from "./functions/definition.js";

/** What a scope knows about an absolute traversal. */
export interface Resolution {
  readonly value: Value;
  /** How many of the traversal's steps are applied in `value` already; the evaluator applies the others. */
  readonly consumed: number;
  /**
   * What stands for `value` in a residual when the result is not wholly known or is sensitive. Without it the traversal
   * itself stays, cut to the consumed steps.
   */
  readonly residual?: Expr;
}

/** A call of a function that needs the outside world, as the scope is asked for its result. */
export interface EffectCall {
  readonly name: string;
  readonly effect: string;
  readonly args: readonly Value[];
  readonly span?: Span | undefined;
}

/**
 * What names mean. Implementations are pure for the duration of an evaluation: the same question has the same answer.
 */
export interface Scope {
  /**
   * Looks up a root and as many of the steps as the scope wants to. `undefined` means that there is no such root, which
   * the evaluator reports with suggestions from {@link rootNames}. A scope that reports something better itself does so
   * through `report` (never another one: `try` withholds what is reported there) and returns an unknown value.
   */
  resolve(root: string, steps: readonly Step[], span: Span | undefined, report: Report): Resolution | undefined;
  readonly functions: FunctionTable;
  /** Names for suggestions. */
  rootNames(): readonly string[];
  /** The value of another node's output. Without it, or when it gives `undefined`, outputs are unknown. */
  output?(node: NodeId, path: readonly (string | number)[]): Value | undefined;
  /** The result of an effectful call. Without it, or when it gives `undefined`, the result is unknown. */
  resolveEffect?(call: EffectCall): Resolution | undefined;
  /** Set when no variable may be used at all; says why, as the diagnostic's detail. */
  readonly constantOnly?: string;
}

const noHost: FunctionHost = {
  readFile: () => ({ kind: "host-error", code: "unavailable", message: "files cannot be read here" }),
  statFile: () => undefined,
  listFiles: () => [],
  now: () => 0,
  startTime: 0,
  randomUuid: () => "00000000-0000-0000-0000-000000000000",
  randomBytes: (length) => new Uint8Array(length),
  env: () => undefined,
  cwd: "/",
  rootDir: "/",
};

/** A table without functions, whose host offers nothing. */
export const noFunctions: FunctionTable = createFunctionTable([], noHost);

/** A scope with a fixed set of variables; missing names are reported by the evaluator. */
export function createScope(
  variables: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>,
  functions: FunctionTable = noFunctions,
): Scope {
  const values = new Map<string, Value>(variables instanceof Map ? variables : Object.entries(variables));
  let names: readonly string[] | undefined;
  return {
    functions,
    resolve(root) {
      const value = values.get(root);
      return value === undefined ? undefined : { value, consumed: 0 };
    },
    rootNames: () => (names ??= [...values.keys()].toSorted()),
  };
}

/** A scope for places that take a constant; `reason` is a sentence that says why. Functions are allowed when given. */
export function constantScope(reason = "", functions: FunctionTable = noFunctions): Scope {
  return { functions, resolve: () => undefined, rootNames: () => [], constantOnly: reason };
}
