import { DiagnosticBag, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import { parseExpression, parseTemplate } from "@hclbuild/syntax";
import type { Expr } from "@hclbuild/graph";
import type { Value } from "@hclbuild/value";
import { createScope, evaluate, lowerExpression, type EvaluationOptions, type FunctionTable } from "../src/index.js";
import { doubleFunctions } from "./doubles.js";

/** What an expression came to. */
export interface Outcome {
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses and lowers an expression that has no syntax errors. */
export function exprOf(text: string, form: "expression" | "template" = "expression"): Expr {
  const bag = new DiagnosticBag();
  const source = new SourceText("t.hcl", text);
  const expression = form === "template" ? parseTemplate(source, bag.report) : parseExpression(source, bag.report);
  if (bag.hasErrors) throw new Error(`syntax: ${bag.items.map((item) => item.message).join(" ")}`);
  return lowerExpression({ expression, source });
}

export interface RunOptions extends EvaluationOptions {
  readonly variables?: Readonly<Record<string, Value>>;
  readonly functions?: FunctionTable;
  readonly form?: "expression" | "template";
}

/** Parses and evaluates; diagnostics of both. */
export function run(text: string, options: RunOptions = {}): Outcome {
  const bag = new DiagnosticBag();
  const source = new SourceText("t.hcl", text);
  const parse = options.form === "template" ? parseTemplate : parseExpression;
  const expression = parse(source, bag.report);
  const scope = createScope(options.variables ?? {}, options.functions ?? doubleFunctions);
  const value = evaluate(lowerExpression({ expression, source }), scope, bag.report, options);
  return { value, diagnostics: bag.items };
}

/** `code@start-end` of every diagnostic. */
export function codesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, primary }) => `${code}@${String(primary?.start)}-${String(primary?.end)}`);
}
