import { numCompare } from "./number.js";
import { numEqual } from "./number-text.js";
import { noRefinement, refinementsEqual, notNullRefinement, type NumberBound, type Refinement } from "./refinement.js";
import { isCollectionType, type CollectionType, type Type } from "./type.js";
import {
  isKnown,
  isNull,
  isWhollyKnown,
  listValue,
  mapValue,
  numberValue,
  orderedSet,
  plainUnknownValue,
  refinedUnknown,
  refinementOf,
  withMarks,
  type Value,
} from "./value.js";
import type { HclNumber } from "./number.js";

/**
 * An unknown value of a type. Parts of the refinement that do not apply to the type or say nothing are dropped; when
 * what is left allows one value only, that value is returned: a non-null empty collection, a number between equal
 * bounds, a list of `n` unknown elements. Nothing can be refined about a value of unknown type.
 */
export function unknownValue(type: Type, refinement?: Refinement): Value {
  if (refinement === undefined || type.kind === "dynamic") return plainUnknownValue(type);
  const reduced = reduceRefinement(type, refinement);
  if (reduced === noRefinement) return plainUnknownValue(type);
  if (reduced.notNull === true) {
    const only = onlyValue(type, reduced);
    if (only !== undefined) return only;
  }
  return refinedUnknown(type, reduced);
}

function reduceRefinement(type: Type, refinement: Refinement): Refinement {
  const notNull = refinement.notNull === true ? { notNull: true } : {};
  if (type.kind === "string" && refinement.stringPrefix !== undefined && refinement.stringPrefix !== "") {
    return { ...notNull, stringPrefix: refinement.stringPrefix.normalize("NFC") };
  }
  if (type.kind === "number" && refinement.numberRange !== undefined) {
    const { minimum, maximum } = refinement.numberRange;
    const range = {
      ...(minimum === undefined || minimum.value === -Infinity ? {} : { minimum }),
      ...(maximum === undefined || maximum.value === Infinity ? {} : { maximum }),
    };
    if ("minimum" in range || "maximum" in range) return { ...notNull, numberRange: range };
  }
  if (isCollectionType(type) && refinement.lengthRange !== undefined) {
    const { minimum, maximum } = refinement.lengthRange;
    if (minimum > 0 || maximum !== undefined) {
      return { ...notNull, lengthRange: { minimum, ...(maximum === undefined ? {} : { maximum }) } };
    }
  }
  return refinement.notNull === true ? notNullRefinement : noRefinement;
}

/** Lists known to have more elements than this stay unknown as a whole. */
const maximumExpandedLength = 10_000;

function onlyValue(type: Type, refinement: Refinement): Value | undefined {
  const { minimum, maximum } = refinement.numberRange ?? {};
  if (minimum?.inclusive === true && maximum?.inclusive === true && numEqual(minimum.value, maximum.value)) {
    return numberValue(minimum.value);
  }
  const length = refinement.lengthRange;
  if (length === undefined || length.minimum !== length.maximum) return undefined;
  return collectionOfLength(type as CollectionType, length.minimum);
}

function collectionOfLength(type: CollectionType, length: number): Value | undefined {
  const { element } = type;
  if (type.kind === "map") return length === 0 ? mapValue(element, {}) : undefined;
  if (type.kind === "set") {
    if (length > 1) return undefined;
    return orderedSet(element, length === 0 ? [] : [plainUnknownValue(element)]);
  }
  if (length > maximumExpandedLength) return undefined;
  return listValue(element, Array.from<Value>({ length }).fill(plainUnknownValue(element)));
}

/**
 * Adds what is known to an unknown value; known values and values of unknown type are returned as they are. The
 * caller guarantees that the refinement holds.
 */
export function refineValue(value: Value, refinement: Refinement): Value {
  if (isKnown(value) || value.type.kind === "dynamic") return value;
  const before = refinementOf(value);
  const merged = mergeRefinements(before, refinement);
  if (refinementsEqual(before, merged)) return value;
  return withMarks(unknownValue(value.type, merged), value.marks);
}

/** The same for the most frequent fact. */
export function refineNotNull(value: Value): Value {
  return refineValue(value, notNullRefinement);
}

/** What holds when both hold. */
export function mergeRefinements(a: Refinement, b: Refinement): Refinement {
  const minimum = tighterBound(a.numberRange?.minimum, b.numberRange?.minimum, 1);
  const maximum = tighterBound(a.numberRange?.maximum, b.numberRange?.maximum, -1);
  const prefixA = a.stringPrefix ?? "";
  const prefixB = b.stringPrefix ?? "";
  const prefix = prefixA.length >= prefixB.length ? prefixA : prefixB;
  const shortest = Math.max(a.lengthRange?.minimum ?? 0, b.lengthRange?.minimum ?? 0);
  const longest = Math.min(a.lengthRange?.maximum ?? Infinity, b.lengthRange?.maximum ?? Infinity);
  return {
    ...(a.notNull === true || b.notNull === true ? { notNull: true } : {}),
    ...(prefix === "" ? {} : { stringPrefix: prefix }),
    ...(minimum === undefined && maximum === undefined
      ? {}
      : { numberRange: { ...(minimum ? { minimum } : {}), ...(maximum ? { maximum } : {}) } }),
    ...(shortest === 0 && longest === Infinity
      ? {}
      : { lengthRange: { minimum: shortest, ...(longest === Infinity ? {} : { maximum: longest }) } }),
  };
}

function tighterBound(
  a: NumberBound | undefined,
  b: NumberBound | undefined,
  direction: 1 | -1,
): NumberBound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const order = numCompare(a.value, b.value) * direction;
  return order > 0 || (order === 0 && !a.inclusive) ? a : b;
}

/** Whether the value is known not to be null, although it may be unknown otherwise. */
export function isDefinitelyNotNull(value: Value): boolean {
  return isKnown(value) ? !isNull(value) : refinementOf(value).notNull === true;
}

/** Bounds of a number, known or not. A number without a bound is bounded by an infinity. */
export function numberBoundsOf(value: Value): { readonly minimum: NumberBound; readonly maximum: NumberBound } {
  if (isKnown(value) && !isNull(value)) {
    const bound = { value: value.representation as HclNumber, inclusive: true };
    return { minimum: bound, maximum: bound };
  }
  const range = refinementOf(value).numberRange;
  return {
    minimum: range?.minimum ?? { value: -Infinity, inclusive: false },
    maximum: range?.maximum ?? { value: Infinity, inclusive: false },
  };
}

/** Whether a known, non-null value lies in the range of an unknown one as far as can be told. */
export function mayBecome(unknown: Value, value: Value): boolean {
  const { notNull, stringPrefix, numberRange, lengthRange } = refinementOf(unknown);
  if (isNull(value)) return notNull !== true;
  const { representation } = value;
  if (stringPrefix !== undefined && typeof representation === "string") return representation.startsWith(stringPrefix);
  if (numberRange !== undefined && value.type.kind === "number") {
    const n = representation as HclNumber;
    return satisfiesBound(n, numberRange.minimum, 1) && satisfiesBound(n, numberRange.maximum, -1);
  }
  if (lengthRange !== undefined && isCollectionType(value.type)) {
    const size = Array.isArray(representation)
      ? representation.length
      : (representation as ReadonlyMap<string, Value>).size;
    // Unknown elements of a set may turn out equal, so its size is an upper bound only.
    const exact = value.type.kind !== "set" || isWhollyKnown(value);
    return size >= lengthRange.minimum && (!exact || size <= (lengthRange.maximum ?? Infinity));
  }
  return true;
}

function satisfiesBound(n: HclNumber, bound: NumberBound | undefined, direction: 1 | -1): boolean {
  if (bound === undefined) return true;
  const order = numCompare(n, bound.value) * direction;
  return order > 0 || (order === 0 && bound.inclusive);
}
