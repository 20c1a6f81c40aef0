import {
  allMarks,
  asNumber,
  dynamicType,
  isKnown,
  noMarks,
  numberType,
  numToInt,
  stringType,
  unionMarks,
  unknownValue,
  withMarks,
  type Marks,
  type Type,
  type Value,
} from "@hclbuild/value";
import {
  argumentError,
  type CallContext,
  type FunctionError,
  type FunctionParameter,
  type ValueFunction,
} from "./definition.js";
import { problem, told } from "./problem.js";

/** A {@link FunctionParameter} that may also say that only parts of its argument may be unknown. */
export interface Parameter extends FunctionParameter {
  /** `call` is run although the argument has unknown parts; a wholly unknown one still makes the result unknown. */
  readonly allowUnknownParts?: boolean;
}

/** For functions that make something of each character of a text: four of them cost as much as a step. */
export const textPartsPerStep = 1 / 8;

interface FunctionSource {
  readonly name: string;
  readonly description: string;
  readonly params?: readonly Parameter[];
  readonly varParam?: Parameter;
  readonly type: Type | ((args: readonly Value[]) => Type | FunctionError);
  /** The result may be null; by default it is refined as not null. */
  readonly nullable?: boolean;
  readonly volatile?: boolean;
  readonly effect?: string;
  readonly partsPerStep?: number;
  readonly call: (args: readonly Value[], context: CallContext) => Value | FunctionError;
}

const notNull = { notNull: true };

/** Makes a function on values, with the habits that nearly all of them share. */
export function defineFunction(source: FunctionSource): ValueFunction {
  const params = source.params ?? [];
  const { varParam, type } = source;
  const refinement = source.nullable === true ? undefined : notNull;
  return {
    name: source.name,
    description: source.description,
    params: params.map(plainParameter),
    ...(varParam === undefined ? {} : { varParam: plainParameter(varParam) }),
    ...(source.volatile === undefined ? {} : { volatile: source.volatile }),
    ...(source.effect === undefined ? {} : { effect: source.effect }),
    ...(source.partsPerStep === undefined ? {} : { partsPerStep: source.partsPerStep }),
    ...(refinement === undefined ? {} : { refinement }),
    returnType: typeof type === "function" ? type : () => type,
    call(args, context) {
      const unknown = args.some(
        (arg, index) => (params[index] ?? varParam)?.allowUnknownParts === true && !isKnown(arg),
      );
      if (unknown) return withMarks(unknownValue(context.returnType, refinement), marksOfAll(args));
      return source.call(args, context);
    },
  };
}

function plainParameter({ allowUnknownParts, ...parameter }: Parameter): FunctionParameter {
  return allowUnknownParts === true ? { ...parameter, allowUnknown: true } : parameter;
}

export function stringParameter(name: string, options: Partial<Parameter> = {}): Parameter {
  return { name, type: stringType, ...options };
}

export function numberParameter(name: string, options: Partial<Parameter> = {}): Parameter {
  return { name, type: numberType, ...options };
}

export function anyParameter(name: string, options: Partial<Parameter> = {}): Parameter {
  return { name, type: dynamicType, ...options };
}

/** Marks of all values and their parts. */
export function marksOfAll(values: readonly Value[]): Marks {
  let marks = noMarks;
  for (const value of values) marks = unionMarks(marks, allMarks(value));
  return marks;
}

/** Marks of the values themselves. */
export function shallowMarks(values: readonly Value[]): Marks {
  let marks = noMarks;
  for (const value of values) marks = unionMarks(marks, value.marks);
  return marks;
}

/** `1 element`, `2 elements`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** A whole number of 64 bits as an exact JavaScript number where that exists. */
export function wholeNumber(value: Value, argument: number): number | FunctionError {
  const whole = numToInt(asNumber(value));
  if (whole === undefined || whole < smallest || whole > largest) {
    return argumentError(argument, problem`a whole number is required, between ${told(smallest)} and ${told(largest)}`);
  }
  return Number(whole);
}

export function isSequenceType(type: Type): boolean {
  return type.kind === "list" || type.kind === "tuple";
}
