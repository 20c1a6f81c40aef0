import { DiagnosticBag, suggestName, type Report } from "@hclbuild/diagnostics";
import type { AttrExpr, Expr, IndexExpr, InputExpr, ObjectExpr, OutExpr, Step } from "@hclbuild/graph";
import {
  allMarks,
  asText,
  convert,
  dynamicUnknown,
  isKnown,
  isNull,
  isValueError,
  markValue,
  maximumNesting,
  NestingError,
  noMarks,
  objectValue,
  stringType,
  tupleValue,
  unionMarks,
  withMarks,
  type Value,
} from "@hclbuild/value";
import { createBudget, type EvaluationBudget } from "./budget.js";
import { evaluateCall } from "./calls.js";
import { evalCatalog } from "./catalog.js";
import { evaluateConditional } from "./conditionals.js";
import { lookUp } from "./environment.js";
import { createEvaluator, type Environment, type EvaluationMode, type Evaluator, type Memo } from "./evaluator.js";
import { evaluateFor } from "./for-expressions.js";
import { evaluateBinary, evaluateUnary, sentence } from "./operators.js";
import type { Scope } from "./scope.js";
import { evaluateSplat } from "./splats.js";
import { evaluateTemplate } from "./templates.js";
import { accessAttribute, accessIndex, accessStep, listNames, shorten } from "./traverse.js";

/** What evaluation may be given besides the expression. */
export interface EvaluationOptions {
  /** A budget to share with other evaluations; without it the expression has one of its own. */
  readonly budget?: EvaluationBudget;
  /** Texts, numbers and bools that are written out are marked as sensitive. */
  readonly secretLiterals?: boolean;
}

/**
 * The value of an expression. Mistakes are reported and stand as unknown values in the result; nothing is thrown.
 * Marks of everything that the result depends on are on the result. Work is bounded by the budget.
 */
export function evaluate(expr: Expr, scope: Scope, report: Report, options: EvaluationOptions = {}): Value {
  if (expr.kind === "lit") return expr.value;
  const budget = options.budget ?? createBudget();
  const start = (): Value => startEvaluation(scope, report, "full", { ...options, budget }).evaluate(expr, undefined);
  return guardNesting({ expr, budget, report }, start, dynamicUnknown);
}

/**
 * The value of an expression in which secrets may be written out. What is reported tells nothing of them; whoever keeps
 * the value marks it.
 */
export function evaluateSecret(expr: Expr, scope: Scope, report: Report): Value {
  const bag = new DiagnosticBag();
  const value = evaluate(expr, scope, bag.report);
  if (!bag.hasErrors) {
    for (const diagnostic of bag.items) report.add(diagnostic);
    return value;
  }
  const masked = new DiagnosticBag();
  evaluate(expr, scope, masked.report, { secretLiterals: true });
  for (const diagnostic of masked.items) report.add(diagnostic);
  if (masked.hasErrors) return value;
  // Whether something is sensitive decides what is evaluated: the mistake was made where only the first run came.
  for (const { severity, code, primary } of bag.items) {
    if (severity === "error") report(evalCatalog["untold-mistake"], { span: primary ?? expr.span, code });
  }
  return value;
}

/**
 * Runs an evaluation; a value that nests too deeply (which takes many steps, each wrapping the last one's value) is
 * reported as a limit like any other.
 */
export function guardNesting<T>(
  site: { readonly expr: Expr; readonly budget: EvaluationBudget; readonly report: Report },
  evaluateAll: () => T,
  fallback: T,
): T {
  const { depth, exceeded } = site.budget;
  // Whoever used up the shared budget has reported it.
  if (exceeded !== undefined && exceeded !== "depth") return fallback;
  try {
    return evaluateAll();
  } catch (error) {
    if (!(error instanceof NestingError)) throw error;
    const limit = `${String(maximumNesting)} levels`;
    site.report(evalCatalog["limit-exceeded"], { span: site.expr.span, what: "nesting", limit });
    return fallback;
  } finally {
    if (depth === 0) site.budget.unwind(0);
  }
}

/** An evaluator for several expressions of one scope. */
export function startEvaluation(
  scope: Scope,
  report: Report,
  mode: EvaluationMode,
  options: EvaluationOptions & { readonly memo?: Memo } = {},
): Evaluator {
  return createEvaluator({ ...options, scope, budget: options.budget ?? createBudget(), mode }, report, evaluateNode);
}

function evaluateNode(ev: Evaluator, expr: Expr, env: Environment | undefined): Value {
  switch (expr.kind) {
    case "lit":
      return ev.secretLiterals === true ? markValue(expr.value, "sensitive") : expr.value;
    case "input":
      return evaluateInput(ev, expr, env);
    case "out":
      return evaluateOut(ev, expr);
    case "attr":
    case "index":
      return evaluateAccess(ev, expr, env);
    case "call":
      return evaluateCall(ev, expr, env);
    case "unary":
      return evaluateUnary(ev, expr, env);
    case "binary":
      return evaluateBinary(ev, expr, env);
    case "cond":
      return evaluateConditional(ev, expr, env);
    case "tuple":
      return tupleValue(expr.items.map((item) => ev.evaluate(item, env)));
    case "object":
      return evaluateObject(ev, expr, env);
    case "template":
      return evaluateTemplate(ev, expr, env);
    case "for":
      return evaluateFor(ev, expr, env);
    case "splat":
      return evaluateSplat(ev, expr, env);
  }
}

function evaluateInput(ev: Evaluator, expr: InputExpr, env: Environment | undefined): Value {
  const local = lookUp(env, expr.root);
  const resolution =
    local === undefined
      ? ev.scope.resolve(expr.root, expr.steps, expr.span, ev.report)
      : { value: local.value, consumed: 0 };
  if (resolution === undefined) {
    reportUnknownRoot(ev, expr, env);
    return dynamicUnknown;
  }
  let { value } = resolution;
  for (let index = resolution.consumed; index < expr.steps.length; index++) {
    const step = expr.steps[index] as Step;
    const errors = ev.errorCount;
    value = accessStep(ev, value, step, { expr, env, span: step.span ?? expr.span });
    if (ev.errorCount > errors) return dynamicUnknown;
  }
  return value;
}

function reportUnknownRoot(ev: Evaluator, expr: InputExpr, env: Environment | undefined): void {
  const span = expr.rootSpan ?? expr.span;
  const { constantOnly } = ev.scope;
  if (constantOnly !== undefined) {
    ev.report(evalCatalog["variables-not-allowed"], { span, reason: constantOnly === "" ? "" : ` ${constantOnly}` });
    return;
  }
  const names: string[] = [];
  for (let current = env; current !== undefined; current = current.parent) {
    if (!current.name.startsWith("\u0000")) names.push(current.name);
  }
  names.push(...ev.scope.rootNames());
  const near = suggestName(expr.root, names);
  const available = near === undefined && names.length > 0 ? listNames(names) : undefined;
  ev.report(evalCatalog["unknown-variable"], { span, name: shorten(expr.root), near, available });
}

function evaluateOut(ev: Evaluator, expr: OutExpr): Value {
  return ev.scope.output?.(expr.node, expr.path) ?? dynamicUnknown;
}

/** Walks down the targets first, so that a chain of any length needs no stack. */
function evaluateAccess(ev: Evaluator, expr: AttrExpr | IndexExpr, env: Environment | undefined): Value {
  const chain: (AttrExpr | IndexExpr)[] = [];
  let target: Expr = expr;
  while (target.kind === "attr" || target.kind === "index") {
    chain.push(target);
    target = target.target;
  }
  const errors = ev.errorCount;
  let value = ev.evaluate(target, env);
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as AttrExpr | IndexExpr;
    ev.budget.charge(1);
    if (link.kind === "attr") {
      if (ev.errorCount > errors) continue;
      value = accessAttribute(ev, value, link.name, { expr: link, env, span: link.nameSpan ?? link.span });
    } else {
      const key = ev.evaluate(link.key, env);
      if (ev.errorCount > errors) continue;
      value = accessIndex(ev, value, key, { expr: link, env, span: link.keySpan ?? link.span });
    }
  }
  return ev.errorCount > errors ? dynamicUnknown : value;
}

function evaluateObject(ev: Evaluator, expr: ObjectExpr, env: Environment | undefined): Value {
  const attributes = new Map<string, Value>();
  let marks = noMarks;
  let isShapeKnown = true;
  for (const item of expr.items) {
    const key = item.ambiguous === true ? undefined : evaluateKey(ev, item.key, env);
    if (item.ambiguous === true) ev.report(evalCatalog["ambiguous-key"], { span: item.key.span });
    const value = ev.evaluate(item.value, env);
    if (key !== undefined) marks = unionMarks(marks, key.marks);
    if (key !== undefined && isKnown(key)) attributes.set(asText(key), value);
    else {
      isShapeKnown = false;
      marks = unionMarks(marks, allMarks(value));
    }
  }
  if (isShapeKnown) return withMarks(objectValue(attributes), marks);
  for (const value of attributes.values()) marks = unionMarks(marks, allMarks(value));
  return withMarks(dynamicUnknown, marks);
}

/** The key as a known or unknown string; `undefined` when it is none, which has been reported. */
function evaluateKey(ev: Evaluator, expr: Expr, env: Environment | undefined): Value | undefined {
  const errors = ev.errorCount;
  const value = ev.evaluate(expr, env);
  if (ev.errorCount > errors) return undefined;
  const converted = isNull(value) ? undefined : convert(value, stringType);
  if (converted !== undefined && !isValueError(converted)) return converted;
  const problem = converted === undefined ? "It is null" : sentence(converted.message);
  ev.fail({ expr, env }, evalCatalog["invalid-key"], { span: expr.span, problem });
  return undefined;
}
