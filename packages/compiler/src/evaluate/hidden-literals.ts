import { createReport, type Diagnostic, type Span } from "@hclbuild/diagnostics";
import { walk, type BodyAttribute, type SourcedExpression } from "@hclbuild/syntax";
import { readLiteralBool } from "./literals.js";
import type { Project } from "../load/project.js";
import { variableSchema } from "../blocks/root-schema.js";
import { spanOfExpression } from "../blocks/spans.js";
import type { Symbols } from "../blocks/symbols.js";

const silent = createReport(() => undefined);

/**
 * Keeps what is written out in the defaults of sensitive variables and in sensitive locals out of excerpts: texts,
 * numbers, and the whole expression where it could not be parsed.
 */
export function hideSensitiveLiterals(symbols: Symbols, project: Project): void {
  for (const { definition } of symbols.variables.values()) {
    if (definition.kind !== "block") continue;
    const { attributes } = definition.block.body.partialContent(variableSchema, silent).content;
    const value = attributes.get("default");
    if (value !== undefined && mayBeSensitive(attributes.get("sensitive"))) hideLiterals(value, project, "constant");
  }
  for (const { expression, sensitive } of symbols.locals.values()) {
    if (mayBeSensitive(sensitive)) hideLiterals(expression, project);
  }
}

/** A value of `sensitive` that cannot be read is most likely meant to be true. */
function mayBeSensitive(sensitive: BodyAttribute | SourcedExpression | undefined): boolean {
  return sensitive !== undefined && readLiteralBool(sensitive, "sensitive", silent) !== false;
}

/** In a constant, a name is most likely a text without its quotes. */
function hideLiterals(value: SourcedExpression, { sources, diagnostics }: Project, kind?: "constant"): void {
  const file = value.source.name;
  const whole = spanOfExpression(value);
  const hide = (start: number, end: number): void => {
    if (start < end) sources.hide({ file, start, end });
  };
  // Where a broken expression ends is a guess.
  const { text } = value.source;
  const lineEnd = text.indexOf("\n", whole.end);
  const end = lineEnd === -1 ? text.length : lineEnd;
  if (value.expression.kind === "error" || diagnostics.some((diagnostic) => isWithin(diagnostic, { ...whole, end }))) {
    hide(whole.start, end);
    return;
  }
  walk(value.expression, {
    enter: (node) => {
      const isWritten = node.kind === "text" || node.kind === "number";
      if (isWritten || (kind === "constant" && node.kind === "variable")) hide(node.start, node.end);
      // The name of a variable of the environment is no secret.
      return !(node.kind === "call" && node.name.text === "env");
    },
  });
}

/** Whether a mistake was found in a range or at its ends. */
function isWithin({ severity, primary }: Diagnostic, { file, start, end }: Span): boolean {
  return severity === "error" && primary?.file === file && primary.start <= end && primary.end >= start;
}
