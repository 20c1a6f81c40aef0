import type { CatalogEntry, Report } from "@hclbuild/diagnostics";
import type { GoCommand, GoOperand, GoPipeline, GoRange, GoTemplate } from "../ast.js";
import { goTemplateCatalog as catalog } from "../catalog.js";
import { placeOf, spanOf } from "../place.js";
import { builtinFunctions } from "./builtins.js";
import { isGoFailure, type GoFailure, type GoFunction, type GoFunctionTable, type GoParameter } from "./functions.js";
import { describeValue, isGoMap, isTruthy, type GoValue } from "./values.js";

/** UTF-16 units of text one rendering may produce. */
const sizeLimit = 64 * 1024 * 1024;

/** Ends a rendering after its error has been reported. */
export class StopRendering extends Error {
  override readonly name = "StopRendering";
}

/** What one rendering carries along. */
export interface RenderState {
  readonly template: GoTemplate;
  readonly functions: GoFunctionTable;
  readonly missingKey: "error" | "default" | "zero";
  readonly root: GoValue;
  variables: { readonly name: string; value: GoValue }[];
  readonly report: Report;
  stepsLeft: number;
  readonly output: string[];
  size: number;
  callDepth: number;
}

/** The value that a pipeline hands to its next command, when there is one. */
type Piped = { readonly value: GoValue } | undefined;

/** Evaluates a pipeline and sets its variables. */
export function evaluatePipeline(pipeline: GoPipeline, dot: GoValue, state: RenderState): GoValue {
  let piped: Piped;
  for (const command of pipeline.commands) {
    const value = evaluateCommand(command, dot, piped, state);
    // A nil that was found and a key that is missing are the same from here on, as in Go.
    piped = { value: value === null ? undefined : value };
  }
  const result = piped?.value;
  for (const name of pipeline.variables) {
    if (!pipeline.isAssignment) state.variables.push({ name, value: result });
    else {
      const slot = state.variables.findLast((variable) => variable.name === name);
      if (slot !== undefined) slot.value = result;
    }
  }
  return result;
}

function evaluateCommand(command: GoCommand, dot: GoValue, piped: Piped, state: RenderState): GoValue {
  const head = command.operands[0] as GoOperand;
  if (head.kind === "function") return evaluateCall(head, command.operands.slice(1), { dot, piped }, state);
  if (command.operands.length > 1 || piped !== undefined) {
    fail(
      catalog["not-a-function"],
      head,
      { operand: state.template.text.slice(head.start, head.end).slice(0, 40) },
      state,
    );
  }
  if (head.kind === "nil") fail(catalog["invalid-command"], head, {}, state);
  return evaluateOperand(head, dot, state);
}

/** Value of an operand that stands as an argument or alone. */
function evaluateOperand(operand: GoOperand, dot: GoValue, state: RenderState): GoValue {
  switch (operand.kind) {
    case "dot":
      return dot;
    case "nil":
      return null;
    case "bool":
    case "string":
    case "number":
      return operand.value;
    case "field":
      return readFields(dot, operand.names, operand, state);
    case "variable": {
      const slot = state.variables.findLast((variable) => variable.name === operand.name);
      return readFields(slot?.value, operand.names, operand, state);
    }
    case "chain":
      return readFields(evaluateOperand(operand.target, dot, state), operand.names, operand, state);
    case "pipeline":
      return evaluatePipeline(operand.pipeline, dot, state);
    case "function":
      return evaluateCall(operand, [], { dot, piped: undefined }, state);
  }
}

function readFields(base: GoValue, names: readonly string[], range: GoRange, state: RenderState): GoValue {
  let value = base;
  for (const [index, name] of names.entries()) {
    if (value === undefined) {
      if (state.missingKey === "error") missingKey(names.slice(0, index + 1), undefined, range, state);
      continue;
    }
    if (!isGoMap(value)) fail(catalog["cannot-access-field"], range, { name, type: describeValue(value) }, state);
    if (value.has(name)) {
      value = value.get(name) ?? null;
      continue;
    }
    if (state.missingKey === "error") missingKey(names.slice(0, index + 1), value, range, state);
    value = state.missingKey === "zero" ? "" : undefined;
  }
  return value;
}

function missingKey(
  names: readonly string[],
  map: ReadonlyMap<string, GoValue> | undefined,
  range: GoRange,
  state: RenderState,
): never {
  const keys = map === undefined ? [] : [...map.keys()].toSorted();
  const available = keys.length > 0 && keys.length <= 20 ? keys.map((key) => `.${key}`).join(", ") : undefined;
  state.report(catalog["missing-key"], {
    name: `.${names.join(".")}`,
    available,
    place: placeOf(state.template.text, range.start),
    ...spanOf(state.template, range),
  });
  throw new StopRendering();
}

interface CallPlace {
  readonly dot: GoValue;
  readonly piped: Piped;
}

function evaluateCall(
  head: GoOperand & { readonly kind: "function" },
  operands: readonly GoOperand[],
  { dot, piped }: CallPlace,
  state: RenderState,
): GoValue {
  const { name } = head;
  const definition = lookUp(name, state.functions);
  if (definition === undefined) return evaluateLazily(head, operands, { dot, piped }, state);
  const got = operands.length + (piped === undefined ? 0 : 1);
  checkCount(head, definition, got, state);
  const args = operands.map((operand, index) =>
    toParameter(evaluateOperand(operand, dot, state), { definition, index, range: operand, name }, state),
  );
  if (piped !== undefined) {
    args.push(toParameter(piped.value, { definition, index: args.length, range: head, name }, state));
  }
  const outcome = callFunction(definition, args, head, state);
  if (isGoFailure(outcome)) fail(catalog["function-failed"], head, { name, reason: outcome.failure }, state);
  return outcome;
}

function callFunction(
  definition: GoFunction,
  args: readonly GoValue[],
  head: GoOperand,
  state: RenderState,
): GoValue | GoFailure {
  let outcome: GoValue | GoFailure;
  try {
    outcome = definition.call(args);
  } catch (error) {
    // Before it exhausts the memory, the engine refuses to make a text of half a billion characters.
    if (error instanceof RangeError && error.message === "Invalid string length") spendText(Infinity, head, state);
    throw error;
  }
  if (typeof outcome === "string") spendText(outcome.length, head, state);
  return outcome;
}

/** Counts text that a rendering makes, in functions too, since they could double it with each call. */
export function spendText(length: number, range: GoRange, state: RenderState): void {
  state.size += length;
  if (state.size > sizeLimit) tooMuch(`${sizeLimit} characters`, range, state);
}

/** Reports that a limit is reached and ends the rendering. */
export function tooMuch(limit: string, range: GoRange, state: RenderState): never {
  state.report(catalog["too-much-work"], { limit, ...spanOf(state.template, range) });
  throw new StopRendering();
}

/** The function of a name; the caller's come first. */
export function lookUp(name: string, functions: GoFunctionTable): GoFunction | undefined {
  if (Object.hasOwn(functions, name)) return functions[name];
  return Object.hasOwn(builtinFunctions, name) ? builtinFunctions[name] : undefined;
}

/** `and` and `or` stop at the first argument that decides. */
function evaluateLazily(
  head: GoOperand & { readonly kind: "function" },
  operands: readonly GoOperand[],
  { dot, piped }: CallPlace,
  state: RenderState,
): GoValue {
  if (operands.length === 0 && piped === undefined) {
    fail(catalog["argument-count"], head, { name: head.name, got: 0, want: "at least 1" }, state);
  }
  let value: GoValue;
  for (const operand of operands) {
    value = evaluateOperand(operand, dot, state);
    if (isTruthy(value) === (head.name === "or")) return value;
  }
  return piped === undefined ? value : piped.value;
}

function checkCount(
  head: GoOperand & { readonly kind: "function" },
  definition: GoFunction,
  got: number,
  state: RenderState,
): void {
  const most = definition.params.length;
  const least = most - (definition.optional ?? 0);
  if (got >= least && (got <= most || definition.rest !== undefined)) return;
  const want =
    definition.rest !== undefined ? `at least ${least}` : least === most ? String(most) : `${least} to ${most}`;
  fail(catalog["argument-count"], head, { name: head.name, got, want }, state);
}

const parameterTexts: Readonly<Record<GoParameter, string>> = {
  any: "a value",
  string: "a text",
  int: "a whole number",
  bool: "true or false",
};

function toParameter(
  value: GoValue,
  place: { readonly definition: GoFunction; readonly index: number; readonly range: GoRange; readonly name: string },
  state: RenderState,
): GoValue {
  const { definition, index, range, name } = place;
  const want = definition.params[index] ?? definition.rest ?? "any";
  if (want === "any") return value === undefined ? null : value;
  if (typeof value === (want === "int" ? "bigint" : want === "bool" ? "boolean" : "string")) return value;
  // A number literal such as 2.0 is a whole number where one is wanted.
  if (want === "int" && typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  const got = describeValue(value);
  fail(catalog["argument-type"], range, { name, position: index + 1, want: parameterTexts[want], got }, state);
}

function fail<Names extends string>(
  entry: CatalogEntry<Names>,
  range: GoRange,
  texts: Readonly<Record<string, string | number>>,
  state: RenderState,
): never {
  const args = { ...texts, place: placeOf(state.template.text, range.start), ...spanOf(state.template, range) };
  state.report(entry, args as never);
  throw new StopRendering();
}
