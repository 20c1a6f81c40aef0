import { isEmptyMarks, noMarks, unionMarks, type Marks } from "./marks.js";
import { numFromBigInt, numFromDouble, textPrecision, withPrecision, type HclNumber } from "./number.js";
import { numFromText } from "./number-text.js";
import { noRefinement, notNullRefinement, type Refinement } from "./refinement.js";
import { compareText, normalizeText } from "./text.js";
import {
  boolType,
  dynamicType,
  isCollectionType,
  listOf,
  mapOf,
  numberType,
  objectTypeOf,
  setOf,
  stringType,
  tupleOf,
  type Type,
} from "./type.js";
import { maximumNesting, NestingError } from "./value-error.js";

/** What stands for a value that is not known yet. */
export interface Unknown {
  readonly kind: "unknown";
  readonly refinement: Refinement;
}

/** What a value holds, by its type. Lists, sets and tuples hold arrays; maps and objects hold maps sorted by key. */
export type Representation =
  | string
  | boolean
  | HclNumber
  | null
  | Unknown
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/**
 * An immutable value of HCL. Made by the functions of this package and read through them; `representation` and
 * `flags` are theirs.
 */
export interface Value {
  readonly type: Type;
  /** Marks of this value itself; parts carry their own. */
  readonly marks: Marks;
  readonly representation: Representation;
  /** Facts about the value and its parts, gathered when it is made so that asking costs nothing: see {@link Flag}. */
  readonly flags: number;
  /** See {@link sizeOf}. */
  readonly size: number;
}

/** What each part of a value counts in {@link sizeOf} beside its characters. */
export const partSize = 32;

/**
 * How large the value is when it is written out: {@link partSize} for each part, itself included, and one for each
 * character of its texts, keys and very long numbers; of a null or unknown value, the same for the parts of its type.
 * Parts that are shared count as often as they are there, so a small template can make a value of any size, which takes
 * little memory until all its parts are looked at. Takes constant time.
 */
export function sizeOf(value: Value): number {
  return value.size;
}

/** Bits of {@link Value.flags}. The bits from {@link nestingShift} on count the levels of containers. */
export const Flag = {
  unknown: 1,
  containsUnknown: 2,
  containsSensitive: 4,
  containsDeprecated: 8,
  containsMark: 4 | 8,
  /** What a container takes over from its parts. */
  inherited: 2 | 4 | 8,
} as const;

const nestingShift = 8;

/** How many levels of containers the value has: 0 for a string, 1 for a list of strings. Takes constant time. */
export function nestingOf(value: Value): number {
  return value.flags >>> nestingShift;
}

/** Makes a value without parts. All values are made here or next to here, so that they have one shape. */
export function makeValue(type: Type, representation: Representation, marks: Marks, flags: number): Value {
  return { type, marks, representation, flags, size: sizeOfLeaf(type, representation) };
}

/** What a container tells about its parts. */
export interface Facts {
  readonly flags: number;
  readonly size: number;
}

/** Makes a value with parts, or another value with parts of the same size. */
export function makeContainer(type: Type, representation: Representation, marks: Marks, facts: Facts): Value {
  return { type, marks, representation, flags: facts.flags, size: facts.size };
}

/** Numbers below this need few digits, whatever their exponent. */
const shortExponent = 1100;

function sizeOfLeaf(type: Type, representation: Representation): number {
  if (typeof representation === "string") return partSize + representation.length;
  if (typeof representation !== "object") return partSize;
  if (representation !== null && (representation as { readonly kind?: string }).kind === "float") {
    const exponent = Math.abs((representation as { readonly exponent: number }).exponent);
    return exponent < shortExponent ? partSize : partSize + exponent;
  }
  return sizeOfType(type);
}

const typeSizes = new WeakMap<Type, number>();

/** As {@link sizeOf}, of what a type holds; each type object is looked at once. */
function sizeOfType(type: Type): number {
  if (type.kind !== "tuple" && type.kind !== "object" && !isCollectionType(type)) return partSize;
  const known = typeSizes.get(type);
  if (known !== undefined) return known;
  let size = partSize;
  if (type.kind === "tuple") for (const element of type.elements) size += sizeOfType(element);
  else if (type.kind !== "object") size += sizeOfType(type.element);
  else for (const name in type.attributes) size += name.length + sizeOfType(type.attributes[name] as Type);
  typeSizes.set(type, size);
  return size;
}

function flagsOfMarks(marks: Marks): number {
  if (marks === noMarks) return 0;
  return (marks.sensitive ? Flag.containsSensitive : 0) | (marks.deprecated.length > 0 ? Flag.containsDeprecated : 0);
}

function factsOfParts(parts: Iterable<Value>, keys?: Iterable<string>): Facts {
  let flags = 0;
  let nesting = 0;
  let size = partSize;
  if (keys !== undefined) for (const key of keys) size += key.length;
  for (const part of parts) {
    flags |= part.flags;
    size += part.size;
    // The level stands in the upper bits, so the greatest flags have the greatest level.
    if (part.flags > nesting) nesting = part.flags;
  }
  nesting >>>= nestingShift;
  if (nesting >= maximumNesting) throw new NestingError(`a value may not nest more than ${maximumNesting} levels deep`);
  return { flags: (flags & Flag.inherited) | ((nesting + 1) << nestingShift), size };
}

function factsOfEntries(entries: ReadonlyMap<string, Value>): Facts {
  return factsOfParts(entries.values(), entries.keys());
}

/** A string, stored in NFC with lone surrogates replaced. */
export function stringValue(text: string): Value {
  return makeValue(stringType, normalizeText(text), noMarks, 0);
}

/** A string that is known to be in NFC already. */
export function normalizedString(text: string): Value {
  return makeValue(stringType, text, noMarks, 0);
}

/**
 * A number. A JavaScript number or bigint is taken as Go takes an `int64`, `float64` or `big.Int`: whole numbers have
 * 64 bits of precision or as many as they need, others 53. Numbers from the user's text go through
 * {@link numberFromText}, which gives them 512. `NaN` must not be passed.
 */
export function numberValue(n: HclNumber | bigint): Value {
  if (typeof n === "bigint") return makeValue(numberType, numFromBigInt(n), noMarks, 0);
  if (typeof n !== "number" || Number.isSafeInteger(n)) return makeValue(numberType, n, noMarks, 0);
  return makeValue(numberType, numFromDouble(n) ?? 0, noMarks, 0);
}

/** A number from decimal text (see {@link numFromText}); `undefined` when the text is none. */
export function numberFromText(text: string): Value | undefined {
  const n = numFromText(text);
  return n === undefined ? undefined : makeValue(numberType, n, noMarks, 0);
}

/** A whole number with the precision of a literal. */
export function literalInteger(n: number): Value {
  return makeValue(numberType, withPrecision(n, textPrecision), noMarks, 0);
}

/** The bool `true`. */
export const trueValue: Value = Object.freeze(makeValue(boolType, true, noMarks, 0));
/** The bool `false`. */
export const falseValue: Value = Object.freeze(makeValue(boolType, false, noMarks, 0));

/** A bool; one of two shared values. */
export function boolValue(b: boolean): Value {
  return b ? trueValue : falseValue;
}

/** The null of a type. */
export function nullValue(type: Type): Value {
  return makeValue(type, null, noMarks, 0);
}

const plainUnknown: Unknown = Object.freeze({ kind: "unknown", refinement: noRefinement });
const notNullUnknown: Unknown = Object.freeze({ kind: "unknown", refinement: notNullRefinement });
const unknownFlags = Flag.unknown | Flag.containsUnknown;

/** An unknown value that nothing is known about but its type. */
export function plainUnknownValue(type: Type): Value {
  return makeValue(type, plainUnknown, noMarks, unknownFlags);
}

/** An unknown value with a refinement that is taken as it is. Most callers want `unknownValue`, which simplifies it. */
export function refinedUnknown(type: Type, refinement: Refinement): Value {
  const unknown = refinement === notNullRefinement ? notNullUnknown : { kind: "unknown" as const, refinement };
  return makeValue(type, unknown, noMarks, unknownFlags);
}

/** A value of which not even the type is known. */
export const dynamicUnknown: Value = Object.freeze(plainUnknownValue(dynamicType));

/** A list. Elements have the given type; unknown and null ones of type `dynamic` are given it. */
export function listValue(elementType: Type, elements: readonly Value[]): Value {
  const typed = withElementType(elementType, elements);
  return makeContainer(listOf(elementType), typed, noMarks, factsOfParts(typed));
}

function withElementType(type: Type, elements: readonly Value[]): readonly Value[] {
  if (type.kind === "dynamic" || !elements.some((element) => element.type.kind === "dynamic")) return elements;
  return elements.map((element) => giveType(element, type));
}

/** Values of type `dynamic` are null or unknown, so any type suits them. */
function giveType(value: Value, type: Type): Value {
  return value.type.kind === "dynamic" ? makeValue(type, value.representation, value.marks, value.flags) : value;
}

/** A set whose elements are distinct, unmarked and in order already; `setValue` makes one from any elements. */
export function orderedSet(elementType: Type, elements: readonly Value[]): Value {
  const typed = withElementType(elementType, elements);
  return makeContainer(setOf(elementType), typed, noMarks, factsOfParts(typed));
}

/** A map. Keys are brought into NFC; of keys that become equal the last wins. */
export function mapValue(
  elementType: Type,
  elements: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>,
): Value {
  const sorted = sortedEntries(elements);
  if (elementType.kind !== "dynamic") {
    for (const [key, value] of sorted) if (value.type.kind === "dynamic") sorted.set(key, giveType(value, elementType));
  }
  return makeContainer(mapOf(elementType), sorted, noMarks, factsOfEntries(sorted));
}

/** A tuple. Its type follows from the elements. */
export function tupleValue(elements: readonly Value[]): Value {
  return makeContainer(tupleOf(elements.map(typeOf)), elements, noMarks, factsOfParts(elements));
}

function typeOf(value: Value): Type {
  return value.type;
}

/** An object. Attribute names are brought into NFC; of names that become equal the last wins. */
export function objectValue(attributes: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>): Value {
  const sorted = sortedEntries(attributes);
  return makeContainer(objectTypeOf(sorted), sorted, noMarks, factsOfEntries(sorted));
}

function sortedEntries(source: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>): Map<string, Value> {
  const entries: [string, Value][] =
    source instanceof Map ? [...(source as ReadonlyMap<string, Value>)] : Object.entries(source);
  let ordered = true;
  let previous: string | undefined;
  for (const entry of entries) {
    entry[0] = normalizeText(entry[0]);
    if (previous !== undefined && compareText(previous, entry[0]) >= 0) ordered = false;
    previous = entry[0];
  }
  // The sort is stable and a map keeps the last of equal keys.
  if (!ordered) entries.sort((a, b) => compareText(a[0], b[0]));
  return new Map(entries);
}

/** The object without attributes. */
export const emptyObject: Value = Object.freeze(objectValue({}));
/** The tuple without elements. */
export const emptyTuple: Value = Object.freeze(tupleValue([]));

/** Whether the value itself is known; parts of it may be unknown. */
export function isKnown(value: Value): boolean {
  return (value.flags & Flag.unknown) === 0;
}

/** Whether nothing in the value is unknown. */
export function isWhollyKnown(value: Value): boolean {
  return (value.flags & Flag.containsUnknown) === 0;
}

/** Whether the value is known to be null. An unknown value is not, although it may turn out so. */
export function isNull(value: Value): boolean {
  return value.representation === null;
}

/** The refinement of an unknown value; empty for a known one. */
export function refinementOf(value: Value): Refinement {
  return isKnown(value) ? noRefinement : (value.representation as Unknown).refinement;
}

/** The value with these marks added to its own. */
export function withMarks(value: Value, marks: Marks): Value {
  if (isEmptyMarks(marks)) return value;
  const union = unionMarks(value.marks, marks);
  if (union === value.marks) return value;
  return makeContainer(value.type, value.representation, union, {
    flags: value.flags | flagsOfMarks(marks),
    size: value.size,
  });
}

/** The value with exactly these marks on itself. Marks of parts stay. */
export function replaceMarks(value: Value, marks: Marks): Value {
  if (value.marks === marks) return value;
  const { representation } = value;
  const inner = flagsOfRepresentation(representation) | (value.flags & Flag.unknown);
  return makeContainer(value.type, representation, marks, { flags: inner | flagsOfMarks(marks), size: value.size });
}

function flagsOfRepresentation(representation: Representation): number {
  if (typeof representation !== "object" || representation === null) return 0;
  if (Array.isArray(representation)) return factsOfParts(representation as readonly Value[]).flags;
  if (representation instanceof Map) return factsOfEntries(representation as ReadonlyMap<string, Value>).flags;
  return (representation as { readonly kind: string }).kind === "unknown" ? unknownFlags : 0;
}
