import { DiagnosticBag } from "@hclbuild/diagnostics";
import { evaluate, type Scope as EvaluationScope } from "@hclbuild/eval";
import type { Expr } from "@hclbuild/graph";
import { containsMark, type Value } from "@hclbuild/value";

/**
 * Visits the sensitive results of function calls inside an expression. A script may show what a function made of a
 * secret without the text around it, which is no secret that anybody looked up. Calls whose arguments are bound inside
 * of a `for` or a splat are left out: they have no value of their own.
 */
export function visitSensitiveCalls(whole: Expr, scope: EvaluationScope, visit: (value: Value) => void): void {
  const pending: Expr[] = [whole];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    if (expr.kind === "call") {
      // What is wrong with it has been reported when the whole was evaluated.
      const value = evaluate(expr, scope, new DiagnosticBag().report);
      if (containsMark(value, "sensitive")) visit(value);
    }
    pending.push(...operandsOf(expr));
  }
}

function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "lit":
    case "input":
    case "out":
    case "for":
    case "splat":
      return [];
    case "index":
      return [expr.target, expr.key];
    case "attr":
      return [expr.target];
    case "call":
      return expr.args;
    case "unary":
      return [expr.operand];
    case "binary":
      return [expr.left, expr.right];
    case "cond":
      return [expr.condition, expr.whenTrue, expr.whenFalse];
    case "tuple":
      return expr.items;
    case "object":
      return expr.items.flatMap(({ key, value }) => [key, value]);
    case "template":
      return expr.parts;
  }
}
