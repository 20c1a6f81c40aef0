import type { Report } from "@hclbuild/diagnostics";
import { constantScope, evaluate, lowerExpression } from "@hclbuild/eval";
import type { SourcedExpression } from "@hclbuild/syntax";
import {
  asBoolean,
  asText,
  boolType,
  convert,
  isKnown,
  isNull,
  isValueError,
  stringType,
  type Value,
} from "@hclbuild/value";
import { configCatalog } from "../catalog.js";
import { spanOfExpression } from "../blocks/spans.js";

/** A string that must be written out; `undefined` when it is not, which has been reported. */
export function readLiteralText(expression: SourcedExpression, name: string, report: Report): string | undefined {
  const value = evaluate(lowerExpression(expression), constantScope(), report);
  if (!isKnown(value)) return undefined;
  const text = isNull(value) ? undefined : convert(value, stringType);
  if (text !== undefined && !isValueError(text)) return asText(text);
  report(configCatalog["not-literal"], { name, expected: "A text is needed.", span: spanOfExpression(expression) });
  return undefined;
}

/** `true` or `false`, written out. */
export function readLiteralBool(expression: SourcedExpression, name: string, report: Report): boolean | undefined {
  const value = evaluate(lowerExpression(expression), constantScope(), report);
  if (!isKnown(value)) return undefined;
  const result: Value | undefined = boolOf(value);
  if (result !== undefined) return asBoolean(result);
  report(configCatalog["not-literal"], { name, expected: "Write true or false.", span: spanOfExpression(expression) });
  return undefined;
}

function boolOf(value: Value): Value | undefined {
  if (isNull(value)) return undefined;
  const converted = convert(value, boolType);
  return isValueError(converted) ? undefined : converted;
}
