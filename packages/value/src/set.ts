import { noMarks, unionMarks, type Marks } from "./marks.js";
import { numCompare, type HclNumber } from "./number.js";
import { numToShortText, numToText } from "./number-text.js";
import { quoteGo } from "./go-quote.js";
import { compareText } from "./text.js";
import type { Type } from "./type.js";
import { unmarkDeep } from "./mark-values.js";
import { Flag, isKnown, isNull, isWhollyKnown, orderedSet, withMarks, type Value } from "./value.js";

/**
 * A set. Equal elements are kept once; unknown elements are all kept, since they may turn out to differ. Marks of
 * elements move to the set itself. Order: strings by their UTF-8 bytes, numbers by value, false before true, others in
 * a fixed but unspecified order; then unknown elements, then null.
 */
export function setValue(elementType: Type, elements: readonly Value[]): Value {
  let marks: Marks = noMarks;
  let plain = elements;
  if (elements.some((element) => (element.flags & Flag.containsMark) !== 0)) {
    const result: Value[] = [];
    for (const element of elements) {
      const unmarked = unmarkDeep(element);
      marks = unionMarks(marks, unmarked.marks);
      result.push(unmarked.value);
    }
    plain = result;
  }
  return withMarks(orderedSet(elementType, orderElements(distinctElements(plain))), marks);
}

function distinctElements(elements: readonly Value[]): Value[] {
  const seen = new Set<string>();
  const result: Value[] = [];
  for (const element of elements) {
    if (isWhollyKnown(element)) {
      const key = equalityKey(element);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    result.push(element);
  }
  return result;
}

function orderElements(elements: Value[]): readonly Value[] {
  if (elements.length < 2) return elements;
  const kind = (elements.find((element) => element.type.kind !== "dynamic") ?? (elements[0] as Value)).type.kind;
  const compare = orders[kind];
  if (compare !== undefined) return elements.sort((a, b) => compareRanks(a, b) ?? compare(a, b));
  const keyed = elements.map((element) => ({ element, key: orderKey(element) }));
  keyed.sort((a, b) => compareRanks(a.element, b.element) ?? compareText(a.key, b.key));
  return keyed.map(({ element }) => element);
}

/** How known values of the primitive types are ordered. */
const orders: Partial<Record<Type["kind"], (a: Value, b: Value) => number>> = {
  string: (a, b) => compareText(a.representation as string, b.representation as string),
  number: (a, b) => numCompare(a.representation as HclNumber, b.representation as HclNumber),
  bool: (a, b) => Number(a.representation) - Number(b.representation),
};

/** The order that follows from being unknown or null, or `undefined` when both are known: then the content decides. */
function compareRanks(a: Value, b: Value): number | undefined {
  const rank = rankOf(a);
  const difference = rank - rankOf(b);
  return difference === 0 && rank === 0 ? undefined : difference;
}

/** Known values first, then unknown ones, then null. Among unknown and null ones the order of arrival stays. */
function rankOf(value: Value): number {
  return isNull(value) ? 2 : isKnown(value) ? 0 : 1;
}

/** A text that two wholly known values of one type share exactly when they are equal. */
export function equalityKey(value: Value): string {
  const { representation } = value;
  switch (typeof representation) {
    case "string":
      return JSON.stringify(representation);
    case "boolean":
      return representation ? "T" : "F";
    case "number":
      return representation === 0 ? "0" : String(representation);
    default:
      break;
  }
  if (representation === null) return "~";
  if (Array.isArray(representation)) return `[${(representation as readonly Value[]).map(equalityKey).join(";")}]`;
  if (representation instanceof Map) {
    let text = "{";
    for (const [name, part] of representation as ReadonlyMap<string, Value>) {
      text += `${JSON.stringify(name)}:${equalityKey(part)};`;
    }
    return `${text}}`;
  }
  const text = numToText(representation as HclNumber);
  return text === "-0" ? "0" : text;
}

/** A text whose order is the order of compound values in a set, which follows go-cty's. */
function orderKey(value: Value): string {
  if (!isKnown(value)) return "?";
  const { representation } = value;
  if (representation === null) return "~";
  if (typeof representation === "string") return quoteGo(representation);
  if (typeof representation === "boolean") return representation ? "T" : "F";
  if (Array.isArray(representation)) {
    const parts = (representation as readonly Value[]).map((part) => `${orderKey(part)};`).join("");
    return value.type.kind === "tuple" ? `<${parts}>` : `[${parts}]`;
  }
  if (representation instanceof Map) {
    let text = "";
    const isMap = value.type.kind === "map";
    for (const [name, part] of representation as ReadonlyMap<string, Value>) {
      text += isMap ? `${quoteGo(name)}:${orderKey(part)};` : `${orderKey(part)};`;
    }
    return isMap ? `{${text}}` : `<${text}>`;
  }
  const text = numToShortText(representation as HclNumber);
  return text === "-0" ? "0" : text;
}
