import { marksEqual, unionMarks } from "./marks.js";
import { allMarks } from "./mark-values.js";
import type { HclNumber } from "./number.js";
import { numEqual } from "./number-text.js";
import { notNullRefinement, refinementsEqual } from "./refinement.js";
import { equalityKey } from "./set.js";
import { boolType, hasDynamic, typesEqual, type Type } from "./type.js";
import { isDefinitelyNotNull, mayBecome, unknownValue } from "./unknown.js";
import { boolValue, isKnown, isNull, isWhollyKnown, refinementOf, withMarks, type Value } from "./value.js";

/**
 * HCL's `==`: a bool, unknown (but not null) as long as unknown parts can decide it either way. Known parts that differ
 * decide it at once, wherever they stand. Values of different
 * types are unequal; nothing is converted. The result carries the marks of both operands and of all their parts, also
 * where a null decides it, as in HCL.
 */
export function equalValues(a: Value, b: Value): Value {
  const marks = unionMarks(allMarks(a), allMarks(b));
  const equal = areEqual(a, b, typesEqual(a.type, b.type));
  return withMarks(equal === undefined ? unknownValue(boolType, notNullRefinement) : boolValue(equal), marks);
}

/**
 * `undefined` when it depends on what is unknown. Parts of values of one type have one type, so types are compared at
 * the top alone.
 */
function areEqual(a: Value, b: Value, sameType: boolean): boolean | undefined {
  if (isNull(a) && isDefinitelyNotNull(b)) return false;
  if (isNull(b) && isDefinitelyNotNull(a)) return false;
  if (!isKnown(a) || !isKnown(b)) return compareWithUnknown(a, b, sameType);
  if (isNull(a) || isNull(b)) return isNull(a) && isNull(b);
  if (!sameType) {
    // Only unknown parts can still change a type; an empty list of any type has its type for good.
    if (isWhollyKnown(a) && isWhollyKnown(b)) return false;
    return hasDynamic(a.type) || hasDynamic(b.type) ? compareOpenTypes(a, b) : false;
  }
  return compareKnown(a, b);
}

function compareWithUnknown(a: Value, b: Value, sameType: boolean): boolean | undefined {
  const unknown = isKnown(a) ? b : a;
  const other = isKnown(a) ? a : b;
  if (isKnown(other)) {
    if (isNull(other)) return undefined;
    if (!mayBecome(unknown, other)) return false;
    if (hasDynamic(unknown.type) || hasDynamic(other.type))
      return typesMayMatch(unknown.type, other.type) ? undefined : false;
    return sameType ? undefined : false;
  }
  return undefined;
}

/** Values whose types hold `dynamic` somewhere: nulls or unknowns of unknown type. */
function compareOpenTypes(a: Value, b: Value): boolean | undefined {
  return typesMayMatch(a.type, b.type) ? undefined : false;
}

function typesMayMatch(a: Type, b: Type): boolean {
  if (a.kind === "dynamic" || b.kind === "dynamic") return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
    case "set":
    case "map":
      return typesMayMatch(a.element, (b as typeof a).element);
    case "tuple": {
      const other = (b as typeof a).elements;
      return (
        a.elements.length === other.length &&
        a.elements.every((type, index) => typesMayMatch(type, other[index] as Type))
      );
    }
    case "object": {
      const other = (b as typeof a).attributes;
      const names = Object.keys(a.attributes);
      return (
        names.length === Object.keys(other).length &&
        names.every((name) => {
          const type = other[name];
          return type !== undefined && typesMayMatch(a.attributes[name] as Type, type);
        })
      );
    }
    default:
      return true;
  }
}

function compareKnown(a: Value, b: Value): boolean | undefined {
  const left = a.representation;
  const right = b.representation;
  if (left === right) return isWhollyKnown(a) ? true : undefined;
  switch (a.type.kind) {
    case "string":
    case "bool":
      return false;
    case "number":
      return numEqual(left as HclNumber, right as HclNumber);
    case "set":
      return compareSets(a, b);
    case "map":
    case "object":
      return compareMaps(left as ReadonlyMap<string, Value>, right as ReadonlyMap<string, Value>);
    default:
      return compareLists(left as readonly Value[], right as readonly Value[]);
  }
}

function compareLists(a: readonly Value[], b: readonly Value[]): boolean | undefined {
  if (a.length !== b.length) return false;
  let result: boolean | undefined = true;
  for (let index = 0; index < a.length; index++) {
    const equal = areEqual(a[index] as Value, b[index] as Value, true);
    if (equal === false) return false;
    if (equal === undefined) result = undefined;
  }
  return result;
}

function compareMaps(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean | undefined {
  if (a.size !== b.size) return false;
  let result: boolean | undefined = true;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined) return false;
    const equal = areEqual(value, other, true);
    if (equal === false) return false;
    if (equal === undefined) result = undefined;
  }
  return result;
}

/** Sets with unknowns are compared pair by pair only up to this many pairs; beyond, the answer is "depends". */
const maximumPairs = 10_000;

function compareSets(a: Value, b: Value): boolean | undefined {
  if (isWhollyKnown(a) && isWhollyKnown(b)) return equalityKey(a) === equalityKey(b);
  const left = a.representation as readonly Value[];
  const right = b.representation as readonly Value[];
  if (left.length * right.length > maximumPairs) return undefined;
  // An element that can equal none of the other set makes the sets differ whatever the unknowns become.
  const stranger = (element: Value, others: readonly Value[]): boolean =>
    others.every((other) => areEqual(element, other, true) === false);
  if (left.some((element) => stranger(element, right)) || right.some((element) => stranger(element, left)))
    return false;
  return undefined;
}

/**
 * Whether two values are the same in everything that can be told: type, content, marks, unknowns and refinements.
 * For tests and for noticing change; the language's equality is {@link equalValues}.
 */
export function rawEquals(a: Value, b: Value): boolean {
  if (a === b) return true;
  return typesEqual(a.type, b.type) && contentEquals(a, b);
}

function contentEquals(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (!marksEqual(a.marks, b.marks)) return false;
  if (!isKnown(a) || !isKnown(b)) {
    return !isKnown(a) && !isKnown(b) && refinementsEqual(refinementOf(a), refinementOf(b));
  }
  const left = a.representation;
  const right = b.representation;
  if (left === null || right === null) return left === right;
  if (Array.isArray(left)) {
    const other = right as readonly Value[];
    return (
      left.length === other.length &&
      (left as readonly Value[]).every((part, index) => contentEquals(part, other[index] as Value))
    );
  }
  if (left instanceof Map) {
    const other = right as ReadonlyMap<string, Value>;
    if (left.size !== other.size) return false;
    for (const [name, part] of left as ReadonlyMap<string, Value>) {
      const match = other.get(name);
      if (match === undefined || !contentEquals(part, match)) return false;
    }
    return true;
  }
  return a.type.kind === "number" ? numEqual(left as HclNumber, right as HclNumber) : left === right;
}
