import {
  convert,
  dynamicType,
  elementsOf,
  isKnown,
  isValueError,
  setOf,
  setValue,
  unifyTypes,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { valueProblem } from "./problem.js";
import { createValueIndex } from "./membership.js";
import { defineFunction, type Parameter } from "./support.js";

function setParameter(name: string, allowUnknownParts: boolean): Parameter {
  return { name, type: setOf(dynamicType), allowDynamic: true, ...(allowUnknownParts ? { allowUnknownParts } : {}) };
}

function commonType(args: readonly Value[]): Type | FunctionError {
  const types: Type[] = [];
  for (const { type, ...value } of args) {
    const element = type.kind === "set" ? type.element : dynamicType;
    const isEmpty = isKnown({ type, ...value }) && elementsOf({ type, ...value }).length === 0;
    if (!(isEmpty && element.kind === "dynamic")) types.push(element);
  }
  if (types.length === 0) return setOf(dynamicType);
  const element = unifyTypes(types, { unsafe: true });
  return element === undefined
    ? functionError("the elements of the sets must have types that convert to one another")
    : setOf(element);
}

type Combine = (first: readonly Value[], second: readonly Value[]) => readonly Value[];

function setFunction(name: string, description: string, shape: SetShape, combine: Combine): ValueFunction {
  const { params, varParam, allowUnknownParts } = shape;
  return defineFunction({
    name,
    description,
    partsPerStep: 8,
    params: params.map((param) => setParameter(param, allowUnknownParts)),
    ...(varParam === undefined ? {} : { varParam: setParameter(varParam, allowUnknownParts) }),
    type: commonType,
    call(args, { returnType }) {
      const { element } = returnType as { readonly element: Type };
      let result: readonly Value[] | undefined;
      for (const [index, arg] of args.entries()) {
        const typed = convert(arg, returnType);
        if (isValueError(typed)) return argumentError(index, valueProblem(typed));
        const elements = elementsOf(typed);
        result = result === undefined ? elements : combine(result, elements);
      }
      return setValue(element, result ?? []);
    },
  });
}

interface SetShape {
  readonly params: readonly string[];
  readonly varParam?: string;
  readonly allowUnknownParts: boolean;
}

const many = { params: ["first_set"], varParam: "other_sets" } as const;

const setunion = setFunction(
  "setunion",
  "Gives a set of the elements that are in any of the sets.",
  { ...many, allowUnknownParts: true },
  (first, second) => [...first, ...second],
);

const setintersection = setFunction(
  "setintersection",
  "Gives a set of the elements that are in all of the sets.",
  { ...many, allowUnknownParts: false },
  (first, second) => {
    const index = createValueIndex(second);
    return first.filter((value) => index.has(value));
  },
);

const setsubtract = setFunction(
  "setsubtract",
  "Gives a set of the elements of the first set that are not in the second.",
  { params: ["a", "b"], allowUnknownParts: false },
  (first, second) => {
    const index = createValueIndex(second);
    return first.filter((value) => !index.has(value));
  },
);

export const setFunctions: readonly ValueFunction[] = [setintersection, setsubtract, setunion];
