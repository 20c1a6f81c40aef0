import {
  allMarks,
  boolType,
  boolValue,
  convert,
  dynamicType,
  dynamicUnknown,
  isValueError,
  noMarks,
  partSize,
  sizeAfterConversion,
  unionMarks,
  unknownValue,
  withMarks,
} from "@hclbuild/value";
import {
  argumentError,
  functionError,
  type FunctionParameter,
  type LazyAttempt,
  type LazyFunction,
} from "./functions/definition.js";
import { problem, told, valueProblem } from "./functions/problem.js";
import type { Expr } from "@hclbuild/graph";
import { parseTypeOf } from "./type-expression.js";

const anyExpression: FunctionParameter = { name: "expression", type: dynamicType };

/**
 * `try(a, b, …)`: the first that evaluates without an error. As long as its value is not wholly known the result is
 * unknown, because what is unknown may still turn out to fail. Marks of the value stay.
 */
export const tryFunction: LazyFunction = {
  kind: "lazy",
  name: "try",
  description: "Gives the first of its arguments that evaluates without an error.",
  params: [],
  varParam: { ...anyExpression, name: "expressions" },
  evaluateCall(call) {
    if (call.args.length === 0) return functionError("at least one argument is required");
    const failures: LazyAttempt[] = [];
    let marks = noMarks;
    for (const arg of call.args) {
      const attempt = call.attempt(arg);
      if (attempt.ok) {
        // Which argument is the result tells something about those that failed before it.
        if (!attempt.mayFail) return withMarks(attempt.value, marks);
        return withMarks(dynamicUnknown, unionMarks(marks, allMarks(attempt.value)));
      }
      failures.push(attempt);
      marks = unionMarks(marks, attempt.marks());
    }
    return functionError(problem`${told(describeFailures(failures))}`);
  },
};

const maximumDescribed = 10;

function describeFailures(failures: readonly LazyAttempt[]): string {
  const messages = failures.flatMap((failure) => failure.messages).slice(0, maximumDescribed);
  const lines = messages.map(({ message, detail }) => `  ${message}${detail === undefined ? "" : ` ${detail}`}`);
  return `none of its arguments gave a value:\n${lines.join("\n")}\nAt least one of them must`;
}

/**
 * `can(a)`: whether it evaluates without an error. Unknown as long as the value is not wholly known; marked as the
 * variables in it are, because the answer may tell something about any of them.
 */
export const canFunction: LazyFunction = {
  kind: "lazy",
  name: "can",
  description: "Tells whether its argument evaluates without an error.",
  params: [anyExpression],
  evaluateCall(call) {
    const { ok, mayFail, marks } = call.attempt(call.args[0] as Expr);
    return withMarks(ok && mayFail ? unknownValue(boolType) : boolValue(ok), marks());
  },
};

/** `convert(value, type)`: the value converted to a type, which is written as in a variable's `type`. */
export const convertFunction: LazyFunction = {
  kind: "lazy",
  name: "convert",
  description: "Converts a value to a type, which is written as in a variable block.",
  params: [
    { name: "value", type: dynamicType },
    { name: "type", type: dynamicType },
  ],
  syntacticArguments: [1],
  evaluateCall(call) {
    const before = call.attempt(call.args[0] as Expr);
    const type = parseTypeOf(call.args[1] as Expr, call.report);
    if (!before.ok) return call.evaluate(call.args[0] as Expr);
    if (type.failed) return dynamicUnknown;
    call.budget.charge(sizeAfterConversion(before.value, type.type) / partSize);
    // The evaluator reports it.
    if (call.budget.exceeded !== undefined) return dynamicUnknown;
    const converted = convert(before.value, type.type);
    return isValueError(converted) ? argumentError(0, valueProblem(converted), converted.path) : converted;
  },
};

/** The functions whose arguments are not evaluated beforehand. */
export const lazyFunctions: readonly LazyFunction[] = [tryFunction, canFunction, convertFunction];
