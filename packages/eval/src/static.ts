import { createReport, SourceText, type Report, type Span } from "@hclbuild/diagnostics";
import type { Expr, Step } from "@hclbuild/graph";
import {
  literalText,
  parseExpression,
  type CallExpression,
  type Expression,
  type SourcedExpression,
} from "@hclbuild/syntax";
import { lowerExpression } from "./lower.js";

/** A reference that is written out: a root name and steps with fixed keys. */
export interface StaticTraversal {
  readonly root: string;
  readonly steps: readonly Step[];
  readonly span: Span;
}

/** A call that is written out. */
export interface StaticCall {
  readonly name: string;
  readonly args: readonly SourcedExpression[];
  readonly nameSpan: Span;
  readonly span: Span;
}

const silent = createReport(() => undefined);

/** Where an expression stands. */
export function spanOfExpression({ expression, source }: SourcedExpression): Span {
  return { file: source.name, start: expression.start, end: expression.end };
}

/**
 * The expression as places read it that take code rather than a value: in JSON, code is written as the text of a string.
 * Offsets into such a text are those of the JSON file as long as the string has no escapes.
 */
export function staticExpression(sourced: SourcedExpression, report: Report = silent): SourcedExpression {
  const { expression, source } = sourced;
  if (expression.kind !== "template" || expression.form !== "json" || expression.literal === undefined) return sourced;
  const padded = new SourceText(source.name, " ".repeat(expression.start + 1) + expression.literal);
  return { expression: parseExpression(padded, report), source: padded };
}

/** {@link staticExpression} in the IR. */
export function expressionOfText(sourced: SourcedExpression, report: Report = silent): Expr {
  return lowerExpression(staticExpression(sourced, report));
}

function unwrap(expression: Expression): Expression {
  let current = expression;
  while (current.kind === "parentheses") current = current.expression;
  return current;
}

/** `a.b["c"]` as a reference; `undefined` for anything else. Nothing is evaluated. */
export function staticTraversal(sourced: SourcedExpression): StaticTraversal | undefined {
  const code = staticExpression(sourced);
  const kind = code.expression.kind;
  if (kind !== "variable" && kind !== "get" && kind !== "index") return undefined;
  const expr = lowerExpression(code);
  if (expr.kind !== "input") return undefined;
  return { root: expr.root, steps: expr.steps, span: spanOfExpression(sourced) };
}

/** A single name, `true`, `false` and `null` included, as words of the language such as `ignore` are written. */
export function staticKeyword(sourced: SourcedExpression): string | undefined {
  const { expression } = staticExpression(sourced);
  if (expression.kind === "variable") return expression.name;
  return expression.kind === "keyword" ? expression.keyword : undefined;
}

/** The text of a string without interpolations. */
export function staticString({ expression }: SourcedExpression): string | undefined {
  const inner = unwrap(expression);
  return literalText(inner);
}

/** The items of a tuple constructor. */
export function staticList(sourced: SourcedExpression): readonly SourcedExpression[] | undefined {
  const { expression, source } = sourced;
  if (expression.kind !== "tuple") return undefined;
  return expression.items.map((item) => ({ expression: item, source }));
}

/** The items of an object constructor. A key that is a bare name is read with {@link staticKeyword}. */
export function staticMap(
  sourced: SourcedExpression,
): readonly { readonly key: SourcedExpression; readonly value: SourcedExpression }[] | undefined {
  const { expression, source } = sourced;
  if (expression.kind !== "object") return undefined;
  return expression.items.map(({ key, value }) => ({
    key: { expression: key, source },
    value: { expression: value, source },
  }));
}

/** `name(…)` with its arguments unevaluated. */
export function staticCall(sourced: SourcedExpression): StaticCall | undefined {
  const { expression, source } = staticExpression(sourced);
  if (expression.kind !== "call") return undefined;
  const call: CallExpression = expression;
  return {
    name: call.name.text,
    args: call.arguments.map((argument) => ({ expression: argument, source })),
    nameSpan: { file: source.name, start: call.name.start, end: call.name.end },
    span: spanOfExpression(sourced),
  };
}
