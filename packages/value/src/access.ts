import { isInfinite, numFromBigInt, numIsInteger, numToDouble, type HclNumber } from "./number.js";
import { numToExactDouble } from "./number-text.js";
import { noMarks, unionMarks } from "./marks.js";
import { convert } from "./convert/convert.js";
import { attributeStep, indexStep } from "./path.js";
import { notNullRefinement } from "./refinement.js";
import { normalizeText } from "./text.js";
import {
  attributeType,
  boolType,
  numberType,
  stringType,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "./type.js";
import { unknownValue } from "./unknown.js";
import {
  boolValue,
  dynamicUnknown,
  isKnown,
  isNull,
  isWhollyKnown,
  makeValue,
  normalizedString,
  numberValue,
  plainUnknownValue,
  refinedUnknown,
  refinementOf,
  withMarks,
  type Value,
} from "./value.js";
import { valueError, type ValueError } from "./value-error.js";

/** Thrown when a value is read as what it is not: a fault of the caller, never of the user. */
class ValueMisuse extends TypeError {
  override readonly name = "ValueMisuse";
}

function known(value: Value, kind: string): unknown {
  if (value.representation === null || !isKnown(value)) throw new ValueMisuse(`not a known ${kind}`);
  return value.representation;
}

/** The text of a known, non-null string. Marks are the caller's concern. */
export function asText(value: Value): string {
  const text = known(value, "string");
  if (typeof text !== "string") throw new ValueMisuse("not a string");
  return text;
}

/** A known, non-null number. */
export function asNumber(value: Value): HclNumber {
  if (value.type.kind !== "number") throw new ValueMisuse("not a number");
  return known(value, "number") as HclNumber;
}

/** A known, non-null bool. */
export function asBoolean(value: Value): boolean {
  const result = known(value, "bool");
  if (typeof result !== "boolean") throw new ValueMisuse("not a bool");
  return result;
}

/** The double that equals a known number; `undefined` when none does (see {@link numToExactDouble}). */
export function asJsNumber(value: Value): number | undefined {
  return numToExactDouble(asNumber(value));
}

/** Elements of a known list, set or tuple, in order. Marks of the container are not passed on. */
export function elementsOf(value: Value): readonly Value[] {
  const elements = known(value, "sequence");
  if (!Array.isArray(elements)) throw new ValueMisuse("not a list, set or tuple");
  return elements as readonly Value[];
}

/** Entries of a known map or object in the order of their keys. Marks of the container are not passed on. */
export function entriesOf(value: Value): readonly (readonly [string, Value])[] {
  return [...entryMapOf(value)];
}

/** Entries of a known map or object, to look up. Marks of the container are not passed on. */
export function entryMapOf(value: Value): ReadonlyMap<string, Value> {
  const entries = known(value, "map");
  if (!(entries instanceof Map)) throw new ValueMisuse("not a map or object");
  return entries as ReadonlyMap<string, Value>;
}

/**
 * Number of elements of a list, set, map or tuple, or attributes of an object, as a number value with the marks of
 * the container. Unknown collections give an unknown number with bounds. `undefined` for null and for other types.
 */
export function lengthOf(value: Value): Value | undefined {
  const { type } = value;
  if (type.kind === "tuple") return withMarks(numberValue(type.elements.length), value.marks);
  if (type.kind === "object") return withMarks(numberValue(Object.keys(type.attributes).length), value.marks);
  if (type.kind === "dynamic" && !isKnown(value)) return withMarks(lengthBetween(0, greatestLength), value.marks);
  if (type.kind !== "list" && type.kind !== "set" && type.kind !== "map") return undefined;
  if (isNull(value)) return undefined;
  return withMarks(collectionLength(value), value.marks);
}

function collectionLength(value: Value): Value {
  const { representation } = value;
  if (!isKnown(value)) {
    const range = refinementOf(value).lengthRange;
    return lengthBetween(range?.minimum ?? 0, range?.maximum ?? greatestLength);
  }
  if (!Array.isArray(representation)) return numberValue((representation as ReadonlyMap<string, Value>).size);
  const size = representation.length;
  if (value.type.kind !== "set" || size <= 1 || isWhollyKnown(value)) return numberValue(size);
  // Unknown elements of a set may turn out equal to others.
  return lengthBetween(1, size);
}

/** The bound that upstream states for lengths nothing is known about. */
const greatestLength = numFromBigInt(2n ** 63n - 1n);

function lengthBetween(minimum: HclNumber, maximum: HclNumber): Value {
  const numberRange = { minimum: { value: minimum, inclusive: true }, maximum: { value: maximum, inclusive: true } };
  return unknownValue(numberType, { notNull: true, numberRange });
}

/**
 * `value.name`: an attribute of an object or element of a map. Unknown containers give an unknown of the attribute's
 * type. The result carries the marks of the container.
 */
export function getAttribute(value: Value, name: string): Value | ValueError {
  const { type } = value;
  if (isNull(value)) return valueError("this value is null, so it does not have any attributes");
  const key = normalizeText(name);
  if (type.kind === "dynamic") return withMarks(dynamicUnknown, value.marks);
  if (type.kind === "object") {
    const found = attributeType(type, key);
    if (found === undefined) return valueError(`this object does not have an attribute named ${JSON.stringify(key)}`);
    if (!isKnown(value)) return withMarks(plainUnknownValue(found), value.marks);
    return withMarks(entryMapOf(value).get(key) as Value, value.marks);
  }
  if (type.kind === "map") {
    if (!isKnown(value)) return withMarks(plainUnknownValue(type.element), value.marks);
    const found = entryMapOf(value).get(key);
    return found === undefined
      ? valueError(`this map does not have an element with the key ${JSON.stringify(key)}`)
      : withMarks(found, value.marks);
  }
  return valueError(attributeRefusal(type, key));
}

function attributeRefusal(type: Type, name: string): string {
  if (type.kind === "list" || type.kind === "set") {
    const { element } = type;
    if (element.kind !== "object") return `a ${type.kind} does not have attributes`;
    const wanted =
      attributeType(element, name) === undefined ? "an attribute" : `the attribute ${JSON.stringify(name)}`;
    return type.kind === "list"
      ? `a list of objects does not have attributes; did you mean ${wanted} of one element, or of all elements?`
      : `a set of objects does not have attributes; did you mean ${wanted} of all elements?`;
  }
  if (type.kind === "tuple") return "a tuple does not have attributes";
  return `a ${type.kind} does not have attributes`;
}

/**
 * `value[key]`. Lists and tuples take whole numbers from zero, maps and objects strings; other keys are converted. Unknown keys or containers give an unknown result. The result carries the
 * marks of container and key. Messages show a key only when neither is sensitive.
 */
export function indexValue(value: Value, key: Value): Value | ValueError {
  const { type } = value;
  if (isNull(value)) return valueError("this value is null, so it does not have any indices");
  if (isNull(key)) return valueError("can't use a null value as an indexing key");
  const marks = unionMarks(value.marks, key.marks);
  if (type.kind === "dynamic" || (!isKnown(key) && key.type.kind === "dynamic")) {
    if (type.kind !== "dynamic" && !isIndexable(type)) return valueError(indexRefusal(type));
    return withMarks(dynamicUnknown, marks);
  }
  const result = findElement(value, key, marks.sensitive);
  return "kind" in result ? result : withMarks(result, marks);
}

function isIndexable(type: Type): type is CollectionType | TupleType | ObjectType {
  return type.kind === "list" || type.kind === "map" || type.kind === "tuple" || type.kind === "object";
}

function indexRefusal(type: Type): string {
  return type.kind === "set"
    ? "elements of a set are identified only by their value, so there is no index or key to select one with"
    : "this value does not have any indices";
}

function findElement(value: Value, key: Value, secret: boolean): Value | ValueError {
  const { type } = value;
  switch (type.kind) {
    case "list":
    case "tuple":
      return findByPosition(value, key);
    case "map":
    case "object":
      return findByName(value, key, secret);
    default:
      return valueError(indexRefusal(type));
  }
}

function findByPosition(value: Value, givenKey: Value): Value | ValueError {
  const type = value.type as CollectionType | TupleType;
  const key = convert(givenKey, numberType);
  if ("kind" in key) return valueError("a number is required to select an element of a sequence");
  const length = type.kind === "tuple" ? type.elements.length : isKnown(value) ? elementsOf(value).length : undefined;
  if (!isKnown(key)) {
    return type.kind === "tuple" ? dynamicUnknown : plainUnknownValue(type.element);
  }
  const n = asNumber(key);
  if (!numIsInteger(n) || isInfinite(n)) {
    return indexError(key, "indexing a sequence requires a whole number, but the given index has a fractional part");
  }
  const index = numToDouble(n);
  if (index < 0) return indexError(key, "a negative number is not a valid index for a sequence");
  if (length === 0) return indexError(key, "the collection has no elements");
  if (length !== undefined && index >= length) {
    return indexError(key, "the given index is greater than or equal to the length of the collection");
  }
  if (isKnown(value)) return elementsOf(value)[index] as Value;
  return plainUnknownValue(type.kind === "tuple" ? (type.elements[index] as Type) : type.element);
}

function indexError(key: Value, message: string): ValueError {
  return valueError(message, [indexStep(makeValue(key.type, key.representation, noMarks, 0))]);
}

function findByName(value: Value, givenKey: Value, secret: boolean): Value | ValueError {
  const type = value.type as CollectionType | ObjectType;
  const key = convert(givenKey, stringType);
  if ("kind" in key)
    return valueError(`a string is required to select from ${type.kind === "map" ? "a map" : "an object"}`);
  if (!isKnown(key)) return type.kind === "map" ? plainUnknownValue(type.element) : dynamicUnknown;
  const name = asText(key);
  if (type.kind === "object" && attributeType(type, name) === undefined) {
    return secret
      ? valueError("this object does not have an attribute of the given name")
      : valueError(`this object does not have an attribute named ${JSON.stringify(name)}`, [attributeStep(name)]);
  }
  if (!isKnown(value)) {
    return plainUnknownValue(type.kind === "object" ? (attributeType(type, name) as Type) : type.element);
  }
  const found = entryMapOf(value).get(name);
  if (found !== undefined) return found;
  return secret
    ? valueError("this map does not have an element with the given key")
    : valueError(`this map does not have an element with the key ${JSON.stringify(name)}`, [
        indexStep(normalizedString(name)),
      ]);
}

/** Whether `value[key]` finds something, as far as is known. */
export function hasIndex(value: Value, key: Value): Value {
  const marks = unionMarks(value.marks, key.marks);
  if (
    !isNull(value) &&
    !isNull(key) &&
    (!isKnown(key) || (!isKnown(value) && value.type.kind !== "tuple" && value.type.kind !== "object"))
  ) {
    return withMarks(refinedUnknown(boolType, notNullRefinement), marks);
  }
  return withMarks(boolValue(!("kind" in indexValue(value, key))), marks);
}
