import {
  createReport,
  diagnose,
  type CatalogEntry,
  type Diagnostic,
  type DiagnosticPlacement,
  type EntryArguments,
  type Report,
} from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import { dynamicUnknown, partSize, sizeOf, type Value } from "@hclbuild/value";
import type { EvaluationBudget } from "./budget.js";
import { evalCatalog } from "./catalog.js";
import type { Scope } from "./scope.js";
import { shownValues } from "./shown-values.js";

/** Iterators of `for` and splats, innermost first. They shadow the scope. */
export interface Environment {
  readonly name: string;
  readonly value: Value;
  /** What the iterator is in a residual; its own name unless that would be captured. */
  readonly residual?: Expr;
  readonly parent: Environment | undefined;
}

/** `partial` leaves volatile calls unknown, so that they stay in the residual. */
export type EvaluationMode = "full" | "partial";

/** A value with what was reported while it was computed. */
export interface Withheld {
  readonly result: Value;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether there was an error. */
  readonly failed: boolean;
  /** How often something inside was postponed that may still fail. */
  readonly postponed: number;
}

/** Everything the evaluation of one expression shares. The parts of the evaluator call each other through it. */
export interface Evaluator {
  readonly scope: Scope;
  readonly budget: EvaluationBudget;
  readonly mode: EvaluationMode;
  /** What is written out in the expression counts as sensitive. */
  readonly secretLiterals?: boolean;
  evaluate(expr: Expr, env: Environment | undefined): Value;
  /** Reports through the current sink. */
  readonly report: Report;
  /** Reports about `expr`, adding the values of the variables in it. */
  fail: <Names extends string>(
    place: { readonly expr: Expr; readonly env: Environment | undefined },
    entry: CatalogEntry<Names>,
    args: EntryArguments<Names> & DiagnosticPlacement,
  ) => void;
  /**
   * Errors that reached the current sink; compare before and after to see whether something failed. Withheld errors do
   * not count until they are released.
   */
  readonly errorCount: number;
  /** Evaluates with a sink of its own. What comes out counts only when it is released or postponed. */
  withhold(run: () => Value): Withheld;
  /** Passes withheld diagnostics on: the value is used. */
  release(withheld: Withheld): void;
  /** Notes that the value is used or not depending on something unknown, so that its errors may still come. */
  postpone(withheld: Withheld): void;
}

/** What an expression came to; see {@link EvaluatorOptions.memo}. */
export interface Outcome {
  readonly value: Value;
  readonly failed: boolean;
}

export type Memo = Map<Environment | undefined, Map<Expr, Outcome>>;

export interface EvaluatorOptions {
  readonly scope: Scope;
  readonly budget: EvaluationBudget;
  readonly mode: EvaluationMode;
  readonly secretLiterals?: boolean;
  /**
   * Remembers the outcome of every expression outside of loops that run (iterators with a residual do not run), so that
   * asking for parts of what was evaluated costs nothing. What failed is evaluated again, to fail again.
   */
  readonly memo?: Memo;
}

const noDiagnostics: readonly Diagnostic[] = Object.freeze([]);

/** Makes an evaluator whose node semantics are `evaluateNode`. */
export function createEvaluator(
  options: EvaluatorOptions,
  report: Report,
  evaluateNode: (ev: Evaluator, expr: Expr, env: Environment | undefined) => Value,
): Evaluator {
  const { budget, memo } = options;
  let withheld: Diagnostic[] | undefined;
  let errorCount = 0;
  let postponedCount = 0;
  let limitReported = false;
  const sink = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity === "error") errorCount++;
    // Past a limit, everything else is a consequence.
    if (limitReported) return;
    if (withheld !== undefined) withheld.push(diagnostic);
    else report.add(diagnostic);
  };
  const reportLimit = (expr: Expr): void => {
    errorCount++;
    // Not withheld: neither try() nor an unused branch makes too much work acceptable.
    if (limitReported) return;
    limitReported = true;
    report(evalCatalog["limit-exceeded"], { span: expr.span, ...describeLimit(budget) });
  };
  const evaluateOnce = (expr: Expr, env: Environment | undefined): Value => {
    if (budget.exceeded !== undefined || !budget.charge(1) || !budget.enter()) {
      reportLimit(expr);
      return dynamicUnknown;
    }
    const result = evaluateNode(evaluator, expr, env);
    budget.leave();
    const isAdmitted = budget.admit(sizeOf(result));
    if (budget.exceeded !== undefined && !limitReported) reportLimit(expr);
    return isAdmitted ? result : dynamicUnknown;
  };
  const evaluator: Evaluator = {
    ...options,
    report: createReport(sink),
    fail: (place, entry, args) => {
      const values = limitReported ? [] : (args.values ?? shownValues(evaluator, place.expr, place.env));
      sink(diagnose(entry, { ...args, values }));
    },
    evaluate(expr, env) {
      if (memo === undefined || (env !== undefined && env.residual === undefined)) return evaluateOnce(expr, env);
      let known = memo.get(env);
      if (known === undefined) memo.set(env, (known = new Map<Expr, Outcome>()));
      const outcome = known.get(expr);
      if (outcome !== undefined && !outcome.failed) return outcome.value;
      const before = errorCount;
      const value = evaluateOnce(expr, env);
      known.set(expr, { value, failed: errorCount > before });
      return value;
    },
    get errorCount() {
      return errorCount;
    },
    withhold(run) {
      const outer = { withheld, errorCount, postponedCount };
      const own: Diagnostic[] = [];
      withheld = own;
      const result = run();
      const failed = errorCount > outer.errorCount;
      const postponed = postponedCount - outer.postponedCount;
      ({ withheld, errorCount, postponedCount } = outer);
      return { result, diagnostics: own.length === 0 ? noDiagnostics : own, failed, postponed };
    },
    release(inner) {
      postponedCount += inner.postponed;
      for (const diagnostic of inner.diagnostics) sink(diagnostic);
    },
    postpone(inner) {
      postponedCount += inner.postponed + (inner.failed ? 1 : 0);
    },
  };
  return evaluator;
}

function describeLimit(budget: EvaluationBudget): { readonly what: string; readonly limit: string } {
  const { limits } = budget;
  switch (budget.exceeded) {
    case "text":
      return { what: "text", limit: `${String(limits.stringLength)} characters in one string` };
    case "size":
      return {
        what: "data",
        limit: `${String(limits.valueSize)} characters in one value, where each of its parts counts as ${String(partSize)}`,
      };
    case "depth":
      return { what: "nesting", limit: `${String(limits.depth)} levels` };
    default:
      return { what: "steps", limit: `${String(limits.steps)} steps` };
  }
}
