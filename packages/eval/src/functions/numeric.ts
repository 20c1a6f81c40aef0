import {
  absolute,
  add,
  asNumber,
  asText,
  elementsOf,
  friendlyTypeName,
  greaterThan,
  isKnown,
  isNull,
  isValueError,
  lessThan,
  listOf,
  listValue,
  numberType,
  numberValue,
  numCeiling,
  numCompare,
  numFloor,
  numSign,
  numToDouble,
  convert,
  type HclNumber,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, isFunctionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem, told, valueProblem } from "./problem.js";
import { goPower } from "./power.js";
import { anyParameter, defineFunction, numberParameter, wholeNumber } from "./support.js";

const untypedNumber = { allowDynamic: true };

const abs = defineFunction({
  name: "abs",
  description: "Gives a number without its sign.",
  params: [numberParameter("num", untypedNumber)],
  type: numberType,
  call: ([value]) => fromOperation(absolute(value as Value)),
});

const ceil = defineFunction({
  name: "ceil",
  description: "Gives the smallest whole number that is not less than the given one.",
  params: [numberParameter("num", untypedNumber)],
  type: numberType,
  call: ([value]) => numberValue(withoutSign(numCeiling(asNumber(value as Value)))),
});

const floor = defineFunction({
  name: "floor",
  description: "Gives the greatest whole number that is not greater than the given one.",
  params: [numberParameter("num", untypedNumber)],
  type: numberType,
  call: ([value]) => numberValue(withoutSign(numFloor(asNumber(value as Value)))),
});

/** Rounding gives no negative zero. */
function withoutSign(n: HclNumber): HclNumber {
  return numSign(n) === 0 ? 0 : n;
}

function fromDouble(result: number): Value | FunctionError {
  return Number.isNaN(result) ? functionError("the result is not a number") : numberValue(result);
}

function doubleOf(value: Value | undefined): number {
  return numToDouble(asNumber(value as Value));
}

function fromOperation(result: ReturnType<typeof add>): Value | FunctionError {
  return isValueError(result) ? functionError(valueProblem(result)) : result;
}

const log = defineFunction({
  name: "log",
  description: "Gives the logarithm of a number in the given base, computed with 64-bit floating point.",
  params: [numberParameter("num"), numberParameter("base")],
  type: numberType,
  call: ([num, base]) => fromDouble(Math.log(doubleOf(num)) / Math.log(doubleOf(base))),
});

const pow = defineFunction({
  name: "pow",
  description: "Raises a number to a power, computed with 64-bit floating point.",
  params: [numberParameter("num"), numberParameter("power")],
  type: numberType,
  call: ([num, power]) => fromDouble(goPower(doubleOf(num), doubleOf(power))),
});

function extreme(name: "max" | "min", description: string, isBetter: (sign: number) => boolean): ValueFunction {
  return defineFunction({
    name,
    description,
    varParam: numberParameter("numbers", untypedNumber),
    type: numberType,
    call(args) {
      let best = args[0];
      if (best === undefined) return functionError("at least one number is required");
      for (const arg of args) if (isBetter(numCompare(asNumber(arg), asNumber(best)))) best = arg;
      return best;
    },
  });
}

const max = extreme("max", "Gives the greatest of the given numbers.", (sign) => sign > 0);
const min = extreme("min", "Gives the smallest of the given numbers.", (sign) => sign < 0);

const signum = defineFunction({
  name: "signum",
  description: "Gives -1, 0 or 1 by the sign of a whole number.",
  params: [numberParameter("num")],
  type: numberType,
  call([value]) {
    const whole = wholeNumber(value as Value, 0);
    return typeof whole === "number" ? numberValue(Math.sign(whole)) : whole;
  },
});

/** Characters that parseint reads; the work grows with the square of their number. */
const digitLimit = 10_000;

const parseint = defineFunction({
  name: "parseint",
  description: "Reads a whole number that is written in the given base (2 to 62).",
  params: [anyParameter("number"), numberParameter("base")],
  type: ([text]) =>
    (text as Value).type.kind === "string"
      ? numberType
      : argumentError(0, problem`a string is required, not ${told(friendlyTypeName((text as Value).type))}`),
  call([textValue, baseValue]) {
    const base = wholeNumber(baseValue as Value, 1);
    if (typeof base !== "number" || base < 2 || base > 62) {
      return argumentError(1, "the base must be a whole number between 2 and 62 inclusive");
    }
    const text = asText(textValue as Value);
    if (text.length > digitLimit) return argumentError(0, `it has more than ${digitLimit} characters`);
    const parsed = parseInBase(text, base);
    if (parsed === undefined) return argumentError(0, problem`this is not a whole number written in base ${base}`);
    return numberValue(parsed);
  },
});

const smallDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
const largeDigits = `${smallDigits}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

function parseInBase(text: string, base: number): bigint | undefined {
  const match = /^([+-]?)([0-9A-Za-z]+)$/.exec(text);
  if (match === null) return undefined;
  // Up to base 36 the case of letters does not matter; above, capitals go on after the small letters.
  const digits = base <= 36 ? (match[2] as string).toLowerCase() : (match[2] as string);
  let value = 0n;
  for (const digit of digits) {
    const worth = largeDigits.indexOf(digit);
    if (worth < 0 || worth >= base) return undefined;
    value = value * BigInt(base) + BigInt(worth);
  }
  return match[1] === "-" ? -value : value;
}

const sum = defineFunction({
  name: "sum",
  description: "Adds up the numbers of a list, set or tuple.",
  params: [anyParameter("list")],
  type: numberType,
  call([list]) {
    const sequence = list as Value;
    const { kind } = sequence.type;
    if (kind !== "list" && kind !== "set" && kind !== "tuple") {
      return argumentError(0, "a list, set or tuple of numbers is required");
    }
    const elements = elementsOf(sequence);
    if (elements.length === 0) return argumentError(0, "there is no element to add up");
    let total: Value | undefined;
    for (const element of elements) {
      if (isNull(element)) return argumentError(0, "a null element cannot be added up");
      const number = convert(element, numberType);
      if (isValueError(number)) return argumentError(0, "all elements must be numbers");
      const next = total === undefined ? number : add(total, number);
      if (isValueError(next)) return argumentError(0, valueProblem(next));
      total = next;
    }
    return total as Value;
  },
});

const rangeLimit = 1024;

const range = defineFunction({
  name: "range",
  description: "Gives the numbers from a start (0 by default) up to but not including an end, in steps.",
  varParam: numberParameter("params"),
  type: listOf(numberType),
  call(args) {
    const bounds = rangeBounds(args);
    return isFunctionError(bounds) ? bounds : countUp(bounds);
  },
});

interface Bounds {
  readonly start: Value;
  readonly end: Value;
  readonly step: Value;
}

const zero = numberValue(0);

function holds(comparison: ReturnType<typeof lessThan>): boolean {
  return !isValueError(comparison) && isKnown(comparison) && comparison.representation === true;
}

function rangeBounds(args: readonly Value[]): Bounds | FunctionError {
  const [a, b, c] = args;
  if (a === undefined || args.length > 3) return functionError("one, two or three arguments are required");
  const up = numberValue(1);
  const down = numberValue(-1);
  if (b === undefined) return { start: zero, end: a, step: holds(lessThan(a, zero)) ? down : up };
  if (c === undefined) return { start: a, end: b, step: holds(lessThan(b, a)) ? down : up };
  const sign = numSign(asNumber(c));
  if (sign === 0) return argumentError(2, "the step must not be zero");
  if (sign < 0 && holds(greaterThan(b, a)))
    return argumentError(1, "the end must be less than the start, as the step is negative");
  if (sign > 0 && holds(lessThan(b, a)))
    return argumentError(1, "the end must be greater than the start, as the step is positive");
  return { start: a, end: b, step: c };
}

function countUp({ start, end, step }: Bounds): Value | FunctionError {
  const sign = numSign(asNumber(step));
  const values: Value[] = [];
  let current = start;
  while (numCompare(asNumber(current), asNumber(end)) * sign < 0) {
    if (values.length >= rangeLimit) {
      return functionError(
        `it would give more than ${rangeLimit} numbers; bring start and end closer or use a larger step`,
      );
    }
    values.push(current);
    const next = add(current, step);
    if (isValueError(next)) return functionError(valueProblem(next));
    current = next;
  }
  return listValue(numberType, values);
}

export const numericFunctions: readonly ValueFunction[] = [
  abs,
  ceil,
  floor,
  log,
  max,
  min,
  parseint,
  pow,
  range,
  signum,
  sum,
];
