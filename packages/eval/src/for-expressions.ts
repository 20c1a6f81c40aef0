import type { Expr, ForExpr } from "@hclbuild/graph";
import {
  allMarks,
  asText,
  boolType,
  convert,
  dynamicUnknown,
  elementsOf,
  entriesOf,
  entryMapOf,
  friendlyTypeName,
  isKnown,
  isNull,
  isValueError,
  noMarks,
  numberValue,
  objectValue,
  stringType,
  stringValue,
  tupleValue,
  unionMarks,
  withMarks,
  type Marks,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator } from "./evaluator.js";
import { sentence } from "./operators.js";
import { marksOfInputs } from "./shown-values.js";
import { shorten } from "./traverse.js";

/** Iterations that fail; more of them would only repeat the same diagnostics. */
const maximumFailures = 10;

/** State of one loop. */
interface Loop {
  readonly ev: Evaluator;
  readonly expr: ForExpr;
  readonly env: Environment | undefined;
  /** Marks that the elements get. */
  readonly secrecy: Marks;
  /** Marks of the collection, the keys and the conditions: they shape the result as a whole. */
  marks: Marks;
  /** Whether the result's shape can be told. */
  isKnown: boolean;
}

/**
 * `[for …]` and `{for …}`. The result is a tuple or object; it is unknown as a whole when the collection, a condition or
 * a key is. Marks of collection, keys and conditions are the result's, marks of values stay on the elements.
 */
export function evaluateFor(ev: Evaluator, expr: ForExpr, env: Environment | undefined): Value {
  const errors = ev.errorCount;
  const collection = ev.evaluate(expr.collection, env);
  if (ev.errorCount > errors) return withMarks(dynamicUnknown, collection.marks);
  const problem = iterationProblem(collection);
  if (problem !== undefined) {
    const place = { expr: expr.collection, env };
    ev.fail(place, evalCatalog["not-iterable"], { span: expr.collection.span, problem });
    return withMarks(dynamicUnknown, collection.marks);
  }
  if (!isKnown(collection)) {
    // As in HCL, which does so where at least the type is known.
    if (collection.type.kind !== "dynamic")
      hasWrongCondition({ ev, expr, env, secrecy: collection.marks, marks: noMarks, isKnown: false });
    // What the body would contribute cannot be told from what it could.
    return withMarks(dynamicUnknown, unionMarks(collection.marks, marksOfInputs(ev, expr, env)));
  }
  return withSecretElements(ev, collection, (secrecy) => {
    const loop: Loop = { ev, expr, env, secrecy, marks: collection.marks, isKnown: true };
    if (isEmpty(collection) && hasWrongCondition(loop)) return withMarks(dynamicUnknown, loop.marks);
    return expr.keyExpr === undefined ? runTuple(loop, collection) : runObject(loop, collection, expr.keyExpr);
  });
}

/**
 * Runs what looks at the elements of a collection. Marks of the collection are the result's, not the elements'; so that
 * diagnostics tell nothing of a sensitive collection, a run with errors is repeated with those marks on its elements.
 */
export function withSecretElements(ev: Evaluator, collection: Value, run: (secrecy: Marks) => Value): Value {
  if (!collection.marks.sensitive) return run(noMarks);
  const attempt = ev.withhold(() => run(noMarks));
  if (attempt.failed) return run(collection.marks);
  ev.release(attempt);
  return attempt.result;
}

/** Why a value cannot be iterated over; `undefined` when it can, as far as is known. */
export function iterationProblem(collection: Value): string | undefined {
  if (isNull(collection)) return "It is null";
  const { kind } = collection.type;
  if (kind === "string" || kind === "number" || kind === "bool") return `It is a ${friendlyTypeName(collection.type)}`;
  return undefined;
}

/** Keys and values of a known collection in iteration order. The elements of a set are their own keys. */
export function* iterationsOf(collection: Value): Generator<readonly [Value, Value]> {
  switch (collection.type.kind) {
    case "map":
    case "object":
      for (const [key, value] of entriesOf(collection)) yield [stringValue(key), value];
      return;
    case "set":
      for (const element of elementsOf(collection)) yield [element, element];
      return;
    default: {
      let index = 0;
      for (const element of elementsOf(collection)) yield [numberValue(index++), element];
    }
  }
}

/** Calls `use` with the environment of each iteration that the condition lets through. */
function iterate(loop: Loop, collection: Value, use: (env: Environment) => void): void {
  const kind = collection.type.kind;
  let failures = 0;
  const visit = (key: Value, value: Value): boolean => {
    const { ev } = loop;
    const errors = ev.errorCount;
    if (!visitOne(loop, withMarks(key, loop.secrecy), withMarks(value, loop.secrecy), use)) return false;
    if (ev.budget.exceeded === undefined && (ev.errorCount === errors || ++failures < maximumFailures)) return true;
    loop.isKnown = false;
    return false;
  };
  if (kind === "map" || kind === "object") {
    for (const [key, value] of entryMapOf(collection)) if (!visit(stringValue(key), value)) return;
    return;
  }
  const elements = elementsOf(collection);
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index] as Value;
    // A loop without a name for the key needs none.
    const key = kind === "set" || loop.expr.keyVar === undefined ? element : numberValue(index);
    if (!visit(key, element)) return;
  }
}

function isEmpty(collection: Value): boolean {
  const { kind } = collection.type;
  return kind === "map" || kind === "object" ? entryMapOf(collection).size === 0 : elementsOf(collection).length === 0;
}

/** Reports a condition that is wrong whatever the elements are. A loop without elements would never ask it. */
function hasWrongCondition(loop: Loop): boolean {
  const { condition } = loop.expr;
  if (condition === undefined) return false;
  const element = withMarks(dynamicUnknown, loop.secrecy);
  return evaluateClause({ ...loop }, condition, iteration(loop, element, element)) === "invalid";
}

function iteration({ expr, env }: Loop, key: Value, value: Value): Environment {
  const outer: Environment | undefined =
    expr.keyVar === undefined ? env : { name: expr.keyVar, value: key, parent: env };
  return { name: expr.valueVar, value, parent: outer };
}

/** One iteration. False when no further one makes sense. */
function visitOne(loop: Loop, key: Value, value: Value, use: (env: Environment) => void): boolean {
  const { expr } = loop;
  const inner = iteration(loop, key, value);
  const condition = expr.condition === undefined ? "true" : evaluateClause(loop, expr.condition, inner);
  if (condition === "true") use(inner);
  // A condition that is no bool is none in every iteration.
  return condition !== "invalid";
}

function evaluateClause(loop: Loop, condition: Expr, env: Environment): "true" | "false" | "unknown" | "invalid" {
  const { ev } = loop;
  const errors = ev.errorCount;
  const value = ev.evaluate(condition, env);
  loop.marks = unionMarks(loop.marks, value.marks);
  if (ev.errorCount > errors) {
    loop.isKnown = false;
    return "invalid";
  }
  const converted = isNull(value) ? undefined : convert(value, boolType);
  if (converted === undefined || isValueError(converted)) {
    const problem = converted === undefined ? "It is null" : sentence(converted.message);
    ev.fail({ expr: condition, env }, evalCatalog["invalid-for-condition"], { span: condition.span, problem });
    loop.isKnown = false;
    return "invalid";
  }
  if (!isKnown(converted)) {
    loop.isKnown = false;
    return "unknown";
  }
  return converted.representation === true ? "true" : "false";
}

function runTuple(loop: Loop, collection: Value): Value {
  const elements: Value[] = [];
  iterate(loop, collection, (env) => elements.push(loop.ev.evaluate(loop.expr.valueExpr, env)));
  return loop.isKnown ? withMarks(tupleValue(elements), loop.marks) : unknownResult(loop, elements);
}

function unknownResult(loop: Loop, parts: Iterable<Value>): Value {
  let { marks } = loop;
  for (const part of parts) marks = unionMarks(marks, allMarks(part));
  return withMarks(dynamicUnknown, marks);
}

function runObject(loop: Loop, collection: Value, keyExpr: Expr): Value {
  const groups = new Map<string, Value[]>();
  const all: Value[] = [];
  iterate(loop, collection, (env) => {
    const key = evaluateKey(loop, keyExpr, env);
    const value = loop.ev.evaluate(loop.expr.valueExpr, env);
    all.push(value);
    if (key === undefined) return;
    const group = groups.get(key.text);
    if (group === undefined) groups.set(key.text, [value]);
    else if (loop.expr.grouping) group.push(value);
    else reportDuplicate(loop, keyExpr, env, key);
  });
  if (!loop.isKnown) return unknownResult(loop, all);
  const attributes = new Map<string, Value>();
  for (const [name, group] of groups) {
    attributes.set(name, loop.expr.grouping ? tupleValue(group) : (group[0] as Value));
  }
  return withMarks(objectValue(attributes), loop.marks);
}

function reportDuplicate(loop: Loop, keyExpr: Expr, env: Environment, key: ItemKey): void {
  const shown = key.isSensitive ? "(sensitive)" : shorten(key.text);
  loop.ev.fail({ expr: keyExpr, env }, evalCatalog["duplicate-key"], { span: keyExpr.span, key: shown });
}

interface ItemKey {
  readonly text: string;
  readonly isSensitive: boolean;
}

function evaluateKey(loop: Loop, keyExpr: Expr, env: Environment): ItemKey | undefined {
  const { ev } = loop;
  const errors = ev.errorCount;
  const value = ev.evaluate(keyExpr, env);
  loop.marks = unionMarks(loop.marks, value.marks);
  if (ev.errorCount > errors) {
    loop.isKnown = false;
    return undefined;
  }
  const converted = isNull(value) ? undefined : convert(value, stringType);
  if (converted === undefined || isValueError(converted)) {
    const problem = converted === undefined ? "It is null" : sentence(converted.message);
    ev.fail({ expr: keyExpr, env }, evalCatalog["invalid-key"], { span: keyExpr.span, problem });
    loop.isKnown = false;
    return undefined;
  }
  if (!isKnown(converted)) {
    loop.isKnown = false;
    return undefined;
  }
  return { text: asText(converted), isSensitive: value.marks.sensitive };
}
