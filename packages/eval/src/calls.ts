import { suggestName } from "@hclbuild/diagnostics";
import type { CallExpr, Expr } from "@hclbuild/graph";
import {
  allMarks,
  asText,
  containsAnyMark,
  convert,
  dynamicUnknown,
  elementsOf,
  friendlyTypeName,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  noMarks,
  partSize,
  refineValue,
  sizeOf,
  unionMarks,
  unknownValue,
  unmarkDeep,
  withMarks,
  type Marks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import { resolutionOfEffect } from "./effects.js";
import type { Environment, Evaluator } from "./evaluator.js";
import {
  isFunctionError,
  type FunctionError,
  type FunctionParameter,
  type LazyFunction,
  type ValueFunction,
} from "./functions/definition.js";
import { problemText } from "./functions/problem.js";
import { sentence } from "./operators.js";
import { marksOfInputs } from "./shown-values.js";

/** A call in evaluation. */
interface CallSite {
  readonly ev: Evaluator;
  readonly expr: CallExpr;
  readonly env: Environment | undefined;
}

/** An argument with the place to blame for it; `value` is there when it comes from an expanded sequence. */
interface Argument {
  readonly value?: Value;
  readonly expr: Expr;
}

/**
 * A function call. Arguments are converted to the parameters' types; what an unknown, null or marked argument does is
 * said by {@link FunctionParameter}. Marks of expanded sequences are the result's.
 */
export function evaluateCall(ev: Evaluator, expr: CallExpr, env: Environment | undefined): Value {
  const site: CallSite = { ev, expr, env };
  const definition = ev.scope.functions.get(expr.name);
  if (definition === undefined) {
    const names = ev.scope.functions.names();
    ev.report(evalCatalog["unknown-function"], {
      span: names.length === 0 ? expr.span : (expr.nameSpan ?? expr.span),
      name: expr.name,
      near: suggestName(expr.name, names),
      advice: names.length === 0 ? "Functions may not be called here." : ev.scope.functions.advice?.(expr.name),
    });
    return dynamicUnknown;
  }
  if (definition.kind === "lazy") return callLazily(site, definition);
  const expanded = expandArguments(site);
  const { args } = expanded;
  if (args === undefined) return withMarks(dynamicUnknown, expanded.marks);
  if (!checkCount(site, definition, args)) return dynamicUnknown;
  const errors = ev.errorCount;
  const values = args.map((argument, index) => evaluateArgument(site, definition, argument, index));
  if (ev.errorCount > errors) return withMarks(dynamicUnknown, expanded.marks);
  return withMarks(applyFunction(site, definition, args, values), expanded.marks);
}

interface ExpandedArguments {
  /** `undefined` when the expanded sequence is unknown or unusable. */
  readonly args: readonly Argument[] | undefined;
  readonly marks: Marks;
}

/** The arguments, those of the final `…` included; the others are evaluated later. */
function expandArguments(site: CallSite): ExpandedArguments {
  const { ev, expr, env } = site;
  const given: Argument[] = expr.args.map((arg) => ({ expr: arg }));
  const last = given.at(-1);
  if (expr.expandFinal !== true || last === undefined) return { args: given, marks: noMarks };
  const errors = ev.errorCount;
  const sequence = ev.evaluate(last.expr, env);
  const { marks } = sequence;
  if (ev.errorCount > errors) return { args: undefined, marks };
  const problem = expansionProblem(sequence);
  if (problem !== undefined) {
    ev.fail({ expr: last.expr, env }, evalCatalog["invalid-expansion"], { span: last.expr.span, problem });
    return { args: undefined, marks };
  }
  if (!isKnown(sequence)) return { args: undefined, marks };
  given.pop();
  for (const value of elementsOf(sequence)) given.push({ value, expr: last.expr });
  return { args: given, marks };
}

function expansionProblem(sequence: Value): string | undefined {
  if (isNull(sequence)) return "It is null";
  const { kind } = sequence.type;
  if (kind === "list" || kind === "tuple" || kind === "set" || kind === "dynamic") return undefined;
  return `It is ${friendlyTypeName(sequence.type)}`;
}

function checkCount(site: CallSite, definition: ValueFunction | LazyFunction, args: readonly Argument[]): boolean {
  const { ev, expr } = site;
  const { params, varParam } = definition;
  if (args.length < params.length) {
    const missing = params[args.length] as FunctionParameter;
    ev.report(evalCatalog["missing-argument"], {
      span: expr.closeSpan ?? expr.span,
      context: expr.span,
      name: expr.name,
      expected: countText(params.length, varParam === undefined ? "" : "at least "),
      parameter: missing.name,
    });
    return false;
  }
  if (args.length > params.length && varParam === undefined) {
    ev.report(evalCatalog["extra-argument"], {
      span: (args[params.length] as Argument).expr.span,
      context: expr.span,
      name: expr.name,
      expected: params.length === 0 ? "no arguments" : countText(params.length, "only "),
    });
    return false;
  }
  return true;
}

function countText(count: number, prefix: string): string {
  return `${prefix}${count === 0 ? "no arguments" : count === 1 ? "1 argument" : `${String(count)} arguments`}`;
}

function parameterAt(definition: ValueFunction, index: number): FunctionParameter {
  return (definition.params[index] ?? definition.varParam) as FunctionParameter;
}

function evaluateArgument(site: CallSite, definition: ValueFunction, argument: Argument, index: number): Value {
  const { ev, env } = site;
  const parameter = parameterAt(definition, index);
  const errors = ev.errorCount;
  const value = argument.value ?? ev.evaluate(argument.expr, env);
  if (ev.errorCount > errors) return value;
  const converted = parameter.type.kind === "dynamic" ? value : convert(value, parameter.type);
  if (converted !== value) chargeParts(ev, value);
  if (isValueError(converted)) {
    reportArgument(site, parameter, argument, converted.message);
    return dynamicUnknown;
  }
  if (isNull(converted) && parameter.allowNull !== true) {
    reportArgument(site, parameter, argument, "it must not be null");
  }
  return converted;
}

function applyFunction(
  site: CallSite,
  definition: ValueFunction,
  args: readonly Argument[],
  values: readonly Value[],
): Value {
  const { ev } = site;
  let marks = noMarks;
  let isUnknown = false;
  let hasUntyped = false;
  const plain = values.map((value, index) => {
    const parameter = parameterAt(definition, index);
    if (typeIsUnknown(value) && parameter.allowDynamic !== true) hasUntyped = true;
    if (!isWhollyKnown(value) && parameter.allowUnknown !== true) isUnknown = true;
    if (parameter.allowMarked === true || !containsAnyMark(value)) return value;
    chargeParts(ev, value);
    const unmarked = unmarkDeep(value);
    marks = unionMarks(marks, unmarked.marks);
    return unmarked.value;
  });
  if (hasUntyped) return withMarks(dynamicUnknown, unionMarks(marks, marksOfAll(values)));
  const blame: Blame = { definition, args, masked: marks.sensitive };
  const returnType = definition.returnType(plain);
  if (isFunctionError(returnType)) return failCall(site, blame, returnType);
  if (isUnknown)
    return withMarks(unknownValue(returnType, definition.refinement), unionMarks(marks, marksOfAll(values)));
  if (definition.effect !== undefined) {
    const resolution = resolutionOfEffect(ev, definition.effect, { expr: site.expr, args: values });
    if (resolution !== undefined) return withMarks(resolution.value, marks);
    if (ev.mode === "partial") return withMarks(unknownValue(returnType, definition.refinement), marks);
  }
  if (definition.volatile === true && ev.mode === "partial") {
    return withMarks(unknownValue(returnType, definition.refinement), marks);
  }
  return withMarks(runBody(site, blame, definition, { plain, returnType }), marks);
}

interface PreparedCall {
  readonly plain: readonly Value[];
  readonly returnType: Type;
}

function runBody(site: CallSite, blame: Blame, definition: ValueFunction, call: PreparedCall): Value {
  const { ev } = site;
  const { functions } = ev.scope;
  const context = { host: functions.host, returnType: call.returnType, functions, budget: ev.budget };
  const { partsPerStep } = definition;
  if (partsPerStep !== undefined) for (const value of call.plain) chargeParts(ev, value, partsPerStep);
  // The evaluator reports it.
  if (ev.budget.exceeded !== undefined) return dynamicUnknown;
  const result = withinText(ev, () => definition.call(call.plain, context));
  if (isFunctionError(result)) return failCall(site, blame, result);
  chargeResult(ev, result);
  return definition.refinement === undefined ? result : refineValue(result, definition.refinement);
}

/** Runs what may make a text that is longer than any can be, which is then reported as a limit like any other. */
function withinText<Result extends object>(ev: Evaluator, run: () => Result): Result | Value {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError) || error.message !== "Invalid string length") throw error;
    ev.budget.chargeText(Number.POSITIVE_INFINITY);
    return dynamicUnknown;
  }
}

/** Pays for looking at everything in a value. */
function chargeParts(ev: Evaluator, value: Value, partsPerStep = 1): void {
  ev.budget.charge(Math.floor(sizeOf(value) / (partSize * partsPerStep)));
}

function chargeResult(ev: Evaluator, result: Value): void {
  const { representation } = result;
  if (typeof representation === "string") ev.budget.chargeText(asText(result).length);
  else if (Array.isArray(representation)) ev.budget.charge(representation.length);
}

function marksOfAll(values: readonly Value[]): Marks {
  let marks = noMarks;
  for (const value of values) marks = unionMarks(marks, allMarks(value));
  return marks;
}

function typeIsUnknown(value: Value): boolean {
  return !isKnown(value) && value.type.kind === "dynamic";
}

/** What is needed to say why a call failed. */
interface Blame {
  readonly definition: ValueFunction | LazyFunction;
  readonly args: readonly Argument[];
  /** Sensitive arguments were passed without their marks, so nothing that comes from values may be told. */
  readonly masked: boolean;
}

function failCall(site: CallSite, { definition, args, masked }: Blame, error: FunctionError): Value {
  const { ev, expr, env } = site;
  const { argument: index } = error;
  const parameter = index === undefined ? undefined : (definition.params[index] ?? definition.varParam);
  if (index !== undefined && parameter !== undefined) {
    reportArgument(site, parameter, args[index], problemText(error.message, masked));
  } else {
    ev.fail({ expr, env }, evalCatalog["call-failed"], {
      span: expr.nameSpan ?? expr.span,
      context: expr.span,
      name: expr.name,
      problem: withoutPeriod(sentence(problemText(error.message, masked))),
    });
  }
  return dynamicUnknown;
}

function reportArgument(
  site: CallSite,
  parameter: FunctionParameter,
  argument: Argument | undefined,
  message: string,
): void {
  const { ev, expr, env } = site;
  ev.fail({ expr: argument?.expr ?? expr, env }, evalCatalog["invalid-argument"], {
    span: argument?.expr.span ?? expr.span,
    context: expr.span,
    parameter: parameter.name,
    name: expr.name,
    problem: withoutPeriod(sentence(message)),
  });
}

function withoutPeriod(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

function callLazily(site: CallSite, definition: LazyFunction): Value {
  const { ev, expr, env } = site;
  if (expr.expandFinal === true && definition.syntacticArguments !== undefined) {
    const last = expr.args.at(-1) as Expr;
    const problem = `"${expr.name}" has an argument that is no value, so its arguments must be written out`;
    ev.fail({ expr: last, env }, evalCatalog["invalid-expansion"], { span: last.span, problem });
    return dynamicUnknown;
  }
  const { args, marks: marksOfSequence } = expandArguments(site);
  if (args === undefined) return withMarks(dynamicUnknown, marksOfSequence);
  if (!checkCount(site, definition, args)) return dynamicUnknown;
  const result = definition.evaluateCall({
    args: args.map(expressionOf),
    span: expr.span,
    evaluate: (arg) => ev.evaluate(arg, env),
    attempt: (arg) => {
      const { result: value, diagnostics, failed, postponed } = ev.withhold(() => ev.evaluate(arg, env));
      const messages = diagnostics
        .filter((diagnostic) => diagnostic.severity === "error")
        .map(({ message, detail, primary }) => ({
          message,
          ...(detail === undefined ? {} : { detail }),
          span: primary,
        }));
      const marks = (): Marks => unionMarks(allMarks(value), marksOfInputs(ev, arg, env));
      return { value, ok: !failed, marks, messages, mayFail: postponed > 0 || !isWhollyKnown(value) };
    },
    report: ev.report,
    budget: ev.budget,
  });
  const value = isFunctionError(result) ? failCall(site, { definition, args, masked: false }, result) : result;
  return withMarks(value, marksOfSequence);
}

/** What a lazy function gets for an argument; an element of an expanded sequence has been evaluated. */
function expressionOf({ value, expr }: Argument): Expr {
  return value === undefined ? expr : { kind: "lit", value, span: expr.span };
}
