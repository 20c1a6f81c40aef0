import type { Expr, TemplateExpr } from "@hclbuild/graph";
import {
  allMarks,
  asText,
  convert,
  elementsOf,
  isKnown,
  isNull,
  isValueError,
  noMarks,
  safePrefix,
  stringType,
  stringValue,
  unionMarks,
  unknownValue,
  withMarks,
  type Marks,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator } from "./evaluator.js";
import { sentence } from "./operators.js";

/** What one template has come to so far. */
interface TemplateText {
  readonly env: Environment | undefined;
  readonly pieces: string[];
  length: number;
  marks: Marks;
  /** The text before the first unknown part, once there is one. */
  prefix: string | undefined;
}

/**
 * A string template. The result is a string that carries the marks of every part; with unknown parts it is unknown, not
 * null, and begins with the text before the first of them.
 */
export function evaluateTemplate(ev: Evaluator, expr: TemplateExpr, env: Environment | undefined): Value {
  const [first] = expr.parts;
  if (expr.wrap === "single" && first !== undefined) return ev.evaluate(first, env);
  const errors = ev.errorCount;
  const text: TemplateText = { env, pieces: [], length: 0, marks: noMarks, prefix: undefined };
  for (const part of expr.parts) {
    const before = ev.errorCount;
    const value = ev.evaluate(part, env);
    if (ev.errorCount > before) {
      // What is wrong with it has been said.
      text.marks = unionMarks(text.marks, allMarks(value));
      continue;
    }
    if (expr.wrap === "join" && isKnown(value) && !isNull(value)) {
      text.marks = unionMarks(text.marks, value.marks);
      for (const element of elementsOf(value)) append(ev, text, element, part);
    } else {
      append(ev, text, value, part);
    }
    if (text.length > ev.budget.limits.stringLength) break;
  }
  return finishText(ev, text, ev.errorCount > errors);
}

/** A longer prefix would only make values bigger; the length is the one HCL keeps. */
const maximumPrefix = 128;

function append(ev: Evaluator, text: TemplateText, value: Value, part: Expr): void {
  text.marks = unionMarks(text.marks, value.marks);
  if (isNull(value)) {
    reportPart(ev, text, part, "It is null, which has no text");
    return;
  }
  const converted = value.type.kind === "string" ? value : convert(value, stringType);
  if (isValueError(converted)) {
    reportPart(ev, text, part, sentence(converted.message));
    return;
  }
  if (!isKnown(converted)) {
    // How an unknown part begins says nothing certain about the whole: it may combine with what stands before it.
    text.prefix ??= text.pieces.join("").slice(0, maximumPrefix);
    return;
  }
  const piece = asText(converted);
  text.length += piece.length;
  text.pieces.push(piece);
}

function reportPart(ev: Evaluator, { env }: TemplateText, part: Expr, problem: string): void {
  ev.fail({ expr: part, env }, evalCatalog["invalid-template-value"], { span: part.span, problem });
}

function finishText(ev: Evaluator, text: TemplateText, failed: boolean): Value {
  const isWithinLimits = ev.budget.chargeText(text.length);
  // A text with a part missing would only make further errors.
  if (text.prefix !== undefined || failed || !isWithinLimits) {
    const stringPrefix = isWithinLimits && !failed ? safePrefix(text.prefix ?? "") : "";
    return withMarks(unknownValue(stringType, { notNull: true, stringPrefix }), text.marks);
  }
  return withMarks(stringValue(text.pieces.join("")), text.marks);
}
