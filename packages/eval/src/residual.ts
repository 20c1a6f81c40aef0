import { createReport, type Report } from "@hclbuild/diagnostics";
import {
  splatItemRoot,
  type CallExpr,
  type CondExpr,
  type Expr,
  type ForExpr,
  type InputExpr,
  type SplatExpr,
  type Step,
} from "@hclbuild/graph";
import { containsAnyMark, containsMark, dynamicUnknown, isWhollyKnown, type Value } from "@hclbuild/value";
import { createBudget } from "./budget.js";
import { needsNoConversion, resultType } from "./conditionals.js";
import { resolutionOfEffect } from "./effects.js";
import { lookUp } from "./environment.js";
import { guardNesting, startEvaluation, type EvaluationOptions } from "./evaluate.js";
import type { Environment, Evaluator, Memo, Outcome } from "./evaluator.js";
import type { Resolution, Scope } from "./scope.js";

/** What is known of an expression's value, and the expression of the rest. */
export interface PartialValue {
  readonly value: Value;
  /**
   * Gives the value once everything in it is known: for every completion of the scope, evaluating it gives what
   * evaluating the whole expression in the completed scope gives. Absent when the value is final: wholly known and not
   * sensitive. Never contains a sensitive value that came from the scope.
   */
  readonly residual?: Expr;
}

/**
 * Evaluates as far as the scope's knowledge goes. Volatile and effectful calls stay calls (their value is unknown);
 * sensitive results stay expressions, so that no secret becomes part of a residual.
 */
export function evaluatePartially(
  expr: Expr,
  scope: Scope,
  report: Report,
  options: EvaluationOptions = {},
): PartialValue {
  if (expr.kind === "lit" && isFinal(expr.value)) return { value: expr.value };
  const budget = options.budget ?? createBudget();
  const start = (): PartialValue => {
    const value = startEvaluation(scope, report, "partial", { budget }).evaluate(expr, undefined);
    // Past a limit there is an error, and no more work.
    if (isFinal(value) || budget.exceeded !== undefined) return { value };
    // The second pass looks at everything once more, so it has as much to spend as the first.
    return { value, residual: createResidual(expr, scope, options) };
  };
  return guardNesting({ expr, budget, report }, start, { value: dynamicUnknown });
}

function isFinal(value: Value): boolean {
  return isWhollyKnown(value) && !containsMark(value, "sensitive");
}

/** One pass that builds a residual. */
interface Pass {
  readonly ev: Evaluator;
  /** What the evaluator remembers: every level of the tree asks for its parts. */
  readonly memo: Memo;
  /** Roots that resolutions brought in: an iterator of that name would capture them. */
  readonly introduced: Set<string>;
}

function createResidual(expr: Expr, scope: Scope, options: EvaluationOptions): Expr {
  const memo: Memo = new Map();
  // Everything that is wrong has been reported while the value was computed.
  const ev = startEvaluation(scope, silent, "partial", { ...options, memo });
  return residualOf({ ev, memo, introduced: new Set() }, expr, undefined);
}

const silent = createReport(() => undefined);

function outcomeOf(pass: Pass, expr: Expr, env: Environment | undefined): Outcome {
  const known = pass.memo.get(env)?.get(expr);
  if (known !== undefined) return known;
  return compute(pass, expr, env);
}

function compute(pass: Pass, expr: Expr, env: Environment | undefined): Outcome {
  const before = pass.ev.errorCount;
  const value = pass.ev.evaluate(expr, env);
  return { value, failed: pass.ev.errorCount > before };
}

/** A part that fails must fail again where it is needed, or not at all where it is not: it is never folded. */
function isFoldable({ value, failed }: Outcome): boolean {
  return !failed && isFinal(value);
}

function residualOf(pass: Pass, expr: Expr, env: Environment | undefined): Expr {
  if (expr.kind === "lit") return expr;
  const outcome = outcomeOf(pass, expr, env);
  return isFoldable(outcome) ? { kind: "lit", value: outcome.value, span: expr.span } : rebuild(pass, expr, env);
}

function rebuild(pass: Pass, expr: Expr, env: Environment | undefined): Expr {
  const inner = (child: Expr): Expr => residualOf(pass, child, env);
  switch (expr.kind) {
    case "lit":
    case "out":
      return expr;
    case "input":
      return residualInput(pass, expr, env);
    case "attr":
    case "index":
    case "binary":
      return residualChain(pass, expr, env);
    case "call":
      return residualCall(pass, expr, env);
    case "unary":
      return { ...expr, operand: inner(expr.operand) };
    case "cond":
      return residualConditional(pass, expr, env);
    case "tuple":
      return { ...expr, items: expr.items.map(inner) };
    case "object":
      return {
        ...expr,
        items: expr.items.map((item) => ({ ...item, key: inner(item.key), value: inner(item.value) })),
      };
    case "template":
      return { ...expr, parts: expr.parts.map(inner) };
    case "for":
      return residualFor(pass, expr, env);
    case "splat":
      return residualSplat(pass, expr, env);
  }
}

function residualInput(pass: Pass, expr: InputExpr, env: Environment | undefined): Expr {
  const local = lookUp(env, expr.root);
  if (local !== undefined) {
    if (local.residual === undefined) return expr;
    // An iterator under another name may be hidden by inner ones like anything that comes from outside.
    if (local.residual.kind === "input" && local.residual.root !== local.name) pass.introduced.add(local.residual.root);
    return applySteps(local.residual, expr.steps, expr);
  }
  const resolution = pass.ev.scope.resolve(expr.root, expr.steps, expr.span, pass.ev.report);
  if (resolution === undefined) return expr;
  return residualOfResolution(pass, resolution, expr);
}

function residualOfResolution(pass: Pass, resolution: Resolution, expr: InputExpr): Expr {
  const { residual, consumed, value } = resolution;
  if (residual === undefined) {
    pass.introduced.add(expr.root);
    return expr;
  }
  noteRoots(pass, residual);
  // Only the part that is used must stay; it may be known even though the whole is not.
  return isFinal(value)
    ? applySteps({ kind: "lit", value }, expr.steps.slice(consumed), expr)
    : applySteps(residual, expr.steps.slice(consumed), expr);
}

function noteRoots(pass: Pass, expr: Expr): void {
  if (expr.kind === "input") pass.introduced.add(expr.root);
  else if (expr.kind === "attr" || expr.kind === "index") noteRoots(pass, expr.target);
}

function applySteps(base: Expr, steps: readonly Step[], site: InputExpr): Expr {
  const { span } = site;
  if (base.kind === "input") return { ...base, steps: [...base.steps, ...steps], span };
  let result = base;
  for (const step of steps) {
    result =
      step.kind === "attr"
        ? { kind: "attr", target: result, name: step.name, nameSpan: step.span, span }
        : { kind: "index", target: result, key: { kind: "lit", value: step.key }, keySpan: step.span, span };
  }
  return result;
}

type ChainLink = Extract<Expr, { kind: "attr" | "index" | "binary" }>;

/** Chains of any length in a loop: down to the first target or left operand, and back up. */
function residualChain(pass: Pass, expr: ChainLink, env: Environment | undefined): Expr {
  const chain: ChainLink[] = [];
  let below: Expr = expr;
  while (isLink(below)) {
    chain.push(below);
    below = below.kind === "binary" ? below.left : below.target;
  }
  let result = residualOf(pass, below, env);
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as ChainLink;
    // With its lower end replaced by the value, each link costs one operation however long the chain is.
    const outcome = result.kind === "lit" ? compute(pass, replaceBelow(link, result), env) : undefined;
    result =
      outcome !== undefined && isFoldable(outcome)
        ? { kind: "lit", value: outcome.value, span: link.span }
        : withBelow(pass, link, result, env);
  }
  return result;
}

function replaceBelow(link: ChainLink, below: Expr): Expr {
  return link.kind === "binary" ? { ...link, left: below } : { ...link, target: below };
}

function isLink(expr: Expr): expr is ChainLink {
  return expr.kind === "attr" || expr.kind === "index" || expr.kind === "binary";
}

function withBelow(pass: Pass, link: ChainLink, below: Expr, env: Environment | undefined): Expr {
  if (link.kind === "attr") return { ...link, target: below };
  if (link.kind === "index") return { ...link, target: below, key: residualOf(pass, link.key, env) };
  return { ...link, left: below, right: residualOf(pass, link.right, env) };
}

function residualCall(pass: Pass, expr: CallExpr, env: Environment | undefined): Expr {
  const definition = pass.ev.scope.functions.get(expr.name);
  const untouched = definition?.kind === "lazy" ? (definition.syntacticArguments ?? []) : [];
  const args = expr.args.map((arg, index) => (untouched.includes(index) ? arg : residualOf(pass, arg, env)));
  if (definition?.effect !== undefined) {
    const values = expr.args.map((arg) => outcomeOf(pass, arg, env).value);
    const resolution = resolutionOfEffect(pass.ev, definition.effect, { expr, args: values });
    if (resolution?.residual !== undefined) {
      noteRoots(pass, resolution.residual);
      return resolution.residual;
    }
  }
  return { ...expr, args };
}

function residualConditional(pass: Pass, expr: CondExpr, env: Environment | undefined): Expr {
  const condition = residualOf(pass, expr.condition, env);
  if (condition.kind === "lit") {
    const whenTrue = outcomeOf(pass, expr.whenTrue, env);
    const whenFalse = outcomeOf(pass, expr.whenFalse, env);
    const isTrue = condition.value.representation === true;
    const [chosen, other] = isTrue ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
    const type = resultType(whenTrue.value, whenFalse.value);
    // The other result only lends its type and marks; without need for them, it must not be waited for.
    if (isBoolean(condition.value) && isPlain(other) && needsNoConversion(chosen.value, type)) {
      return residualOf(pass, isTrue ? expr.whenTrue : expr.whenFalse, env);
    }
  }
  return {
    ...expr,
    condition,
    whenTrue: residualOf(pass, expr.whenTrue, env),
    whenFalse: residualOf(pass, expr.whenFalse, env),
  };
}

function isBoolean(value: Value): boolean {
  return typeof value.representation === "boolean";
}

function isPlain({ value, failed }: Outcome): boolean {
  return !failed && !containsAnyMark(value);
}

/** An iterator whose value only the run brings. */
function lateIterator(name: string, residualName: string, parent: Environment | undefined): Environment {
  return { name, value: dynamicUnknown, residual: { kind: "input", root: residualName, steps: [] }, parent };
}

function residualFor(pass: Pass, expr: ForExpr, env: Environment | undefined): Expr {
  const collection = residualOf(pass, expr.collection, env);
  const names = expr.keyVar === undefined ? [expr.valueVar] : [expr.keyVar, expr.valueVar];
  const plain = residualBody(pass, expr, env, names);
  const captured = names.filter((name) => plain.introduced.has(name));
  if (captured.length === 0) return { ...plain.body, collection };
  // The body now names something of the scope that an iterator hides: the iterators take other names.
  const renamed = names.map((name) => freshName(name, plain.introduced));
  return { ...residualBody(pass, expr, env, renamed).body, collection };
}

function freshName(name: string, taken: ReadonlySet<string>): string {
  let candidate = `${name}_`;
  while (taken.has(candidate)) candidate += "_";
  return candidate;
}

function residualBody(
  pass: Pass,
  expr: ForExpr,
  env: Environment | undefined,
  names: readonly string[],
): { readonly body: ForExpr; readonly introduced: ReadonlySet<string> } {
  const own: Pass = { ...pass, introduced: new Set() };
  const valueName = names.at(-1) as string;
  const keyName = expr.keyVar === undefined ? undefined : (names[0] as string);
  const outer = expr.keyVar === undefined || keyName === undefined ? env : lateIterator(expr.keyVar, keyName, env);
  const body = lateIterator(expr.valueVar, valueName, outer);
  const result: ForExpr = {
    ...expr,
    valueVar: valueName,
    valueExpr: residualOf(own, expr.valueExpr, body),
    ...(keyName === undefined ? {} : { keyVar: keyName }),
    ...(expr.keyExpr === undefined ? {} : { keyExpr: residualOf(own, expr.keyExpr, body) }),
    ...(expr.condition === undefined ? {} : { condition: residualOf(own, expr.condition, body) }),
  };
  for (const root of own.introduced) pass.introduced.add(root);
  return { body: result, introduced: own.introduced };
}

function residualSplat(pass: Pass, expr: SplatExpr, env: Environment | undefined): Expr {
  const body = lateIterator(splatItemRoot, splatItemRoot, env);
  return { ...expr, target: residualOf(pass, expr.target, env), each: residualOf(pass, expr.each, body) };
}
