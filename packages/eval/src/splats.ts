import { splatItemRoot, type SplatExpr } from "@hclbuild/graph";
import {
  dynamicUnknown,
  elementsOf,
  emptyTuple,
  isDefinitelyNotNull,
  isKnown,
  isNull,
  listOf,
  listValue,
  noMarks,
  unknownValue,
  refinementOf,
  tupleOf,
  tupleValue,
  typesEqual,
  unionMarks,
  unmarkShallow,
  withMarks,
  type Marks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator } from "./evaluator.js";
import { withSecretElements } from "./for-expressions.js";

/**
 * `x[*]` and `x.*`. A value that is no sequence is taken as a tuple of itself, or as an empty tuple when it is null. Lists
 * and sets give a list, tuples a tuple; marks of the source stay on the result.
 */
export function evaluateSplat(ev: Evaluator, expr: SplatExpr, env: Environment | undefined): Value {
  const errors = ev.errorCount;
  const source = ev.evaluate(expr.target, env);
  if (ev.errorCount > errors) return withMarks(dynamicUnknown, source.marks);
  const isSequence = source.type.kind === "list" || source.type.kind === "set" || source.type.kind === "tuple";
  if (isNull(source)) {
    if (!isSequence) return withMarks(emptyTuple, source.marks);
    ev.fail({ expr: expr.target, env }, evalCatalog["null-splat"], { span: expr.target.span });
    return withMarks(dynamicUnknown, source.marks);
  }
  if (source.type.kind === "dynamic") return withMarks(dynamicUnknown, source.marks);
  if (isSequence) {
    const { value, marks } = unmarkShallow(source);
    const run = (secrecy: Marks): Value => splatSequence({ ev, expr, env, secrecy }, value);
    return withMarks(withSecretElements(ev, source, run), marks);
  }
  if (!isDefinitelyNotNull(source)) {
    // Null would give no element at all; evaluating one still finds mistakes early.
    const item = evaluateItem(ev, expr, source, env);
    return withMarks(dynamicUnknown, item.marks);
  }
  return withMarks(tupleValue([evaluateItem(ev, expr, source, env)]), source.marks);
}

function evaluateItem(ev: Evaluator, expr: SplatExpr, item: Value, env: Environment | undefined): Value {
  return ev.evaluate(expr.each, { name: splatItemRoot, value: item, parent: env });
}

interface Splat {
  readonly ev: Evaluator;
  readonly expr: SplatExpr;
  readonly env: Environment | undefined;
  /** Marks that the items get. */
  readonly secrecy: Marks;
}

function splatSequence({ ev, expr, env, secrecy }: Splat, source: Value): Value {
  if (!isKnown(source)) return splatUnknown(ev, expr, source, env);
  const { type } = source;
  const items = elementsOf(source);
  const errors = ev.errorCount;
  if (items.length === 0 && type.kind !== "tuple") {
    const element = (type as { readonly element: Type }).element;
    return listValue(evaluateItem(ev, expr, unknownValue(element), env).type, []);
  }
  const results: Value[] = [];
  for (const item of items) {
    results.push(evaluateItem(ev, expr, withMarks(item, secrecy), env));
    if (ev.budget.exceeded !== undefined) return dynamicUnknown;
  }
  const failed = ev.errorCount > errors;
  if (type.kind === "tuple")
    return failed ? unknownValue(tupleOf(results.map((item) => item.type))) : tupleValue(results);
  const element = commonType(results);
  if (element === undefined) {
    if (!failed) {
      const span = expr.markerSpan && expr.span ? { ...expr.markerSpan, end: expr.span.end } : expr.span;
      ev.fail({ expr: expr.target, env }, evalCatalog["inconsistent-splat"], { span });
    }
    return dynamicUnknown;
  }
  return failed ? unknownValue(listOf(element)) : listValue(element, results);
}

/** The type of all, values of unknown type aside; `undefined` when they differ. */
function commonType(values: readonly Value[]): Type | undefined {
  let common: Type | undefined;
  for (const { type } of values) {
    if (type.kind === "dynamic") continue;
    if (common !== undefined && !typesEqual(common, type)) return undefined;
    common = type;
  }
  return common ?? dynamicUnknown.type;
}

function splatUnknown(ev: Evaluator, expr: SplatExpr, source: Value, env: Environment | undefined): Value {
  const { type } = source;
  const errors = ev.errorCount;
  const itemOf = (element: Type): Value => evaluateItem(ev, expr, unknownValue(element), env);
  if (type.kind === "tuple") {
    const items = type.elements.map(itemOf);
    const types = items.map((item) => item.type);
    const marks = items.reduce((all, item) => unionMarks(all, item.marks), noMarks);
    if (ev.errorCount > errors) return unknownValue(tupleOf(types));
    return withMarks(unknownValue(tupleOf(types), { notNull: true }), marks);
  }
  const item = itemOf((type as { readonly element: Type }).element);
  if (ev.errorCount > errors) return unknownValue(listOf(item.type));
  const { lengthRange } = refinementOf(source);
  const refinement = { notNull: true, ...(lengthRange === undefined ? {} : { lengthRange }) };
  return withMarks(unknownValue(listOf(item.type), refinement), item.marks);
}
