import type { BinaryExpr, BinaryOperatorText, Expr, UnaryExpr } from "@hclbuild/graph";
import {
  add,
  allMarks,
  and,
  boolType,
  boolValue,
  convert,
  divide,
  equalValues,
  greaterThan,
  greaterThanOrEqual,
  isKnown,
  isNull,
  isValueError,
  lessThan,
  lessThanOrEqual,
  modulo,
  multiply,
  negate,
  not,
  numberType,
  or,
  partSize,
  sizeOf,
  unknownValue,
  subtract,
  unionMarks,
  withMarks,
  type Type,
  type Value,
  type ValueError,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator, Withheld } from "./evaluator.js";
import { marksOfInputs } from "./shown-values.js";

interface Operation {
  /** `undefined`: operands of any type, compared as they are. */
  readonly operand: Type | undefined;
  readonly result: Type;
  apply(left: Value, right: Value): Value | ValueError;
}

/** How much of a value can be compared at the cost of one step, as `sizeOf` counts. */
const comparedPerStep = 8 * partSize;

const arithmetic = (apply: Operation["apply"]): Operation => ({ operand: numberType, result: numberType, apply });
const comparison = (apply: Operation["apply"]): Operation => ({ operand: numberType, result: boolType, apply });

const operations: Readonly<Record<BinaryOperatorText, Operation>> = {
  "+": arithmetic(add),
  "-": arithmetic(subtract),
  "*": arithmetic(multiply),
  "/": arithmetic(divide),
  "%": arithmetic(modulo),
  "<": comparison(lessThan),
  "<=": comparison(lessThanOrEqual),
  ">": comparison(greaterThan),
  ">=": comparison(greaterThanOrEqual),
  "==": { operand: undefined, result: boolType, apply: equalValues },
  "!=": { operand: undefined, result: boolType, apply: (left, right) => not(equalValues(left, right)) },
  "&&": { operand: boolType, result: boolType, apply: and },
  "||": { operand: boolType, result: boolType, apply: or },
};

/** `!x` and `-x`. */
export function evaluateUnary(ev: Evaluator, expr: UnaryExpr, env: Environment | undefined): Value {
  const isNot = expr.operator === "!";
  const type = isNot ? boolType : numberType;
  const errors = ev.errorCount;
  const value = ev.evaluate(expr.operand, env);
  const failed = ev.errorCount > errors;
  const operand = convertOperand(ev, value, type, { expr, env, side: "only", at: expr.operand, failed });
  if (ev.errorCount > errors) return unknownValue(type);
  return finish(ev, isNot ? not(operand) : negate(operand), { expr, env, type });
}

/**
 * Binary operators. The left operands of a chain are evaluated in a loop, so that a sum of ten thousand terms needs no
 * stack.
 */
export function evaluateBinary(ev: Evaluator, expr: BinaryExpr, env: Environment | undefined): Value {
  const chain: BinaryExpr[] = [];
  let left: Expr = expr;
  while (left.kind === "binary" && !isLogical(left.operator)) {
    chain.push(left);
    left = left.left;
  }
  if (chain.length === 0) return evaluateLogicalChain(ev, expr, env);
  let errors = ev.errorCount;
  let result = ev.evaluate(left, env);
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as BinaryExpr;
    if (!ev.budget.charge(1)) return ev.evaluate(link, env);
    result = applyArithmetic(ev, link, { left: result, failed: ev.errorCount > errors }, env);
    errors = ev.errorCount > errors ? -1 : errors;
  }
  return result;
}

function isLogical(operator: BinaryOperatorText): boolean {
  return operator === "&&" || operator === "||";
}

interface LeftOperand {
  readonly left: Value;
  readonly failed: boolean;
}

function applyArithmetic(ev: Evaluator, expr: BinaryExpr, operand: LeftOperand, env: Environment | undefined): Value {
  const operation = operations[expr.operator];
  const errors = ev.errorCount;
  const left = convertOperand(ev, operand.left, operation.operand, {
    expr,
    env,
    side: "left",
    at: expr.left,
    failed: operand.failed,
  });
  const errorsOfLeft = ev.errorCount;
  const rightValue = ev.evaluate(expr.right, env);
  const failed = ev.errorCount > errorsOfLeft;
  const right = convertOperand(ev, rightValue, operation.operand, { expr, env, side: "right", at: expr.right, failed });
  if (operand.failed || ev.errorCount > errors) {
    return withMarks(unknownValue(operation.result), unionMarks(left.marks, right.marks));
  }
  // Two values are compared part by part.
  if (operation.operand === undefined)
    ev.budget.charge(Math.floor(Math.min(sizeOf(left), sizeOf(right)) / comparedPerStep));
  if (ev.budget.exceeded !== undefined) return unknownValue(operation.result);
  return finish(ev, operation.apply(left, right), { expr, env, type: operation.result });
}

/**
 * `&&` and `||`. An operand that decides the result alone makes the other one's errors irrelevant, as in HCL since 2.21:
 * both sides are evaluated, and errors are withheld until it is clear that they matter. A null operand is not true.
 */
function evaluateLogicalChain(ev: Evaluator, expr: BinaryExpr, env: Environment | undefined): Value {
  const chain: BinaryExpr[] = [];
  let first: Expr = expr;
  while (first.kind === "binary" && isLogical(first.operator)) {
    chain.push(first);
    first = first.left;
  }
  const firstExpr = first;
  let left = ev.withhold(() => ev.evaluate(firstExpr, env));
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as BinaryExpr;
    if (!ev.budget.charge(1)) break;
    const before = left;
    left = ev.withhold(() => applyLogical(ev, link, before, env));
  }
  ev.release(left);
  return left.result;
}

function applyLogical(ev: Evaluator, expr: BinaryExpr, left: Withheld, env: Environment | undefined): Value {
  const right = ev.withhold(() => ev.evaluate(expr.right, env));
  const errors = ev.errorCount;
  const leftFailed = left.failed;
  const leftPlace: OperandPlace = { expr, env, side: "left", at: expr.left, failed: leftFailed };
  const rightPlace: OperandPlace = { expr, env, side: "right", at: expr.right, failed: right.failed };
  const leftBool = convertOperand(ev, left.result, boolType, leftPlace);
  const rightBool = convertOperand(ev, right.result, boolType, rightPlace);
  let marks = unionMarks(leftBool.marks, rightBool.marks);
  // Whether an operand can be computed may depend on everything in it.
  if (leftFailed) marks = unionMarks(marks, marksOfInputs(ev, expr.left, env));
  if (right.failed) marks = unionMarks(marks, marksOfInputs(ev, expr.right, env));
  const isConverted = ev.errorCount === errors && fits(left, boolType) && fits(right, boolType);
  if (isConverted) {
    const deciding = expr.operator === "||";
    if (decides(leftBool, deciding)) {
      ev.release(left);
      return withMarks(boolValue(deciding), marks);
    }
    if (decides(rightBool, deciding)) {
      ev.release(right);
      return withMarks(boolValue(deciding), marks);
    }
  }
  ev.release(left);
  // An unknown left operand may still turn out to decide, and then the right one does not matter.
  const mayNotMatter = !leftFailed && !isKnown(leftBool);
  if (mayNotMatter) ev.postpone(right);
  else ev.release(right);
  if (!isConverted || (leftFailed && !isKnown(rightBool))) {
    return withMarks(unknownValue(boolType), marks);
  }
  // The unknown operand may still decide, and then a null beside it is no error.
  if ((!isKnown(leftBool) && isNull(rightBool)) || (!isKnown(rightBool) && isNull(leftBool))) {
    return withMarks(unknownValue(boolType, { notNull: true }), marks);
  }
  return finish(ev, operations[expr.operator].apply(leftBool, rightBool), { expr, env, type: boolType });
}

function decides(operand: Value, deciding: boolean): boolean {
  if (!isKnown(operand)) return false;
  const isTrue = !isNull(operand) && operand.representation === true;
  return isTrue === deciding;
}

/** Whether the result of a failed operand may be looked at all the same. Others have been converted. */
function fits({ result, failed }: Withheld, type: Type): boolean {
  return !failed || !isValueError(convert(result, type));
}

interface OperandPlace {
  readonly expr: UnaryExpr | BinaryExpr;
  readonly env: Environment | undefined;
  readonly side: "left" | "right" | "only";
  readonly at: Expr;
  /** What is wrong with the operand has been reported. */
  readonly failed: boolean;
}

function convertOperand(ev: Evaluator, value: Value, type: Type | undefined, place: OperandPlace): Value {
  if (type === undefined || value.type === type) return value;
  const converted = convert(value, type);
  if (!isValueError(converted)) return converted;
  const { expr, env, side, at, failed } = place;
  if (!failed) {
    ev.fail({ expr: at, env }, evalCatalog["invalid-operand"], {
      span: at.span,
      context: expr.span,
      side,
      operator: expr.operator,
      problem: sentence(converted.message),
    });
  }
  return withMarks(unknownValue(type), allMarks(value));
}

interface ResultPlace {
  readonly expr: UnaryExpr | BinaryExpr;
  readonly env: Environment | undefined;
  readonly type: Type;
}

function finish(ev: Evaluator, result: Value | ValueError, place: ResultPlace): Value {
  if (!isValueError(result)) return result;
  const { expr, env, type } = place;
  ev.fail({ expr, env }, evalCatalog["operation-failed"], {
    span: expr.span,
    operator: expr.operator,
    problem: sentence(result.message),
  });
  return unknownValue(type);
}

/** A phrase as the beginning of a sentence. */
export function sentence(phrase: string): string {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}
