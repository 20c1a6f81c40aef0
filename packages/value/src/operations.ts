import { unionMarks, type Marks } from "./marks.js";
import {
  isInfinite,
  isSafeWhole,
  numAbsolute,
  numAdd,
  numCompare,
  numDiv,
  numMod,
  numMul,
  numNegate,
  numSign,
  numSub,
  type HclNumber,
} from "./number.js";
import { notNullRefinement, type NumberBound, type Refinement } from "./refinement.js";
import { boolType, numberType, type PrimitiveType } from "./type.js";
import { numberBoundsOf, unknownValue } from "./unknown.js";
import { boolValue, falseValue, isKnown, isNull, numberValue, trueValue, withMarks, type Value } from "./value.js";
import { isValueError, valueError, type ValueError } from "./value-error.js";

type NumberOperation = (a: HclNumber, b: HclNumber) => HclNumber | undefined;

/** Whether the operands can be worked with: an error, or whether all of them are known. */
function checkOperands(type: PrimitiveType, operands: readonly Value[]): boolean | ValueError {
  let known = true;
  for (const operand of operands) {
    if (operand.type.kind === "dynamic" && !isKnown(operand)) {
      known = false;
      continue;
    }
    if (isNull(operand)) return valueError("the operand must not be null");
    if (operand.type.kind !== type.kind) return valueError(`a ${type.kind} is required`);
    if (!isKnown(operand)) known = false;
  }
  return known;
}

function marksOfBoth(a: Value, b: Value): Marks {
  return unionMarks(a.marks, b.marks);
}

function numberOf(value: Value): HclNumber {
  return value.representation as HclNumber;
}

interface Arithmetic {
  readonly operation: NumberOperation;
  readonly undefinedMessage: string;
  /** What is known about the result of unknown operands. */
  readonly refine?: (a: Value, b: Value) => Refinement;
}

function calculate(a: Value, b: Value, { operation, undefinedMessage, refine }: Arithmetic): Value | ValueError {
  const known = checkOperands(numberType, [a, b]);
  if (typeof known === "object") return known;
  const marks = marksOfBoth(a, b);
  if (!known) return withMarks(unknownValue(numberType, refine?.(a, b) ?? notNullRefinement), marks);
  const left = numberOf(a);
  const right = numberOf(b);
  const result = operation(left, right);
  if (result === undefined) return valueError(undefinedMessage);
  if (isInfinite(result) && !isInfinite(left) && !isInfinite(right) && operation !== numDiv) {
    return valueError("the result is out of range");
  }
  return withMarks(numberValue(result), marks);
}

/** The range of `a op b` from the ranges of the operands, for operations that are monotonic in each of them. */
function rangeOf(operation: NumberOperation): (a: Value, b: Value) => Refinement {
  return (a, b) => {
    if (a.type.kind !== "number" || b.type.kind !== "number") return notNullRefinement;
    const left = numberBoundsOf(a);
    const right = numberBoundsOf(b);
    let minimum: HclNumber = Infinity;
    let maximum: HclNumber = -Infinity;
    for (const x of [left.minimum, left.maximum]) {
      for (const y of [right.minimum, right.maximum]) {
        const corner = operation(x.value, y.value);
        if (corner === undefined) return notNullRefinement;
        if (numCompare(corner, minimum) < 0) minimum = corner;
        if (numCompare(corner, maximum) > 0) maximum = corner;
      }
    }
    // Operands of other precisions round differently; a safe integer is exact in all of them, so the bound holds.
    const lower: NumberBound = { value: minimum, inclusive: true };
    const upper: NumberBound = { value: maximum, inclusive: true };
    const numberRange = {
      ...(isSafeWhole(minimum) ? { minimum: lower } : {}),
      ...(isSafeWhole(maximum) ? { maximum: upper } : {}),
    };
    return { notNull: true, numberRange };
  };
}

const addition: Arithmetic = {
  operation: numAdd,
  undefinedMessage: "can't compute sum of opposing infinities",
  refine: rangeOf(numAdd),
};
const subtraction: Arithmetic = {
  operation: numSub,
  undefinedMessage: "can't subtract infinity from itself",
  refine: rangeOf(numSub),
};
const multiplication: Arithmetic = {
  operation: numMul,
  undefinedMessage: "can't multiply zero by infinity",
  refine: rangeOf(numMul),
};
const division: Arithmetic = {
  operation: numDiv,
  undefinedMessage: "can't divide zero by zero or infinity by infinity",
};
const modulus: Arithmetic = { operation: numMod, undefinedMessage: "can't use modulo with zero and infinity" };

/**
 * Arithmetic. Operands are numbers or of unknown type; null, other types and results that are no number give a
 * {@link ValueError}. An unknown operand gives an unknown number with the range that the operands' ranges allow; the
 * result carries the marks of both operands. Nothing is converted here: that is the language's part.
 */
export function add(a: Value, b: Value): Value | ValueError {
  return calculate(a, b, addition);
}

/** See {@link add}. */
export function subtract(a: Value, b: Value): Value | ValueError {
  return calculate(a, b, subtraction);
}

/** See {@link add}. Zero times anything that is not known yet is zero. */
export function multiply(a: Value, b: Value): Value | ValueError {
  if (isKnown(a) !== isKnown(b)) {
    const known = isKnown(a) ? a : b;
    if (known.type.kind === "number" && !isNull(known) && numSign(numberOf(known)) === 0) {
      const check = checkOperands(numberType, [a, b]);
      return typeof check === "object" ? check : withMarks(numberValue(0), marksOfBoth(a, b));
    }
  }
  return calculate(a, b, multiplication);
}

/** See {@link add}. Dividing a nonzero number by zero gives an infinity. */
export function divide(a: Value, b: Value): Value | ValueError {
  return calculate(a, b, division);
}

/** See {@link add}. The remainder has the sign of the dividend; a zero divisor gives the dividend. */
export function modulo(a: Value, b: Value): Value | ValueError {
  return calculate(a, b, modulus);
}

/** See {@link add}. */
export function negate(a: Value): Value | ValueError {
  const known = checkOperands(numberType, [a]);
  if (typeof known === "object") return known;
  if (known) return withMarks(numberValue(numNegate(numberOf(a))), a.marks);
  const { minimum, maximum } = a.type.kind === "number" ? numberBoundsOf(a) : numberBoundsOf(unknownValue(numberType));
  const numberRange = {
    minimum: { value: numNegate(maximum.value), inclusive: maximum.inclusive },
    maximum: { value: numNegate(minimum.value), inclusive: minimum.inclusive },
  };
  return withMarks(unknownValue(numberType, { notNull: true, numberRange }), a.marks);
}

/** See {@link add}. */
export function absolute(a: Value): Value | ValueError {
  const known = checkOperands(numberType, [a]);
  if (typeof known === "object") return known;
  if (known) return withMarks(numberValue(numAbsolute(numberOf(a))), a.marks);
  const numberRange = { minimum: { value: 0, inclusive: true } };
  return withMarks(unknownValue(numberType, { notNull: true, numberRange }), a.marks);
}

type Order = "less" | "lessOrEqual" | "greater" | "greaterOrEqual";

function orderHolds(order: Order, comparison: number): boolean {
  switch (order) {
    case "less":
      return comparison < 0;
    case "lessOrEqual":
      return comparison <= 0;
    case "greater":
      return comparison > 0;
    case "greaterOrEqual":
      return comparison >= 0;
  }
}

function compare(a: Value, b: Value, order: Order): Value | ValueError {
  const known = checkOperands(numberType, [a, b]);
  if (typeof known === "object") return known;
  const marks = marksOfBoth(a, b);
  if (known) return withMarks(boolValue(orderHolds(order, numCompare(numberOf(a), numberOf(b)))), marks);
  const decided = a.type.kind === "number" && b.type.kind === "number" ? compareRanges(a, b, order) : undefined;
  return withMarks(decided === undefined ? unknownValue(boolType, notNullRefinement) : boolValue(decided), marks);
}

/** What the ranges of two numbers decide about their order, if anything. */
function compareRanges(a: Value, b: Value, order: Order): boolean | undefined {
  const left = numberBoundsOf(a);
  const right = numberBoundsOf(b);
  const allLess = separation(left.maximum, right.minimum);
  const allGreater = separation(right.maximum, left.minimum);
  if (allLess === "apart") return order === "less" || order === "lessOrEqual";
  if (allGreater === "apart") return order === "greater" || order === "greaterOrEqual";
  if (allLess === "touching") return order === "lessOrEqual" ? true : order === "greater" ? false : undefined;
  if (allGreater === "touching") return order === "greaterOrEqual" ? true : order === "less" ? false : undefined;
  return undefined;
}

/** How the end of one range lies to the beginning of another. */
function separation(end: NumberBound, beginning: NumberBound): "apart" | "touching" | "overlapping" {
  const order = numCompare(end.value, beginning.value);
  if (order > 0) return "overlapping";
  return order < 0 || !end.inclusive || !beginning.inclusive ? "apart" : "touching";
}

/** Comparison of numbers; operands and result as in {@link add}, decided early where the ranges allow. */
export function lessThan(a: Value, b: Value): Value | ValueError {
  return compare(a, b, "less");
}

/** See {@link lessThan}. */
export function lessThanOrEqual(a: Value, b: Value): Value | ValueError {
  return compare(a, b, "lessOrEqual");
}

/** See {@link lessThan}. */
export function greaterThan(a: Value, b: Value): Value | ValueError {
  return compare(a, b, "greater");
}

/** See {@link lessThan}. */
export function greaterThanOrEqual(a: Value, b: Value): Value | ValueError {
  return compare(a, b, "greaterOrEqual");
}

/** Logical negation of a bool, with errors, unknowns and marks as in {@link add}. */
export function not(a: Value): Value | ValueError {
  const known = checkOperands(boolType, [a]);
  if (typeof known === "object") return known;
  return withMarks(known ? boolValue(a.representation === false) : unknownValue(boolType, notNullRefinement), a.marks);
}

/** Both operands matter for the marks, whatever the result: a result decided by one operand still reveals the other. */
function combine(a: Value, b: Value, deciding: Value): Value | ValueError {
  const known = checkOperands(boolType, [a, b]);
  if (typeof known === "object") return known;
  const decided = isDeciding(a, deciding) || isDeciding(b, deciding);
  const other = deciding === trueValue ? falseValue : trueValue;
  const result = decided ? deciding : known ? other : unknownValue(boolType, notNullRefinement);
  return withMarks(result, marksOfBoth(a, b));
}

function isDeciding(value: Value, deciding: Value): boolean {
  return value.representation === deciding.representation;
}

/** Logical conjunction. One false operand decides even when the other is unknown. */
export function and(a: Value, b: Value): Value | ValueError {
  return combine(a, b, falseValue);
}

/** Logical disjunction. One true operand decides even when the other is unknown. */
export function or(a: Value, b: Value): Value | ValueError {
  return combine(a, b, trueValue);
}

/** Passes an error on, or applies a function to a value. */
export function mapResult<T extends Value>(result: Value | ValueError, f: (value: Value) => T): T | ValueError {
  return isValueError(result) ? result : f(result);
}
