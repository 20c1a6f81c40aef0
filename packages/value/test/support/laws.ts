import {
  add,
  allMarks,
  and,
  consoleText,
  convert,
  decodeMessagePack,
  displayValue,
  divide,
  encodeMessagePack,
  equalValues,
  formatPath,
  fromJson,
  getAttribute,
  greaterThan,
  greaterThanOrEqual,
  indexValue,
  isKnown,
  isNull,
  isValueError,
  lengthOf,
  lessThan,
  lessThanOrEqual,
  listOf,
  listMarks,
  mapOf,
  markAtPaths,
  modulo,
  multiply,
  negate,
  not,
  numFromText,
  numToText,
  numEqual,
  or,
  rawEquals,
  setOf,
  setValue,
  stringType,
  subtract,
  toJson,
  boolType,
  dynamicType,
  numberType,
  typeConstraintText,
  unifyTypes,
  unmarkDeep,
  valueToHcl,
  walkValue,
  type Marks,
  type Type,
  type Value,
  type ValueError,
} from "@hclbuild/value";
import fc from "fast-check";
import { anyValue, arbitraryType, arbitraryValue, secretText } from "./arbitraries.js";
import { covers, generalize } from "./ranges.js";

/** A statement that holds for all inputs. `check` throws a counterexample. */
export interface Law {
  readonly name: string;
  readonly property: fc.IProperty<unknown>;
}

type Result = Value | ValueError | undefined;

function law<T>(name: string, arbitrary: fc.Arbitrary<T>, holds: (input: T) => boolean): Law {
  return { name, property: fc.property(arbitrary, holds) as fc.IProperty<unknown> };
}

const binary: readonly (readonly [string, Type, (a: Value, b: Value) => Value | ValueError])[] = [
  ["+", numberType, add],
  ["-", numberType, subtract],
  ["*", numberType, multiply],
  ["/", numberType, divide],
  ["%", numberType, modulo],
  ["<", numberType, lessThan],
  ["<=", numberType, lessThanOrEqual],
  [">", numberType, greaterThan],
  [">=", numberType, greaterThanOrEqual],
  ["&&", boolType, and],
  ["||", boolType, or],
];

/** A result over unknowns must cover what comes out once they are known. Errors of the known case claim nothing. */
function isSound(open: Result, actual: Result): boolean {
  if (actual === undefined || isValueError(actual)) return true;
  return open !== undefined && !isValueError(open) && covers(open, actual);
}

function withGeneral(type: Type): fc.Arbitrary<{ readonly open: Value; readonly actual: Value }> {
  return arbitraryValue(type).chain((actual) => generalize(actual).map((open) => ({ open, actual })));
}

const generalAny = anyValue({ nulls: true }).chain((actual) => generalize(actual).map((open) => ({ open, actual })));

function soundnessLaws(): readonly Law[] {
  return [
    ...binary.map(([symbol, type, operation]) =>
      law(`unknown soundness of ${symbol}`, fc.tuple(withGeneral(type), withGeneral(type)), ([a, b]) =>
        isSound(operation(a.open, b.open), operation(a.actual, b.actual)),
      ),
    ),
    law("unknown soundness of unary -", withGeneral(numberType), ({ open, actual }) =>
      isSound(negate(open), negate(actual)),
    ),
    law("unknown soundness of !", withGeneral(boolType), ({ open, actual }) => isSound(not(open), not(actual))),
    law("unknown soundness of ==", pairs, ([a, b]) =>
      isSound(equalValues(a.open, b.open), equalValues(a.actual, b.actual)),
    ),
    law("unknown soundness of length", generalAny, ({ open, actual }) => isSound(lengthOf(open), lengthOf(actual))),
    law("unknown soundness of attributes", generalAny, ({ open, actual }) =>
      isSound(getAttribute(open, "a"), getAttribute(actual, "a")),
    ),
    law("unknown soundness of index", fc.tuple(generalAny, withGeneral(numberType)), ([a, key]) =>
      isSound(indexValue(a.open, key.open), indexValue(a.actual, key.actual)),
    ),
    law(
      "unknown soundness of conversion",
      fc.tuple(generalAny, arbitraryType({ depth: 2, dynamic: true })),
      ([a, type]) => isSound(convert(a.open, type), convert(a.actual, type)),
    ),
  ];
}

/** Pairs that are often equal, or equal but for a part. */
const pairs = arbitraryType({ depth: 2 }).chain((type) =>
  fc.oneof(
    fc.tuple(withGeneral(type), withGeneral(type)),
    arbitraryValue(type, { nulls: true }).chain((actual) =>
      fc.tuple(generalize(actual), generalize(actual)).map(
        ([a, b]) =>
          [
            { open: a, actual },
            { open: b, actual },
          ] as const,
      ),
    ),
  ),
);

function hasAll(result: Marks, wanted: Marks): boolean {
  const have = JSON.stringify(listMarks(result));
  return listMarks(wanted).every((mark) => have.includes(JSON.stringify(mark)));
}

function keepsMarks(result: Result, ...wanted: readonly Marks[]): boolean {
  return result === undefined || isValueError(result) || wanted.every((marks) => hasAll(allMarks(result), marks));
}

const marked = { unknown: true, nulls: true, marks: true } as const;

function markLaws(): readonly Law[] {
  return [
    ...binary.map(([symbol, type, operation]) =>
      law(`marks through ${symbol}`, fc.tuple(arbitraryValue(type, marked), arbitraryValue(type, marked)), ([a, b]) =>
        keepsMarks(operation(a, b), a.marks, b.marks),
      ),
    ),
    law(
      "marks through ==",
      arbitraryType({ depth: 2 }).chain((type) => fc.tuple(arbitraryValue(type, marked), arbitraryValue(type, marked))),
      ([a, b]) => keepsMarks(equalValues(a, b), allMarks(a), allMarks(b)),
    ),
    law("marks through conversion", anyValue(marked), (value) =>
      [listOf(dynamicType), setOf(dynamicType), mapOf(dynamicType), stringType].every((type) =>
        // A null or unknown has no parts, and what is left out has no marks to keep.
        keepsMarks(convert(value, type), keepsParts(value) ? allMarks(value) : value.marks),
      ),
    ),
    law(
      "marks through attributes and index",
      fc.tuple(anyValue(marked), arbitraryValue(stringType, marked)),
      ([value, key]) =>
        keepsMarks(getAttribute(value, "a"), value.marks) && keepsMarks(indexValue(value, key), value.marks, key.marks),
    ),
    law("unmarking and marking again", anyValue(marked), (value) => {
      const { value: plain, paths } = unmarkDeep(value);
      return !allMarks(plain).sensitive && rawEquals(markAtPaths(plain, paths), value);
    }),
    law("secrets are never shown", anyValue(marked), (value) => {
      const results = [valueToHcl(value), toJson(value), encodeMessagePack(value), convert(value, numberType)];
      const errors = results.flatMap((result) =>
        typeof result === "object" && "kind" in result ? [result.message, formatPath(result.path)] : [],
      );
      const texts = results.filter((result) => typeof result === "string");
      const shown = [displayValue(value, { maxLength: 1000 }), consoleText(value), ...texts, ...errors];
      return shown.every((text) => !text.includes(secretText));
    }),
  ];
}

/** Whether a conversion to a collection leaves out no part, as it does where objects meet one with fewer attributes. */
function keepsParts(value: Value): boolean {
  if (!isKnown(value) || isNull(value)) return false;
  const results = [listOf(dynamicType), mapOf(dynamicType)].map((type) => convert(value, type));
  return results.every((result) => isValueError(result) || countOfParts(result) >= countOfParts(value));
}

function countOfParts(value: Value): number {
  let count = 0;
  walkValue(value, () => void count++);
  return count;
}

function sameType(a: Type | undefined, b: Type | undefined): boolean {
  return a === undefined || b === undefined ? a === b : typeConstraintText(a) === typeConstraintText(b);
}

/** Types that are likely to have something in common. */
const relatedTypes = arbitraryType({ depth: 2 });
const setFreeTypes = relatedTypes.filter((type) => !typeConstraintText(type).includes("set("));

function conversionLaws(): readonly Law[] {
  return [
    law(
      "conversion is idempotent",
      fc.tuple(anyValue(marked), arbitraryType({ depth: 2, dynamic: true })),
      ([value, type]) => {
        const once = convert(value, type);
        if (isValueError(once)) return true;
        const twice = convert(once, type);
        return !isValueError(twice) && rawEquals(once, twice);
      },
    ),
    law(
      "conversion to the own type changes nothing",
      anyValue(marked),
      (value) => convert(value, value.type) === value,
    ),
    law("unification commutes", fc.tuple(relatedTypes, relatedTypes), ([a, b]) =>
      sameType(unifyTypes([a, b]), unifyTypes([b, a])),
    ),
    law("unification is idempotent", relatedTypes, (a) => sameType(unifyTypes([a, a]), a)),
    // Tuples of different lengths become a list, a tuple beside a set becomes a set: with sets the order of steps shows.
    law(
      "unification associates where both sides are defined, sets aside",
      fc.tuple(setFreeTypes, setFreeTypes, setFreeTypes),
      ([a, b, c]) => {
        const ab = unifyTypes([a, b]);
        const bc = unifyTypes([b, c]);
        const left = ab && unifyTypes([ab, c]);
        const right = bc && unifyTypes([a, bc]);
        return left === undefined || right === undefined || sameType(left, right);
      },
    ),
    law(
      "both types convert to the unified one",
      fc.tuple(anyValue({ nulls: true }), anyValue({ nulls: true })),
      ([a, b]) => {
        const unified = unifyTypes([a.type, b.type]);
        return unified === undefined || !(isValueError(convert(a, unified)) || isValueError(convert(b, unified)));
      },
    ),
  ];
}

const whollyKnown = anyValue({ nulls: true });

function representationLaws(): readonly Law[] {
  return [
    law("JSON round trip", whollyKnown, (value) => {
      const text = toJson(value);
      if (isValueError(text)) return false;
      const back = fromJson(text, value.type);
      return !isValueError(back) && rawEquals(back, value);
    }),
    law("JSON round trip with the type in the text", whollyKnown, (value) => {
      const text = toJson(value, dynamicType);
      if (isValueError(text)) return false;
      const back = fromJson(text, dynamicType);
      return !isValueError(back) && rawEquals(back, value);
    }),
    law("MessagePack round trip", anyValue({ nulls: true, unknown: true }), (value) => {
      const data = encodeMessagePack(value);
      if (isValueError(data)) return JSON.stringify(value.type).includes("__proto__");
      const back = decodeMessagePack(data, value.type);
      return isValueError(back)
        ? JSON.stringify(Buffer.from(data).toString("latin1")).includes("__proto__")
        : rawEquals(back, value);
    }),
    law(
      "equality is reflexive and symmetric",
      fc.tuple(whollyKnown, whollyKnown),
      ([a, b]) => equalValues(a, a).representation === true && rawEquals(equalValues(a, b), equalValues(b, a)),
    ),
    law(
      "sets do not depend on order or repetition",
      fc.array(arbitraryValue(listOf(stringType), { nulls: true })),
      (parts) =>
        rawEquals(setValue(listOf(stringType), parts), setValue(listOf(stringType), [...parts, ...parts].reverse())),
    ),
    law("the text of a number reads as the number", arbitraryValue(numberType), (value) => {
      const n = value.representation as number;
      const back = numFromText(numToText(n));
      return back !== undefined && numEqual(back, n);
    }),
  ];
}

/** The laws of values: architecture's property tests 3, 4 and 6, and round trips. */
export function valueLaws(): readonly Law[] {
  return [...soundnessLaws(), ...markLaws(), ...conversionLaws(), ...representationLaws()];
}
