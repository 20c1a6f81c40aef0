import {
  asBoolean,
  asText,
  boolType,
  boolValue,
  convert,
  dynamicType,
  elementsOf,
  equalValues,
  graphemeCount,
  isKnown,
  isNull,
  isValueError,
  lengthOf,
  listOf,
  listValue,
  nullValue,
  numberType,
  numberValue,
  refinementOf,
  safePrefix,
  stringType,
  typesEqual,
  unifyTypes,
  unknownValue,
  withMarks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type ValueFunction } from "./definition.js";
import { valueProblem } from "./problem.js";
import { anyParameter, defineFunction, isSequenceType } from "./support.js";
import { createValueIndex } from "./membership.js";

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
    return (
      unifyTypes(
        args.map(({ type }) => type),
        { unsafe: true },
      ) ?? functionError("all arguments must have the same type")
    );
  },
  call(args, { returnType }) {
    for (const [index, arg] of args.entries()) {
      // Only whether the value itself is known matters; its parts do not decide.
      if (!isKnown(arg)) return unknownValue(returnType);
      if (isNull(arg)) continue;
      if (returnType.kind === "string" && asText(convertTo(arg, returnType)) === "") continue;
      const converted = convert(arg, returnType);
      return isValueError(converted) ? argumentError(index, valueProblem(converted)) : converted;
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
    for (const [position, arg] of args.entries()) {
      // What comes after an unknown argument may never be looked at.
      if (!isKnown(arg)) return dynamicType;
      if (!isSequenceType(arg.type)) return argumentError(position, "a list or a tuple is required");
    }
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
    listValue(
      stringType,
      elementsOf(list as Value).filter((element) => !isNull(element) && asText(element) !== ""),
    ),
});

const contains = defineFunction({
  name: "contains",
  partsPerStep: 8,
  description: "Tells whether a list, tuple or set has an element that equals the value; no conversion takes place.",
  params: [anyParameter("list", partly), anyParameter("value", partly)],
  type: boolType,
  call([list, value]) {
    const { kind } = (list as Value).type;
    if (kind !== "list" && kind !== "tuple" && kind !== "set")
      return argumentError(0, "a list, tuple or set is required");
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
  partsPerStep: 8,
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
  partsPerStep: 8,
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
    if (elements.length !== names.length)
      return functionError("the lists of values and keys must have the same length");
    const common = unifyTypes([(keyList as Value).type, (wanted as Value).type], { unsafe: true }) as Type;
    const search = createValueIndex(elementsOf(convertTo(wanted as Value, common)));
    const typed = elementsOf(convertTo(keyList as Value, common));
    const found = elements.filter((_, at) => search.has(typed[at] as Value));
    return listValue((returnType as { element: Type }).element, found);
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
  length,
  matchkeys,
  one,
];
