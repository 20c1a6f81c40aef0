import type { Span } from "@hclbuild/diagnostics";
import type { SourcedExpression } from "@hclbuild/syntax";

/** Where an expression stands. */
export function spanOfExpression({ expression, source }: SourcedExpression): Span {
  return { file: source.name, start: expression.start, end: expression.end };
}
