import { commonElementType } from "../element-type.js";
import { indexStep } from "../path.js";
import { setValue } from "../set.js";
import {
  attributeNames,
  isCollectionType,
  typesEqual,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "../type.js";
import {
  isNull,
  isWhollyKnown,
  listValue,
  mapValue,
  normalizedString,
  nullValue,
  numberValue,
  plainUnknownValue,
  withMarks,
  type Value,
} from "../value.js";
import { atStep, valueError, type ValueError } from "../value-error.js";
import type { Conversion, Planner } from "./conversion.js";

/** Nulls keep no `optional` markings of the constraint they were converted for. */
function cleanNull(value: Value): Value {
  if (!isNull(value)) return value;
  const type = withoutOptional(value.type);
  return type === value.type ? value : withMarks(nullValue(type), value.marks);
}

/** Converts each element by its conversion; stops at the first error. */
function convertElements(
  elements: readonly Value[],
  conversionAt: (index: number) => Conversion | undefined,
): readonly Value[] | ValueError {
  const result: Value[] = [];
  for (const [index, element] of elements.entries()) {
    const conversion = conversionAt(index);
    if (conversion === undefined) {
      result.push(cleanNull(element));
      continue;
    }
    const converted = conversion(element);
    if ("kind" in converted) return atStep(indexStep(numberValue(index)), converted);
    result.push(cleanNull(converted));
  }
  return result;
}

function isError(result: readonly Value[] | ValueError): result is ValueError {
  return "kind" in result;
}

/** The element type of an empty result: the wanted one, or what the source had when any will do. */
function emptyElementType(wanted: Type, source: Type): Type {
  if (wanted.kind !== "dynamic") return withoutOptional(wanted);
  return isCollectionType(source) ? source.element : wanted;
}

function buildList(elements: readonly Value[]): Value | ValueError {
  const common = commonElementType(elements);
  if (common === undefined) return valueError("element types must all match for conversion to list");
  return listValue(common, elements);
}

function buildSet(elements: readonly Value[]): Value | ValueError {
  const common = commonElementType(elements);
  if (common === undefined) return valueError("element types must all match for conversion to set");
  return setValue(common, elements);
}

/** list or set → list or set. */
export function planCollection(
  planner: Planner,
  from: CollectionType,
  to: CollectionType,
  unsafe: boolean,
): Conversion | undefined {
  // A set drops repeated elements of a list, which only an explicit wish may do.
  if (to.kind === "set" && from.kind === "list" && !unsafe) return undefined;
  const same = typesEqual(from.element, to.element);
  const conversion = same ? undefined : planner.plan(from.element, to.element, unsafe);
  if (!same && conversion === undefined) return undefined;
  const build = to.kind === "list" ? buildList : buildSet;
  return (value) => {
    const source = value.representation as readonly Value[];
    if (to.kind === "list" && value.type.kind === "set" && source.length > 1 && !isWhollyKnown(value)) {
      // Unknown elements may turn out equal to others, so neither order nor length is known.
      const element = conversion?.(plainUnknownValue(from.element)) ?? plainUnknownValue(from.element);
      return "kind" in element ? element : plainUnknownValue({ kind: "list", element: element.type });
    }
    if (source.length === 0) {
      const element = emptyElementType(to.element, value.type);
      return to.kind === "list" ? listValue(element, []) : setValue(element, []);
    }
    const elements = convertElements(source, () => conversion);
    return isError(elements) ? elements : build(elements);
  };
}

/** tuple → list or set. */
export function planFromTuple(
  planner: Planner,
  from: TupleType,
  to: CollectionType,
  unsafe: boolean,
): Conversion | undefined {
  const empty = withoutOptional(to.element);
  if (from.elements.length === 0) {
    return () => (to.kind === "list" ? listValue(empty, []) : setValue(empty, []));
  }
  const target = elementTarget(planner, from.elements, to.element, unsafe);
  if (target === undefined) return undefined;
  if (
    to.element.kind === "dynamic" &&
    target.kind === "dynamic" &&
    from.elements.some(({ kind }) => kind !== "dynamic")
  ) {
    return undefined;
  }
  const conversions = planEach(planner, from.elements, target, unsafe);
  if (conversions === undefined) return undefined;
  return (value) => {
    const elements = convertElements(value.representation as readonly Value[], (index) => conversions[index]);
    if (isError(elements)) return elements;
    if (to.kind === "set") return buildSet(elements);
    const unified = unifyElements(planner, elements, unsafe);
    return isError(unified) ? unified : buildList(unified);
  };
}

/** What `dynamic` as the wanted element type means for these types. */
function elementTarget(planner: Planner, types: readonly Type[], wanted: Type, unsafe: boolean): Type | undefined {
  return wanted.kind === "dynamic" ? planner.unify(types, unsafe)?.type : wanted;
}

/** One conversion per type; repeated types are planned once. */
function planEach(
  planner: Planner,
  types: readonly Type[],
  target: Type,
  unsafe: boolean,
): readonly (Conversion | undefined)[] | undefined {
  const conversions: (Conversion | undefined)[] = [];
  let previous: Type | undefined;
  for (const type of types) {
    if (previous !== undefined && typesEqual(type, previous)) {
      conversions.push(conversions.at(-1));
      continue;
    }
    previous = type;
    if (typesEqual(type, target)) {
      conversions.push(undefined);
      continue;
    }
    const conversion = planner.plan(type, target, unsafe);
    if (conversion === undefined) return undefined;
    conversions.push(conversion);
  }
  return conversions;
}

/**
 * Elements converted for a target with `dynamic` inside may have come out with different types; brings them together
 * where one of their types fits all.
 */
function unifyElements(planner: Planner, elements: readonly Value[], unsafe: boolean): readonly Value[] | ValueError {
  const first = elements[0] as Value;
  if (elements.every(({ type }) => typesEqual(type, first.type))) return elements;
  const types = elements.map(({ type }) => type);
  const unified = planner.unify(types, unsafe);
  if (unified === undefined) return valueError("cannot find a common base type for all elements");
  const conversions = planEach(planner, types, unified.type, unsafe);
  if (conversions === undefined) return valueError("cannot find a common base type for all elements");
  return convertElements(elements, (index) => conversions[index]);
}

/** map → map. */
export function planMap(
  planner: Planner,
  from: CollectionType,
  to: CollectionType,
  unsafe: boolean,
): Conversion | undefined {
  const conversion = planner.plan(from.element, to.element, unsafe);
  if (conversion === undefined) return undefined;
  return (value) => {
    const source = value.representation as ReadonlyMap<string, Value>;
    if (source.size === 0) return mapValue(emptyElementType(to.element, value.type), source);
    return convertToMap({ planner, source, element: to.element, unsafe: false, noun: "element" }, () => conversion);
  };
}

/** object → map. */
export function planFromObject(
  planner: Planner,
  from: ObjectType,
  to: CollectionType,
  unsafe: boolean,
): Conversion | undefined {
  const names = attributeNames(from);
  if (names.length === 0) return () => mapValue(withoutOptional(to.element), {});
  const types = names.map((name) => from.attributes[name] as Type);
  const target = elementTarget(planner, types, to.element, unsafe);
  if (target === undefined) return undefined;
  const conversions = planEach(planner, types, target, unsafe);
  if (conversions === undefined) return undefined;
  const byName = new Map(names.map((name, index) => [name, conversions[index]]));
  return (value) => {
    const source = value.representation as ReadonlyMap<string, Value>;
    return convertToMap({ planner, source, element: target, unsafe, noun: "attribute" }, (name) => byName.get(name));
  };
}

interface MapTask {
  readonly planner: Planner;
  readonly source: ReadonlyMap<string, Value>;
  readonly element: Type;
  readonly unsafe: boolean;
  readonly noun: "element" | "attribute";
}

function convertToMap(task: MapTask, conversionOf: (name: string) => Conversion | undefined): Value | ValueError {
  const { planner, source, element, unsafe } = task;
  const names: string[] = [];
  let elements: readonly Value[] | ValueError;
  const converted: Value[] = [];
  for (const [name, part] of source) {
    const conversion = conversionOf(name);
    const result = conversion === undefined ? part : conversion(part);
    if ("kind" in result) return atStep(indexStep(normalizedString(name)), result);
    names.push(name);
    converted.push(cleanNull(result));
  }
  elements = converted;
  if (isCollectionType(element) || element.kind === "object") {
    elements = unifyElements(planner, converted, unsafe);
    if (isError(elements)) return elements;
  }
  const common = commonElementType(elements);
  if (common === undefined) return valueError(`${task.noun} types must all match for conversion to map`);
  const final = elements;
  return mapValue(common, new Map(names.map((name, index) => [name, final[index] as Value])));
}
