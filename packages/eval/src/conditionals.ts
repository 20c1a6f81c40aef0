import type { CondExpr, Expr } from "@hclbuild/graph";
import {
  allMarks,
  asNumber,
  boolType,
  convert,
  dynamicUnknown,
  isCollectionType,
  isDefinitelyNotNull,
  isKnown,
  isNegativeZero,
  isNull,
  isValueError,
  isWhollyKnown,
  lengthOf,
  nullValue,
  partSize,
  sizeOf,
  numberBoundsOf,
  numCompare,
  numToDouble,
  precisionOf,
  unknownValue,
  typesEqual,
  unifyTypes,
  unionMarks,
  withMarks,
  type HclNumber,
  type Marks,
  type NumberBound,
  type Refinement,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator, Withheld } from "./evaluator.js";
import { describeConditionalMismatch } from "./conditional-mismatch.js";
import { sentence } from "./operators.js";
import { marksOfInputs } from "./shown-values.js";

/**
 * `condition ? a : b`. Both results are evaluated, because the type of the whole is the one they unify to; errors count
 * only in the result that is used. With an unknown condition the result is unknown, refined to what both have in common.
 */
export function evaluateConditional(ev: Evaluator, expr: CondExpr, env: Environment | undefined): Value {
  const whenTrue = ev.withhold(() => ev.evaluate(expr.whenTrue, env));
  const whenFalse = ev.withhold(() => ev.evaluate(expr.whenFalse, env));
  const type = resultType(whenTrue.result, whenFalse.result);
  if (type === undefined) {
    ev.fail({ expr: expr.condition, env }, evalCatalog["inconsistent-conditional"], {
      span: expr.span,
      problem: sentence(describeConditionalMismatch(whenTrue.result.type, whenFalse.result.type)),
    });
    return withMarks(dynamicUnknown, unionMarks(allMarks(whenTrue.result), allMarks(whenFalse.result)));
  }
  const condition = evaluateCondition(ev, expr, env);
  let marks = unionMarks(
    marksOfResult(ev, expr.whenTrue, whenTrue, env),
    marksOfResult(ev, expr.whenFalse, whenFalse, env),
  );
  if (condition === undefined) return withMarks(unknownValue(type), marks);
  marks = unionMarks(marks, condition.marks);
  if (!isKnown(condition)) {
    ev.postpone(whenTrue);
    ev.postpone(whenFalse);
    return withMarks(unknownResult(whenTrue.result, whenFalse.result, type), marks);
  }
  const chosen = condition.representation === true ? whenTrue : whenFalse;
  ev.release(chosen);
  const converted = convertResult(chosen.result, type);
  if (converted !== chosen.result) ev.budget.charge(Math.floor(sizeOf(chosen.result) / partSize));
  if (!isValueError(converted)) return withMarks(converted, marks);
  ev.fail({ expr, env }, evalCatalog["inconsistent-conditional"], {
    span: expr.span,
    problem: `The chosen result does not convert to the common type: ${converted.message}`,
  });
  return withMarks(unknownValue(type), marks);
}

/** Whether a result can be computed may depend on everything in it. */
function marksOfResult(ev: Evaluator, expr: Expr, withheld: Withheld, env: Environment | undefined): Marks {
  const { result, failed } = withheld;
  return failed ? unionMarks(result.marks, marksOfInputs(ev, expr, env)) : result.marks;
}

/** The condition as a known or unknown bool; `undefined` when it is none, which has been reported. */
function evaluateCondition(ev: Evaluator, expr: CondExpr, env: Environment | undefined): Value | undefined {
  const errors = ev.errorCount;
  const value = ev.evaluate(expr.condition, env);
  const converted = isNull(value) ? undefined : convert(value, boolType);
  if (converted !== undefined && !isValueError(converted)) return converted;
  // What is wrong with a condition that could not be evaluated has been said.
  if (ev.errorCount > errors) return undefined;
  const problem = converted === undefined ? "It is null" : sentence(converted.message);
  ev.fail({ expr: expr.condition, env }, evalCatalog["invalid-condition"], { span: expr.condition.span, problem });
  return undefined;
}

/** The type both results have or convert to; `undefined` when there is none. */
export function resultType(whenTrue: Value, whenFalse: Value): Type | undefined {
  // A plain null takes whatever type the other result has.
  if (isUntypedNull(whenTrue)) return whenFalse.type;
  if (isUntypedNull(whenFalse)) return whenTrue.type;
  if (whenTrue.type.kind === "dynamic" || whenFalse.type.kind === "dynamic") return dynamicUnknown.type;
  if (typesEqual(whenTrue.type, whenFalse.type)) return whenTrue.type;
  return unifyTypes([whenTrue.type, whenFalse.type], { unsafe: true });
}

function isUntypedNull(value: Value): boolean {
  return value.type.kind === "dynamic" && isNull(value);
}

function convertResult(value: Value, type: Type): ReturnType<typeof convert> {
  if (type.kind === "dynamic" || typesEqual(value.type, type)) return value;
  return convert(value, type);
}

function unknownResult(whenTrue: Value, whenFalse: Value, type: Type): Value {
  const marks = unionMarks(allMarks(whenTrue), allMarks(whenFalse));
  if (type.kind === "dynamic") return withMarks(dynamicUnknown, marks);
  const left = convertResult(whenTrue, type);
  const right = convertResult(whenFalse, type);
  if (isValueError(left) || isValueError(right)) return withMarks(unknownValue(type), marks);
  if (isKnown(left) && isKnown(right) && isNull(left) && isNull(right)) return withMarks(nullValue(type), marks);
  return withMarks(unknownValue(type, commonRefinement(left, right, type)), marks);
}

function commonRefinement(left: Value, right: Value, type: Type): Refinement {
  const notNull = isDefinitelyNotNull(left) && isDefinitelyNotNull(right) ? { notNull: true } : {};
  if (isKnownNull(left) || isKnownNull(right)) return notNull;
  if (type.kind === "number") {
    if (isKnown(left) && isKnown(right) && !haveSameForm(asNumber(left), asNumber(right))) return notNull;
    const a = numberBoundsOf(left);
    const b = numberBoundsOf(right);
    return {
      ...notNull,
      numberRange: { minimum: lower(a.minimum, b.minimum, 1), maximum: lower(a.maximum, b.maximum, -1) },
    };
  }
  if (isCollectionType(type)) {
    const a = lengthBounds(left);
    const b = lengthBounds(right);
    const maximum = Math.max(a.maximum, b.maximum);
    const lengthRange = { minimum: Math.min(a.minimum, b.minimum), ...(maximum === Infinity ? {} : { maximum }) };
    return { ...notNull, lengthRange };
  }
  return notNull;
}

/** Equal bounds make a known number, which must not differ from either in what calculations and texts show. */
function haveSameForm(a: HclNumber, b: HclNumber): boolean {
  return numCompare(a, b) !== 0 || (precisionOf(a) === precisionOf(b) && isNegativeZero(a) === isNegativeZero(b));
}

function lengthBounds(value: Value): { readonly minimum: number; readonly maximum: number } {
  const length = lengthOf(value);
  if (length === undefined) return { minimum: 0, maximum: Infinity };
  const { minimum, maximum } = numberBoundsOf(length);
  const most = numToDouble(maximum.value);
  // The largest length that any collection can have is no bound.
  return { minimum: numToDouble(minimum.value), maximum: most > Number.MAX_SAFE_INTEGER ? Infinity : most };
}

function isKnownNull(value: Value): boolean {
  return isKnown(value) && isNull(value);
}

/** The bound that lets more through. */
function lower(a: NumberBound, b: NumberBound, direction: 1 | -1): NumberBound {
  const order = numCompare(a.value, b.value) * direction;
  return order < 0 || (order === 0 && a.inclusive) ? a : b;
}

/** Whether a conditional's value is certain to be what this result gives, conversion included. */
export function needsNoConversion(value: Value, type: Type | undefined): boolean {
  return type !== undefined && isWhollyKnownType(value.type) && typesEqual(value.type, type) && !isWhollyKnown(value);
}

function isWhollyKnownType(type: Type): boolean {
  switch (type.kind) {
    case "dynamic":
      return false;
    case "list":
    case "set":
    case "map":
      return isWhollyKnownType(type.element);
    case "tuple":
      return type.elements.every(isWhollyKnownType);
    case "object":
      return Object.values(type.attributes).every(isWhollyKnownType);
    default:
      return true;
  }
}
