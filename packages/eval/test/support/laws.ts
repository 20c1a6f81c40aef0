import fc from "fast-check";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import { parseExpression } from "@hclbuild/syntax";
import {
  attributeNames,
  containsMark,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  rawEquals,
  refinementOf,
  numToText,
  typesEqual,
  unmarkDeep,
  type HclNumber,
  type Type,
  type Value,
} from "@hclbuild/value";
import { createScope, evaluate, evaluatePartially, lowerExpression, outputsOf } from "../../src/index.js";
import { doubleFunctions } from "../doubles.js";
import { assignments, expressions, someNames, withSecrets, withUnknowns } from "./arbitrary-expressions.js";

type Assignment = Readonly<Record<string, Value>>;

interface Evaluated {
  readonly value: Value;
  readonly failed: boolean;
}

function lowerText(text: string): Expr {
  const bag = new DiagnosticBag();
  const source = new SourceText("law.hcl", text);
  const expression = parseExpression(source, bag.report);
  if (bag.hasErrors) throw new Error(`the generator made a syntax error: ${text}`);
  return lowerExpression({ expression, source });
}

function evaluateIn(expr: Expr, variables: Assignment): Evaluated {
  const bag = new DiagnosticBag();
  const value = evaluate(expr, createScope(variables, doubleFunctions), bag.report);
  return { value, failed: bag.hasErrors };
}

/** Whether a value may turn out to be the known value `actual`. */
export function admits(expected: Value, actual: Value): boolean {
  if (!typeAdmits(expected.type, actual.type)) return false;
  if (!isKnown(expected)) return refinementAdmits(expected, actual);
  if (isNull(expected) || isNull(actual)) return isNull(expected) && isNull(actual);
  const { kind } = expected.type;
  if (kind === "map" || kind === "object") {
    const parts = new Map(entriesOf(actual));
    const own = entriesOf(expected);
    return (
      own.length === parts.size &&
      own.every(([name, part]) => parts.has(name) && admits(part, parts.get(name) as Value))
    );
  }
  if (kind === "list" || kind === "tuple") {
    const parts = elementsOf(actual);
    const own = elementsOf(expected);
    return own.length === parts.length && own.every((part, index) => admits(part, parts[index] as Value));
  }
  return rawEquals(expected, actual);
}

function typeAdmits(expected: Type, actual: Type): boolean {
  if (expected.kind === "dynamic") return true;
  if (expected.kind !== actual.kind) return false;
  switch (expected.kind) {
    case "list":
    case "set":
    case "map":
      return typeAdmits(expected.element, (actual as typeof expected).element);
    case "tuple": {
      const other = (actual as typeof expected).elements;
      return (
        expected.elements.length === other.length &&
        expected.elements.every((type, index) => typeAdmits(type, other[index] as Type))
      );
    }
    case "object": {
      const other = (actual as typeof expected).attributes;
      const names = attributeNames(expected);
      return (
        names.length === Object.keys(other).length &&
        names.every((name) => other[name] !== undefined && typeAdmits(expected.attributes[name] as Type, other[name]))
      );
    }
    default:
      return typesEqual(expected, actual);
  }
}

function refinementAdmits(expected: Value, actual: Value): boolean {
  const { notNull, stringPrefix, numberRange, lengthRange } = refinementOf(expected);
  if (isNull(actual)) return notNull !== true;
  const { representation } = actual;
  if (stringPrefix !== undefined && typeof representation === "string" && !representation.startsWith(stringPrefix))
    return false;
  if (typeof representation === "number" && numberRange !== undefined) {
    const { minimum, maximum } = numberRange;
    if (
      minimum !== undefined &&
      typeof minimum.value === "number" &&
      (representation < minimum.value || (representation === minimum.value && !minimum.inclusive))
    )
      return false;
    if (
      maximum !== undefined &&
      typeof maximum.value === "number" &&
      (representation > maximum.value || (representation === maximum.value && !maximum.inclusive))
    )
      return false;
  }
  if (lengthRange !== undefined && (Array.isArray(representation) || representation instanceof Map)) {
    const size = Array.isArray(representation) ? representation.length : representation.size;
    if (size < lengthRange.minimum || size > (lengthRange.maximum ?? Infinity)) return false;
  }
  return true;
}

/** What somebody sees who may not see sensitive parts. */
export function publicView(value: Value): unknown {
  if (value.marks.sensitive) return "(sensitive)";
  if (!isKnown(value)) return ["unknown", value.type.kind];
  if (isNull(value)) return null;
  const { representation } = value;
  if (Array.isArray(representation)) return [value.type.kind, ...elementsOf(value).map(publicView)];
  if (representation instanceof Map)
    return { [value.type.kind]: entriesOf(value).map(([name, part]) => [name, publicView(part)]) };
  if (value.type.kind === "number") return ["number", numToText(representation as HclNumber)];
  return [value.type.kind, representation];
}

/** Law 3: what an unknown turns out to be lies in the range that was known before. */
export const unknownSoundness = fc.property(expressions, assignments, someNames, (text, known, names) => {
  const expr = lowerText(text);
  const complete = evaluateIn(expr, known);
  if (complete.failed) return true;
  const early = evaluateIn(expr, withUnknowns(known, names));
  return !early.failed && admits(early.value, complete.value);
});

/** Law 4: with only sensitive inputs changed, nothing changes that can be seen. */
export const sensitivity = fc.property(
  expressions,
  assignments,
  assignments,
  someNames,
  (text, first, second, names) => {
    const expr = lowerText(text);
    const other = Object.fromEntries(
      Object.entries(first).map(([name, value]) => [name, names.has(name) ? (second[name] as Value) : value]),
    );
    const a = evaluateIn(expr, withSecrets(first, names));
    const b = evaluateIn(expr, withSecrets(other, names));
    if (a.failed || b.failed) return true;
    const isEqual = JSON.stringify(publicView(a.value)) === JSON.stringify(publicView(b.value));
    // That try() succeeds shows in the shape of its result, as in HCL; its parts are marked all the same.
    const mayShowShape =
      text.includes("try(") && containsMark(a.value, "sensitive") && containsMark(b.value, "sensitive");
    return isEqual || mayShowShape;
  },
);

/** Law 5: evaluating what is left, once the rest is known, gives the whole. */
export const partialEvaluation = fc.property(
  expressions,
  assignments,
  someNames,
  someNames,
  (text, known, late, secret) => {
    const expr = lowerText(text);
    const complete = withSecrets(known, secret);
    const whole = evaluateIn(expr, complete);
    const bag = new DiagnosticBag();
    const early = withSecrets(withUnknowns(known, late), secret);
    const partial = evaluatePartially(expr, createScope(early, doubleFunctions), bag.report);
    // A failure of something that the result does not need may go unnoticed once the rest is folded.
    if (whole.failed) return true;
    if (bag.hasErrors) return false;
    if (partial.residual === undefined) return rawEquals(partial.value, unmarkDeep(whole.value).value);
    // Whatever was known and not secret must be in the residual by now.
    const rest = Object.fromEntries(Object.entries(complete).filter(([name]) => late.has(name) || secret.has(name)));
    const finished = evaluateIn(partial.residual, rest);
    if (finished.failed || outputsOf(partial.residual).length > 0) return false;
    // A part that is folded away no longer lends its marks to the outcome of try() and can().
    const isMarkFree = text.includes("try(") || text.includes("can(");
    const plain = (value: Value): Value => (isMarkFree ? unmarkDeep(value).value : value);
    return rawEquals(plain(finished.value), plain(whole.value));
  },
);
