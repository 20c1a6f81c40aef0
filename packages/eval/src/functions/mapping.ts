import {
  asText,
  convert,
  dynamicType,
  elementsOf,
  emptyObject,
  emptyTuple,
  entriesOf,
  entryMapOf,
  friendlyTypeName,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  listOf,
  listValue,
  mapOf,
  mapValue,
  stringType,
  stringValue,
  compareText,
  tupleOf,
  tupleValue,
  typesEqual,
  objectOf,
  objectValue,
  unknownValue,
  unmarkShallow,
  withMarks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem, told, valueProblem } from "./problem.js";
import { anyParameter, defineFunction, marksOfAll } from "./support.js";

const partly = { allowUnknownParts: true } as const;

const keys = defineFunction({
  name: "keys",
  description: "Gives the keys of a map or the attribute names of an object in order.",
  params: [anyParameter("inputMap", { allowUnknown: true, allowMarked: true })],
  type([map]) {
    const { type } = map as Value;
    if (type.kind === "map") return listOf(stringType);
    if (type.kind === "object") return tupleOf(Object.keys(type.attributes).map(() => stringType));
    return argumentError(0, "a map or an object is required");
  },
  call([map], { returnType }) {
    const { value, marks } = unmarkShallow(map as Value);
    if (value.type.kind === "object") {
      const names = Object.keys(value.type.attributes).toSorted(compareText);
      return withMarks(names.length === 0 ? emptyTuple : tupleValue(names.map(stringValue)), marks);
    }
    if (!isKnown(value)) return withMarks(unknownValue(returnType, { notNull: true }), marks);
    return withMarks(
      listValue(
        stringType,
        entriesOf(value).map(([key]) => stringValue(key)),
      ),
      marks,
    );
  },
});

const values = defineFunction({
  name: "values",
  description: "Gives the values of a map or an object in the order of their keys.",
  params: [anyParameter("mapping", { ...partly, allowMarked: true })],
  type([map]) {
    const { type } = map as Value;
    if (type.kind === "map") return listOf(type.element);
    if (type.kind !== "object") return argumentError(0, "a map or an object is required");
    return tupleOf(
      Object.keys(type.attributes)
        .toSorted(compareText)
        .map((name) => type.attributes[name] as Type),
    );
  },
  call([map], { returnType }) {
    const elements = entriesOf(map as Value).map(([, value]) => value);
    const result = returnType.kind === "list" ? listValue(returnType.element, elements) : tupleValue(elements);
    return withMarks(result, (map as Value).marks);
  },
});

const lookup = defineFunction({
  name: "lookup",
  description: "Gives the element of a map or object with the given key, or a default when there is none.",
  params: [
    anyParameter("inputMap", { ...partly, allowMarked: true }),
    { name: "key", type: stringType, allowMarked: true },
    anyParameter("default", { ...partly, allowMarked: true }),
  ],
  nullable: true,
  type([map, key, fallback]) {
    const { type } = map as Value;
    if (type.kind === "map") {
      return isValueError(convert(fallback as Value, type.element))
        ? argumentError(2, "the default must have the type of the map's elements")
        : type.element;
    }
    if (type.kind !== "object") return argumentError(0, "a map or an object is required");
    if (!isKnown(key as Value)) return dynamicType;
    return type.attributes[asText(unmarkShallow(key as Value).value)] ?? (fallback as Value).type;
  },
  call([map, key, fallback], { returnType }) {
    const { value, marks } = unmarkShallow(map as Value);
    const name = asText(unmarkShallow(key as Value).value);
    const marked = (result: Value): Value => withMarks(withMarks(result, marks), (key as Value).marks);
    if (!isWhollyKnown(value)) return marked(unknownValue(returnType));
    const found = entryMapOf(value).get(name);
    if (found !== undefined) return marked(found);
    const converted = convert(fallback as Value, returnType);
    return isValueError(converted) ? argumentError(2, valueProblem(converted)) : marked(converted);
  },
});

const merge = defineFunction({
  name: "merge",
  description: "Puts the elements of maps or the attributes of objects together; of equal keys the last wins.",
  varParam: anyParameter("maps", { ...partly, allowDynamic: true, allowNull: true, allowMarked: true }),
  type: mergedType,
  call(args, { returnType }) {
    const merged = new Map<string, Value>();
    for (const arg of args) {
      if (isNull(arg)) continue;
      for (const [key, value] of entriesOf(arg)) merged.set(key, value);
    }
    const result = returnType.kind === "map" ? mapValue(returnType.element, merged) : objectFrom(merged);
    let marked = result;
    for (const arg of args) marked = withMarks(marked, arg.marks);
    return marked;
  },
});

function objectFrom(attributes: ReadonlyMap<string, Value>): Value {
  return attributes.size === 0 ? emptyObject : objectValue(attributes);
}

function mergedType(args: readonly Value[]): Type | FunctionError {
  const [first] = args;
  if (first === undefined) return emptyObject.type;
  const attributes = new Map<string, Type>();
  let matching = true;
  let attributesKnown = true;
  for (const [position, arg] of args.entries()) {
    const { type } = arg;
    if (type.kind === "dynamic" && !isKnown(arg)) return dynamicType;
    matching &&= typesEqual(type, first.type);
    if (type.kind === "dynamic") continue;
    if (type.kind !== "map" && type.kind !== "object") {
      return argumentError(position, problem`a map or an object is required, not ${told(friendlyTypeName(type))}`);
    }
    if (!isNull(arg)) {
      if (type.kind === "object")
        for (const [name, attribute] of Object.entries(type.attributes)) attributes.set(name, attribute);
      else if (isKnown(arg)) for (const [name] of entriesOf(arg)) attributes.set(name, type.element);
      else attributesKnown = false;
    }
  }
  if (matching && first.type.kind !== "dynamic") return first.type;
  return attributesKnown ? objectOf(Object.fromEntries(attributes)) : dynamicType;
}

const zipmap = defineFunction({
  name: "zipmap",
  description: "Makes a map or object from a list of keys and a list of the same length of values.",
  params: [
    { name: "keys", type: listOf(stringType), allowUnknownParts: true, allowMarked: true },
    anyParameter("values", { ...partly, allowMarked: true }),
  ],
  type([keyList, valueList]) {
    const { type } = valueList as Value;
    if (type.kind === "list") return mapOf(type.element);
    if (type.kind !== "tuple") return argumentError(1, "a list or a tuple is required");
    if (!isWhollyKnown(keyList as Value)) return dynamicType;
    const names = keyNames(keyList as Value);
    if (!Array.isArray(names)) return names as FunctionError;
    const problem = countProblem(names.length, type.elements.length);
    return problem ?? objectOf(Object.fromEntries(names.map((name, at) => [name, type.elements[at] as Type])));
  },
  call([keyList, valueList], { returnType }) {
    const marks = marksOfAll([keyList as Value]);
    const marked = (value: Value): Value => withMarks(withMarks(value, marks), (valueList as Value).marks);
    if (!isWhollyKnown(keyList as Value)) return marked(unknownValue(returnType, { notNull: true }));
    const names = keyNames(keyList as Value);
    if (!Array.isArray(names)) return names as FunctionError;
    const elements = elementsOf(valueList as Value);
    const problem = countProblem(names.length, elements.length);
    if (problem !== undefined) return problem;
    const zipped = new Map((names as string[]).map((name, at) => [name, elements[at] as Value]));
    return marked(returnType.kind === "map" ? mapValue(returnType.element, zipped) : objectFrom(zipped));
  },
});

function keyNames(list: Value): readonly string[] | FunctionError {
  const names: string[] = [];
  for (const element of elementsOf(list)) {
    if (isNull(element)) return argumentError(0, "a key must not be null");
    names.push(asText(unmarkShallow(element).value));
  }
  return names;
}

function countProblem(keyCount: number, valueCount: number): FunctionError | undefined {
  if (keyCount === valueCount) return undefined;
  return functionError(problem`the number of keys (${keyCount}) is not the number of values (${valueCount})`);
}

const transpose = defineFunction({
  name: "transpose",
  description: "Turns a map of lists of texts around: each text becomes a key with the keys it was found under.",
  params: [{ name: "values", type: mapOf(listOf(stringType)) }],
  type: mapOf(listOf(stringType)),
  call([map]) {
    const result = new Map<string, string[]>();
    for (const [key, list] of entriesOf(map as Value)) {
      if (isNull(list)) return argumentError(0, problem`the list of "${key}" is null`);
      for (const element of elementsOf(list)) {
        if (isNull(element)) return argumentError(0, problem`the list of "${key}" has a null element`);
        const text = asText(element);
        const known = result.get(text);
        if (known === undefined) result.set(text, [key]);
        else known.push(key);
      }
    }
    const entries = [...result].map(
      ([text, names]) => [text, listValue(stringType, names.toSorted(compareText).map(stringValue))] as const,
    );
    return mapValue(listOf(stringType), new Map(entries));
  },
});

export const mappingFunctions: readonly ValueFunction[] = [keys, lookup, merge, transpose, values, zipmap];
