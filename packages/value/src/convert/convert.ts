import type { Refinement } from "../refinement.js";
import {
  attributeNames,
  isCollectionType,
  isPrimitiveType,
  mapOf,
  objectOf,
  tupleOf,
  typesEqual,
  withoutOptional,
  type CollectionType,
  type Type,
} from "../type.js";
import { isDefinitelyNotNull, unknownValue } from "../unknown.js";
import { isKnown, isNull, nullValue, refinementOf, withMarks, type Value } from "../value.js";
import { containsMark, unmarkShallow } from "../mark-values.js";
import { isEmptyMarks } from "../marks.js";
import { valueError, type ValueError } from "../value-error.js";
import { planCollection, planFromObject, planFromTuple, planMap } from "./collection.js";
import type { Conversion, Planner, Unification } from "./conversion.js";
import { describeMismatch } from "./mismatch.js";
import { planPrimitive } from "./primitive.js";
import { planMapToObject, planObject, planTuple } from "./structural.js";
import { unifyAll } from "./unify.js";

const planner: Planner = {
  plan: planConversion,
  unify: (types, unsafe) => unifyAll(planner, types, unsafe),
  mismatch: (got, want) => describeMismatch(planner, got, want),
};

function planConversion(from: Type, to: Type, unsafe: boolean): Conversion | undefined {
  const known = planKnown(from, to, unsafe);
  if (known === undefined) return undefined;
  const convertPlain: Conversion = (value) => {
    if (to.kind === "dynamic") return value;
    if (!isKnown(value)) return convertUnknown(value, replaceDynamic(value.type, withoutOptional(to)));
    if (isNull(value)) return nullValue(replaceDynamic(value.type, withoutOptional(to)));
    return known(value);
  };
  return (value) => {
    if (isEmptyMarks(value.marks)) return convertPlain(value);
    const { value: plain, marks } = unmarkShallow(value);
    const result = convertPlain(plain);
    if (!("kind" in result)) return withMarks(result, marks);
    // The way to a part can name keys of a map, which are as secret as the map.
    return marks.sensitive ? valueError(withoutKeys(result.message)) : result;
  };
}

/** Plans for known, non-null, unmarked values. */
function planKnown(from: Type, to: Type, unsafe: boolean): Conversion | undefined {
  if (to.kind === "dynamic") return (value) => value;
  if (from.kind === "dynamic") return unsafe ? (value) => convert(value, to) : undefined;
  if (isPrimitiveType(from) && isPrimitiveType(to)) return planPrimitive(from, to, unsafe);
  switch (to.kind) {
    case "object":
      if (from.kind === "object") return planObject(planner, from, to, unsafe);
      return from.kind === "map" && unsafe ? planMapToObject(planner, from, to) : undefined;
    case "tuple":
      return from.kind === "tuple" ? planTuple(planner, from, to, unsafe) : undefined;
    case "map":
      if (from.kind === "map") return planMap(planner, from, to, unsafe);
      return from.kind === "object" ? planFromObject(planner, from, to, unsafe) : undefined;
    case "list":
    case "set":
      if (from.kind === "list" || from.kind === "set") return planCollection(planner, from, to, unsafe);
      return from.kind === "tuple" ? planFromTuple(planner, from, to, unsafe) : undefined;
    default:
      return undefined;
  }
}

/** An unknown value keeps being not null, and what is known of its length. */
function convertUnknown(value: Value, target: Type): Value {
  const notNull = isDefinitelyNotNull(value) ? { notNull: true } : {};
  const lengthRange = convertedLength(value, target);
  return unknownValue(target, lengthRange === undefined ? notNull : { ...notNull, lengthRange });
}

function convertedLength(value: Value, target: Type): Refinement["lengthRange"] {
  const source = value.type;
  if (!isCollectionType(target)) return undefined;
  if (source.kind === "object" && target.kind === "map") {
    const length = Object.keys(source.attributes).length;
    return { minimum: length, maximum: length };
  }
  if (source.kind === "tuple") {
    const { length } = source.elements;
    // Elements of a set may turn out equal.
    return { minimum: target.kind === "set" ? Math.min(length, 1) : length, maximum: length };
  }
  const range = refinementOf(value).lengthRange;
  if (!isCollectionType(source) || range === undefined) return undefined;
  return target.kind === "set" ? { ...range, minimum: Math.min(range.minimum, 1) } : range;
}

/**
 * The wanted type with `dynamic` parts replaced by what the source says about them, for values that are null or
 * unknown and so have no parts to look at.
 */
function replaceDynamic(source: Type, wanted: Type): Type {
  if (source.kind === "dynamic") return wanted;
  switch (wanted.kind) {
    case "dynamic":
      return source;
    case "list":
    case "set":
    case "map":
      return replaceInCollection(source, wanted);
    case "object": {
      const attributes = new Map<string, Type>();
      for (const name of attributeNames(wanted)) {
        const type = wanted.attributes[name] as Type;
        const found =
          source.kind === "map" ? source.element : source.kind === "object" ? source.attributes[name] : undefined;
        attributes.set(name, found === undefined ? type : replaceDynamic(found, type));
      }
      return objectOf(attributes);
    }
    case "tuple":
      if (source.kind !== "tuple") return wanted;
      return tupleOf(wanted.elements.map((type, index) => replaceDynamic(source.elements[index] ?? type, type)));
    default:
      return wanted;
  }
}

function replaceInCollection(source: Type, wanted: CollectionType): Type {
  const element = elementTypeOf(source, wanted.kind === "map");
  if (element === undefined) return wanted;
  const replaced = replaceDynamic(element, wanted.element);
  return wanted.kind === "map" ? mapOf(replaced) : { kind: wanted.kind, element: replaced };
}

function elementTypeOf(source: Type, map: boolean): Type | undefined {
  if (map) {
    if (source.kind === "map") return source.element;
    return source.kind === "object" ? planner.unify(Object.values(source.attributes), true)?.type : undefined;
  }
  if (source.kind === "list" || source.kind === "set") return source.element;
  return source.kind === "tuple" ? planner.unify(source.elements, true)?.type : undefined;
}

/**
 * Converts a value to a type, which may be a constraint with `dynamic` and optional attributes in it. The result's
 * type has neither optional markings nor, as far as the value tells, `dynamic`. Unknown values stay unknown with what
 * is known about them, marks stay where they were (those of a set's elements move to the set). The error names the
 * innermost part at fault in its message or its path. Converting twice is converting once.
 */
export function convert(value: Value, type: Type): Value | ValueError {
  if (typesEqual(value.type, withoutOptional(type))) return value;
  const conversion = planConversion(value.type, type, true);
  if (conversion !== undefined) return conversion(value);
  const mismatch = describeMismatch(planner, value.type, type);
  return valueError(containsMark(value, "sensitive") ? withoutKeys(mismatch) : mismatch);
}

/** The mismatch of two types without what it says of keys that become those of a map. */
function withoutKeys(mismatch: string): string {
  return mismatch.replace(/\belement "(?:[^"\\]|\\.)*"/gu, "an element");
}

/** Whether some value of the first type can be converted to the second. */
export function conversionExists(from: Type, to: Type): boolean {
  return typesEqual(from, withoutOptional(to)) || planConversion(from, to, true) !== undefined;
}

/** Whether every value of the first type can be converted to the second. */
export function safeConversionExists(from: Type, to: Type): boolean {
  return typesEqual(from, withoutOptional(to)) || planConversion(from, to, false) !== undefined;
}

/**
 * A type that all the types convert to, and the conversions; `undefined` when there is none. Only conversions that
 * always succeed are used unless `unsafe` is set, which is what the language's conditional does.
 */
export function unifyWithConversions(
  types: readonly Type[],
  options: { readonly unsafe?: boolean } = {},
): Unification | undefined {
  return planner.unify(types, options.unsafe ?? false);
}

/** The type of {@link unifyWithConversions}. */
export function unifyTypes(types: readonly Type[], options: { readonly unsafe?: boolean } = {}): Type | undefined {
  return planner.unify(types, options.unsafe ?? false)?.type;
}

/** Why no value of type `got` is one of type `want`: a phrase to follow a colon, without a final period. */
export function mismatchMessage(got: Type, want: Type): string {
  return planner.mismatch(got, want);
}
