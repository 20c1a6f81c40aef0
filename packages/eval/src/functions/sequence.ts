import {
  asNumber,
  asText,
  compareText,
  convert,
  dynamicType,
  dynamicUnknown,
  elementsOf,
  emptyTuple,
  friendlyTypeName,
  isKnown,
  isNull,
  isValueError,
  lengthOf,
  listOf,
  listValue,
  setOf,
  setValue,
  stringType,
  tupleOf,
  tupleValue,
  unifyTypes,
  unionMarks,
  unknownValue,
  unmarkShallow,
  withMarks,
  noMarks,
  numToInt,
  refinementOf,
  type Marks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, isFunctionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem, told, valueProblem } from "./problem.js";
import { createValueIndex } from "./membership.js";
import { anyParameter, defineFunction, isSequenceType, numberParameter, shallowMarks, wholeNumber } from "./support.js";

const partlyMarked = { allowUnknownParts: true, allowMarked: true } as const;
const anyList = listOf(dynamicType);

const chunklist = defineFunction({
  name: "chunklist",
  description: "Cuts a list into lists of the given size; the last may be shorter. A size of zero gives one list.",
  params: [{ name: "list", type: anyList, ...partlyMarked }, numberParameter("size", { allowMarked: true })],
  type: ([list]) => listOf((list as Value).type),
  call([list, sizeValue]) {
    const { value, marks } = unmarkShallow(list as Value);
    const size = wholeNumber(unmarkShallow(sizeValue as Value).value, 1);
    if (typeof size !== "number") return size;
    if (size < 0) return argumentError(1, "the size must not be negative");
    const elements = elementsOf(value);
    const { element } = value.type as { readonly element: Type };
    const step = size === 0 ? elements.length : size;
    const chunks: Value[] = [];
    for (let start = 0; start < elements.length; start += step) {
      chunks.push(listValue(element, elements.slice(start, start + step)));
    }
    return withMarks(listValue(value.type, chunks), unionMarks(marks, (sizeValue as Value).marks));
  },
});

const concat = defineFunction({
  name: "concat",
  description: "Puts lists or tuples one after the other.",
  varParam: anyParameter("seqs", partlyMarked),
  type(args) {
    if (args.length === 0) return functionError("at least one argument is required");
    if (args.every(({ type }) => type.kind === "list")) {
      const common = unifyTypes(
        args.map(({ type }) => type),
        { unsafe: true },
      );
      if (common !== undefined) return common;
    }
    const elements: Type[] = [];
    for (const [index, arg] of args.entries()) {
      const { type } = arg;
      if (type.kind === "tuple") for (const element of type.elements) elements.push(element);
      else if (type.kind !== "list") {
        return argumentError(index, problem`a list or a tuple is required, not ${told(friendlyTypeName(type))}`);
      } else if (!isKnown(arg)) return dynamicType;
      else for (const _ of elementsOf(arg)) elements.push(type.element);
    }
    return tupleOf(elements);
  },
  call(args, { returnType, budget }) {
    const parts: Value[] = [];
    for (const [index, arg] of args.entries()) {
      const typed = returnType.kind === "list" ? convert(arg, returnType) : arg;
      if (isValueError(typed)) return argumentError(index, valueProblem(typed));
      const elements = elementsOf(typed);
      if (!budget.charge(elements.length)) return functionError("the result would be too long");
      for (const element of elements) parts.push(element);
    }
    const result = returnType.kind === "list" ? listValue(returnType.element, parts) : tupleValue(parts);
    return withMarks(result, shallowMarks(args));
  },
});

const distinct = defineFunction({
  name: "distinct",
  partsPerStep: 8,
  description: "Removes the elements of a list that equal one before.",
  params: [{ name: "list", type: anyList }],
  type: ([list]) => (list as Value).type,
  call([list], { returnType }) {
    const index = createValueIndex();
    const kept = elementsOf(list as Value).filter((item) => {
      const isNew = !index.has(item);
      if (isNew) index.add(item);
      return isNew;
    });
    return listValue((returnType as { element: Type }).element, kept);
  },
});

const element = defineFunction({
  name: "element",
  description: "Gives the element at an index, which counts on from the beginning after the last element.",
  params: [anyParameter("list", partlyMarked), numberParameter("index")],
  nullable: true,
  type([list, indexValue]) {
    const { type } = list as Value;
    if (type.kind === "list") return type.element;
    if (type.kind !== "tuple")
      return argumentError(0, problem`a list or a tuple is required, not ${told(friendlyTypeName(type))}`);
    if (!isKnown(indexValue as Value)) return dynamicType;
    const at = wrappedIndex(indexValue as Value, type.elements.length);
    return typeof at === "number" ? (type.elements[at] as Type) : at;
  },
  call([list, indexValue]) {
    const elements = elementsOf(list as Value);
    const at = wrappedIndex(indexValue as Value, elements.length);
    return typeof at === "number" ? withMarks(elements[at] as Value, (list as Value).marks) : at;
  },
});

function wrappedIndex(indexValue: Value, length: number): number | FunctionError {
  const index = wholeNumber(indexValue, 1);
  if (typeof index !== "number") return index;
  if (length === 0) return argumentError(0, "the list has no elements");
  // The index may be too large for an exact JavaScript number.
  const size = BigInt(length);
  return Number((((numToInt(asNumber(indexValue)) as bigint) % size) + size) % size);
}

const flatten = defineFunction({
  name: "flatten",
  partsPerStep: 8,
  description: "Replaces all elements that are lists, sets or tuples by their own elements, at all depths.",
  params: [anyParameter("list", partlyMarked)],
  type([list]) {
    const { type } = list as Value;
    if (isKnown(list as Value) && !isSequence(type)) return argumentError(0, "a list, set or tuple is required");
    return dynamicType;
  },
  call([list], { budget }) {
    const result: Value[] = [];
    const state = { isKnown: true, marks: noMarks as Marks };
    if (!flattenInto(list as Value, result, state)) return argumentError(0, "the result would be too long");
    if (!budget.charge(result.length)) return argumentError(0, "the result would be too long");
    if (!state.isKnown) return withMarks(dynamicUnknown, state.marks);
    return withMarks(result.length === 0 ? emptyTuple : tupleValue(result), state.marks);
  },
});

function isSequence(type: Type): boolean {
  return type.kind === "list" || type.kind === "set" || type.kind === "tuple";
}

function flattenInto(list: Value, result: Value[], state: { isKnown: boolean; marks: Marks }): boolean {
  // An explicit stack keeps deep nesting from costing call stack; each entry is a sequence and the next position.
  const stack: { readonly elements: readonly Value[]; at: number }[] = [];
  const enter = (sequence: Value): void => {
    state.marks = unionMarks(state.marks, sequence.marks);
    const count = lengthOf(unmarkShallow(sequence).value);
    if (count === undefined || !isKnown(count) || !isKnown(sequence)) state.isKnown = false;
    else stack.push({ elements: elementsOf(sequence), at: 0 });
  };
  enter(list);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const value = top.elements[top.at++];
    if (value === undefined) stack.pop();
    else if (value.type.kind === "dynamic" && !isKnown(value)) state.isKnown = false;
    else if (isSequence(value.type) && !isNull(value)) enter(value);
    else result.push(value);
  }
  return true;
}

const reverse = defineFunction({
  name: "reverse",
  description: "Gives the elements of a list, tuple or set in the opposite order.",
  params: [anyParameter("list", partlyMarked)],
  type([list]) {
    const { type } = list as Value;
    if (type.kind === "tuple") return tupleOf(type.elements.toReversed());
    if (type.kind === "list" || type.kind === "set") return listOf(type.element);
    return argumentError(0, problem`a list, tuple or set is required, not ${told(friendlyTypeName(type))}`);
  },
  call([list], { returnType }) {
    const elements = elementsOf(list as Value).toReversed();
    const result = returnType.kind === "list" ? listValue(returnType.element, elements) : tupleValue(elements);
    return withMarks(result, (list as Value).marks);
  },
});

const slice = defineFunction({
  name: "slice",
  description: "Gives the elements of a list or tuple from a start index up to but not including an end index.",
  params: [anyParameter("list", partlyMarked), numberParameter("start_index"), numberParameter("end_index")],
  type(args) {
    const list = args[0] as Value;
    const { type } = list;
    if (type.kind === "set") {
      return argumentError(
        0,
        "the elements of a set have no indices; convert it to a list if their order does not matter",
      );
    }
    if (!isSequenceType(type)) return argumentError(0, "a list or a tuple is required");
    const range = sliceRange(args);
    if (isFunctionError(range)) return range;
    if (type.kind === "list") return type;
    if (range.start === undefined || range.end === undefined) return dynamicType;
    return tupleOf((type as { elements: readonly Type[] }).elements.slice(range.start, range.end));
  },
  call(args, { returnType }) {
    const list = args[0] as Value;
    const range = sliceRange(args);
    if (isFunctionError(range)) return range;
    const elements = elementsOf(list).slice(range.start, range.end);
    const result = returnType.kind === "list" ? listValue(returnType.element, elements) : tupleValue(elements);
    return withMarks(result, list.marks);
  },
});

interface SliceRange {
  readonly kind: "range";
  readonly start: number | undefined;
  readonly end: number | undefined;
}

function sliceRange([list, startValue, endValue]: readonly Value[]): SliceRange | FunctionError {
  const { type } = list as Value;
  const length =
    type.kind === "tuple"
      ? type.elements.length
      : isKnown(list as Value)
        ? elementsOf(list as Value).length
        : undefined;
  const start = sliceBound(startValue as Value, 1, length);
  if (typeof start === "object") return start;
  const end = sliceBound(endValue as Value, 2, length);
  if (typeof end === "object") return end;
  if (start !== undefined && end !== undefined && start > end) {
    return argumentError(1, "the start index must not be greater than the end index");
  }
  return { kind: "range", start, end };
}

function sliceBound(value: Value, argument: number, length: number | undefined): number | undefined | FunctionError {
  if (!isKnown(value)) return undefined;
  const bound = wholeNumber(value, argument);
  if (typeof bound !== "number") return bound;
  if (bound < 0) return argumentError(argument, "the index must not be negative");
  if (length !== undefined && bound > length) {
    return argumentError(argument, "the index must not be greater than the length of the list");
  }
  return bound;
}

const sort = defineFunction({
  name: "sort",
  description: "Sorts a list of texts by their bytes.",
  params: [{ name: "list", type: listOf(stringType), allowUnknown: true }],
  type: listOf(stringType),
  call([list]) {
    if (!isKnown(list as Value)) {
      const { lengthRange } = refinementOf(list as Value);
      return unknownValue(listOf(stringType), { notNull: true, ...(lengthRange === undefined ? {} : { lengthRange }) });
    }
    const elements = elementsOf(list as Value);
    if (elements.some((item) => !isKnown(item))) {
      // The number of elements is known, though not which comes where.
      return listValue(
        stringType,
        elements.map(() => unknownValue(stringType)),
      );
    }
    if (elements.some(isNull)) return argumentError(0, "a null element cannot be sorted");
    return listValue(
      stringType,
      elements.toSorted((a, b) => compareText(asText(a), asText(b))),
    );
  },
});

/** Most elements a product may have. */
const productLimit = 1_000_000;

const setproduct = defineFunction({
  name: "setproduct",
  description: "Gives all combinations of one element of each argument; a list when all arguments are lists or tuples.",
  varParam: anyParameter("sets", { allowUnknown: true, allowMarked: true }),
  type(args) {
    if (args.length < 2) return functionError("at least two arguments are required");
    const elements: Type[] = [];
    for (const [index, { type }] of args.entries()) {
      if (type.kind === "set" || type.kind === "list") elements.push(type.element);
      else if (type.kind !== "tuple") return argumentError(index, "a set or a list is required");
      else if (type.elements.length === 0) elements.push(dynamicType);
      else {
        const common = unifyTypes(type.elements, { unsafe: true });
        if (common === undefined) return argumentError(index, "all elements must have the same type");
        elements.push(common);
      }
    }
    return args.every(({ type }) => isSequenceType(type)) ? listOf(tupleOf(elements)) : setOf(tupleOf(elements));
  },
  call(args, { returnType, budget }) {
    const marks = shallowMarks(args);
    const { element: tuple } = returnType as { readonly element: Type & { readonly kind: "tuple" } };
    const lengths = args.map((arg) => knownLength(arg));
    if (lengths.includes(undefined)) return withMarks(unknownProduct(args, returnType), marks);
    const total = (lengths as number[]).reduce((product, count) => product * count, 1);
    if (total > productLimit || !budget.charge(total * args.length)) {
      return functionError(problem`the product would have ${total} elements`);
    }
    const columns = args.map((arg, index) =>
      elementsOf(arg).map((item) => {
        const converted = convert(item, tuple.elements[index] as Type);
        return isValueError(converted) ? item : converted;
      }),
    );
    const rows: Value[] = [];
    for (let row = 0; row < total; row++) rows.push(tupleValue(rowOf(columns, row)));
    return withMarks(returnType.kind === "list" ? listValue(tuple, rows) : setValue(tuple, rows), marks);
  },
});

function rowOf(columns: readonly (readonly Value[])[], row: number): Value[] {
  let rest = row;
  const values: Value[] = [];
  for (const column of columns.toReversed()) {
    values.unshift(column[rest % column.length] as Value);
    rest = Math.floor(rest / column.length);
  }
  return values;
}

function knownLength(arg: Value): number | undefined {
  if (!isKnown(arg)) return undefined;
  const count = lengthOf(unmarkShallow(arg).value);
  return count !== undefined && isKnown(count) ? elementsOf(arg).length : undefined;
}

/** Bounds of a product whose factors are not all known, as far as they are small enough to be of use. */
function unknownProduct(args: readonly Value[], type: Type): Value {
  let maximum = 1;
  for (const arg of args) {
    const most =
      arg.type.kind === "tuple"
        ? arg.type.elements.length
        : (knownLength(arg) ?? refinementOf(arg).lengthRange?.maximum);
    if (most === undefined || most > 1024 || maximum * most > 2048) return unknownValue(type, { notNull: true });
    maximum *= most;
  }
  return unknownValue(type, { notNull: true, lengthRange: { minimum: maximum === 0 ? 0 : 1, maximum } });
}

export const sequenceFunctions: readonly ValueFunction[] = [
  chunklist,
  concat,
  distinct,
  element,
  flatten,
  reverse,
  setproduct,
  slice,
  sort,
];
