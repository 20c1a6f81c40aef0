import {
  asBoolean,
  asText,
  boolType,
  boolValue,
  convert,
  dynamicType,
  elementsOf,
  emptyObject,
  emptyTuple,
  entriesOf,
  entryMapOf,
  equalValues,
  friendlyTypeName,
  graphemeCount,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  lengthOf,
  listOf,
  listValue,
  mapOf,
  mapValue,
  nullValue,
  numberType,
  numberValue,
  refinementOf,
  safePrefix,
  stringType,
  stringValue,
  compareText,
  tupleOf,
  tupleValue,
  typesEqual,
  objectOf,
  objectValue,
  unifyTypes,
  unknownValue,
  unmarkShallow,
  withMarks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { anyParameter, defineFunction, isSequenceType, marksOfAll, numberParameter, wholeNumber } from "./support.js";

const partly = { allowUnknownParts: true } as const;

function quantifier(name: "alltrue" | "anytrue", description: string, decisive: boolean): ValueFunction {
  return defineFunction({
    name,
    description,
    params: [{ name: "list", type: listOf(boolType), ...partly }],
    type: boolType,
    call([list]) {
      let isUnknown = false;
      for (const element of elementsOf(list as Value)) {
        if (!isKnown(element)) isUnknown = true;
        // A null element counts as false.
        else if ((!isNull(element) && asBoolean(element)) === decisive) return boolValue(decisive);
      }
      return isUnknown ? unknownValue(boolType, { notNull: true }) : boolValue(!decisive);
    },
  });
}

const alltrue = quantifier("alltrue", "Tells whether all elements are true; true for an empty list.", false);
const anytrue = quantifier("anytrue", "Tells whether one of the elements is true; false for an empty list.", true);

const coalesce = defineFunction({
  name: "coalesce",
  description: "Gives the first argument that is neither null nor an empty text, converted to the type all share.",
  varParam: anyParameter("vals", { allowUnknown: true, allowDynamic: true, allowNull: true }),
  nullable: true,
  type(args) {
    if (args.length === 0) return functionError("at least one argument is required");
    return unifyTypes(args.map(({ type }) => type), { unsafe: true }) ?? functionError("all arguments must have the same type");
  },
  call(args, { returnType }) {
    for (const [index, arg] of args.entries()) {
      // Only whether the value itself is known matters; its parts do not decide.
      if (!isKnown(arg)) return unknownValue(returnType);
      if (isNull(arg)) continue;
      if (returnType.kind === "string" && asText(convertTo(arg, returnType)) === "") continue;
      const converted = convert(arg, returnType);
      return isValueError(converted) ? argumentError(index, converted.message) : converted;
    }
    return functionError("none of the arguments has a value");
  },
});

function convertTo(value: Value, type: Type): Value {
  const converted = convert(value, type);
  return isValueError(converted) ? value : converted;
}

const coalescelist = defineFunction({
  name: "coalescelist",
  description: "Gives the first of the lists or tuples that has an element.",
  varParam: anyParameter("vals", { allowUnknown: true, allowDynamic: true, allowNull: true }),
  type(args) {
    const [first] = args;
    if (first === undefined) return functionError("at least one argument is required");
    if (args.some((arg) => !isKnown(arg))) return dynamicType;
    const wrong = args.findIndex((arg) => !isSequenceType(arg.type));
    if (wrong !== -1) return argumentError(wrong, "a list or a tuple is required");
    return args.every((arg) => typesEqual(arg.type, first.type)) ? first.type : dynamicType;
  },
  call(args, { returnType }) {
    for (const arg of args) {
      if (!isKnown(arg)) return unknownValue(returnType);
      if (!isNull(arg) && elementsOf(arg).length > 0) return arg;
    }
    return functionError("all of the lists are empty or null");
  },
});

const compact = defineFunction({
  name: "compact",
  description: "Removes empty texts and nulls from a list of texts.",
  params: [{ name: "list", type: listOf(stringType) }],
  type: listOf(stringType),
  call: ([list]) =>
    listValue(stringType, elementsOf(list as Value).filter((element) => !isNull(element) && asText(element) !== "")),
});

const contains = defineFunction({
  name: "contains",
  description: "Tells whether a list, tuple or set has an element that equals the value; no conversion takes place.",
  params: [anyParameter("list", partly), anyParameter("value", partly)],
  type: boolType,
  call([list, value]) {
    const { kind } = (list as Value).type;
    if (kind !== "list" && kind !== "tuple" && kind !== "set") return argumentError(0, "a list, tuple or set is required");
    let isUnknown = false;
    for (const element of elementsOf(list as Value)) {
      const equal = equalValues(value as Value, element);
      if (!isKnown(equal)) isUnknown = true;
      else if (asBoolean(equal)) return boolValue(true);
    }
    return isUnknown ? unknownValue(boolType, { notNull: true }) : boolValue(false);
  },
});

const index = defineFunction({
  name: "index",
  description: "Gives the position of the first element that equals the value.",
  params: [anyParameter("list", partly), anyParameter("value")],
  type: ([list]) =>
    isSequenceType((list as Value).type) ? numberType : argumentError(0, "a list or a tuple is required"),
  call([list, value]) {
    const elements = elementsOf(list as Value);
    if (elements.length === 0) return argumentError(0, "the list has no elements to search");
    for (const [position, element] of elements.entries()) {
      const equal = equalValues(element, value as Value);
      if (!isKnown(equal)) return unknownValue(numberType, { notNull: true });
      if (asBoolean(equal)) return numberValue(position);
    }
    return functionError("the value is not in the list");
  },
});

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
    return withMarks(listValue(stringType, entriesOf(value).map(([key]) => stringValue(key))), marks);
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
    return tupleOf(Object.keys(type.attributes).toSorted(compareText).map((name) => type.attributes[name] as Type));
  },
  call([map], { returnType }) {
    const elements = entriesOf(map as Value).map(([, value]) => value);
    const result = returnType.kind === "list" ? listValue(returnType.element, elements) : tupleValue(elements);
    return withMarks(result, (map as Value).marks);
  },
});

const length = defineFunction({
  name: "length",
  description: "Gives the number of elements of a list, set, map, tuple or object, or of characters of a text.",
  params: [anyParameter("value", { allowUnknown: true, allowMarked: true, allowDynamic: true })],
  type([value]) {
    const { kind } = (value as Value).type;
    return kind === "number" || kind === "bool"
      ? argumentError(0, "a collection, a structure or a text is required")
      : numberType;
  },
  call([value]) {
    const { type, marks } = value as Value;
    if (type.kind === "dynamic") return withMarks(unknownValue(numberType, { notNull: true }), marks);
    if (type.kind !== "string") return lengthOf(value as Value) ?? argumentError(0, "it must not be null");
    if (isKnown(value as Value)) return withMarks(numberValue(graphemeCount(asText(value as Value))), marks);
    const prefix = safePrefix(refinementOf(value as Value).stringPrefix ?? "");
    const minimum = { value: graphemeCount(prefix), inclusive: true };
    return withMarks(unknownValue(numberType, { notNull: true, numberRange: { minimum } }), marks);
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
    return isValueError(converted) ? argumentError(2, converted.message) : marked(converted);
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
    if (type.kind === "dynamic") return dynamicType;
    if (type.kind !== "map" && type.kind !== "object") {
      return argumentError(position, `a map or an object is required, not ${friendlyTypeName(type)}`);
    }
    if (!isNull(arg)) {
      if (type.kind === "object") for (const [name, attribute] of Object.entries(type.attributes)) attributes.set(name, attribute);
      else if (isKnown(arg)) for (const [name] of entriesOf(arg)) attributes.set(name, type.element);
      else attributesKnown = false;
    }
    matching &&= typesEqual(type, first.type);
  }
  if (matching) return first.type;
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
  return functionError(`the number of keys (${keyCount}) is not the number of values (${valueCount})`);
}

const one = defineFunction({
  name: "one",
  description: "Gives the only element of a list, set or tuple, or null when it is empty.",
  params: [anyParameter("list", partly)],
  nullable: true,
  type([list]) {
    const { type } = list as Value;
    if (type.kind === "list" || type.kind === "set") return type.element;
    if (type.kind !== "tuple") return argumentError(0, "a list, set or tuple is required");
    if (type.elements.length > 1) return argumentError(0, "it must have no more than one element");
    return type.elements[0] ?? dynamicType;
  },
  call([list], { returnType }) {
    const elements = elementsOf(list as Value);
    if (elements.length > 1) return argumentError(0, "it must have no more than one element");
    return elements[0] ?? nullValue(returnType);
  },
});

const matchkeys = defineFunction({
  name: "matchkeys",
  description: "Gives the elements of a list whose counterparts in a second list occur in a third.",
  params: [
    { name: "values", type: listOf(dynamicType) },
    { name: "keys", type: listOf(dynamicType) },
    { name: "searchset", type: listOf(dynamicType) },
  ],
  type: ([list, keyList, wanted]) =>
    unifyTypes([(keyList as Value).type, (wanted as Value).type], { unsafe: true }) === undefined
      ? functionError("the keys and the keys to search for must have the same type")
      : (list as Value).type,
  call([list, keyList, wanted], { returnType }) {
    const elements = elementsOf(list as Value);
    const names = elementsOf(keyList as Value);
    if (elements.length !== names.length) return functionError("the lists of values and keys must have the same length");
    const common = unifyTypes([(keyList as Value).type, (wanted as Value).type], { unsafe: true }) as Type;
    const search = elementsOf(convertTo(wanted as Value, common));
    const typed = elementsOf(convertTo(keyList as Value, common));
    const found = elements.filter((_, at) => search.some((key) => isEqual(key, typed[at] as Value)));
    return listValue((returnType as { element: Type }).element, found);
  },
});

function isEqual(a: Value, b: Value): boolean {
  const equal = equalValues(a, b);
  return isKnown(equal) && asBoolean(equal);
}

const transpose = defineFunction({
  name: "transpose",
  description: "Turns a map of lists of texts around: each text becomes a key with the keys it was found under.",
  params: [{ name: "values", type: mapOf(listOf(stringType)) }],
  type: mapOf(listOf(stringType)),
  call([map]) {
    const result = new Map<string, string[]>();
    for (const [key, list] of entriesOf(map as Value)) {
      if (isNull(list)) return argumentError(0, `the list of "${key}" is null`);
      for (const element of elementsOf(list)) {
        if (isNull(element)) return argumentError(0, `the list of "${key}" has a null element`);
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

export const collectionFunctions: readonly ValueFunction[] = [
  alltrue,
  anytrue,
  coalesce,
  coalescelist,
  compact,
  contains,
  index,
  keys,
  length,
  lookup,
  matchkeys,
  merge,
  one,
  transpose,
  values,
  zipmap,
];
