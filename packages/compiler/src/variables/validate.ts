import { DiagnosticBag, type Report } from "@hclbuild/diagnostics";
import { createScope, evaluate, lowerExpression, referencesOf, type FunctionTable } from "@hclbuild/eval";
import type { BodyBlock } from "@hclbuild/syntax";
import {
  asBoolean,
  boolType,
  containsMark,
  convert,
  isKnown,
  isNull,
  isValueError,
  markValue,
  objectValue,
  unmarkDeep,
  type Value,
} from "@hclbuild/value";
import { variableCatalog } from "../catalog.js";
import { readLiteralText } from "../evaluate/literals.js";
import { validationSchema } from "../blocks/root-schema.js";
import { spanOfExpression } from "../blocks/spans.js";
import type { GivenValue, VariableDeclaration } from "./declare.js";
import { describeOrigin } from "./inputs.js";

/**
 * Checks the `validation` blocks of a variable, and with them its finally chosen value; without a value only the blocks
 * themselves.
 */
export function validateValue(
  declaration: VariableDeclaration,
  chosen: GivenValue | undefined,
  functions: FunctionTable,
  report: Report,
): void {
  for (const block of declaration.validations) checkValidation({ declaration, block, functions, report }, chosen);
}

interface ValidationPlace {
  readonly declaration: VariableDeclaration;
  readonly block: BodyBlock;
  readonly functions: FunctionTable;
  readonly report: Report;
}

function checkValidation(place: ValidationPlace, chosen: GivenValue | undefined): void {
  const { declaration, block, functions, report } = place;
  const { name } = declaration.symbol;
  const { attributes } = block.body.content(validationSchema, report);
  const condition = attributes.get("condition");
  const messageAttribute = attributes.get("error_message");
  const message =
    messageAttribute === undefined ? undefined : readLiteralText(messageAttribute, "error_message", report);
  if (messageAttribute !== undefined && message !== undefined) {
    const problem = problemOfMessage(message);
    if (problem !== undefined) {
      report(variableCatalog["error-message-form"], { problem, span: spanOfExpression(messageAttribute) });
      return;
    }
  }
  if (condition === undefined || !checkReferences(place, condition)) return;
  if (chosen === undefined || !isKnown(chosen.value)) return;
  const span = spanOfExpression(condition);
  const value = declaration.sensitive ? markValue(chosen.value, "sensitive") : chosen.value;
  const scope = createScope({ var: objectValue({ [name]: value }) }, functions);
  const bag = new DiagnosticBag();
  const result = evaluate(lowerExpression(condition), scope, bag.report);
  for (const item of bag.items) report.add(item);
  if (bag.hasErrors) return;
  const problem = problemOfResult(result);
  if (problem !== undefined) {
    report(variableCatalog["condition-result"], { name, problem, span });
    return;
  }
  const held = convert(unmarkDeep(result).value, boolType) as Value;
  if (asBoolean(held)) return;
  report(variableCatalog["validation-failed"], {
    name,
    explanation: message ?? "A validation rule does not hold.",
    origin: describeOrigin(chosen),
    span: chosen.span,
    related: [{ span, message: "This rule does not hold." }],
  });
}

function problemOfMessage(message: string): string | undefined {
  if (message === "") return "It is empty";
  const first = String.fromCodePoint(message.codePointAt(0) as number);
  if (/\p{L}/u.test(first) && !/\p{Lu}/u.test(first)) return "It does not begin with an upper-case letter";
  if (!/[.?!]$/.test(message)) return "It does not end with a period, question mark or exclamation mark";
  return undefined;
}

function checkReferences(place: ValidationPlace, condition: Parameters<typeof lowerExpression>[0]): boolean {
  const { name } = place.declaration.symbol;
  const references = referencesOf(lowerExpression(condition));
  const isOwn = (reference: (typeof references)[number]): boolean => {
    const [first] = reference.steps;
    return reference.root === "var" && first?.kind === "attr" && first.name === name;
  };
  const stranger = references.find((reference) => !isOwn(reference));
  if (stranger === undefined && references.length > 0) return true;
  const problem =
    stranger === undefined ? `It does not use var.${name} at all.` : `Write var.${name}, and nothing else.`;
  const span = stranger?.span ?? spanOfExpression(condition);
  place.report(variableCatalog["condition-reference"], { name, problem, span });
  return false;
}

function problemOfResult(result: Value): string | undefined {
  if (!isKnown(result)) return "Its value is not known";
  if (isNull(result)) return "It is null";
  const converted = convert(result, boolType);
  if (!isValueError(converted)) return undefined;
  return containsMark(result, "sensitive") ? "A bool is required" : `It is wrong: ${converted.message}`;
}
