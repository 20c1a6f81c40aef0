import {
  asBoolean,
  asNumber,
  asText,
  boolType,
  convert,
  elementsOf,
  graphemeCount,
  graphemesOf,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  lengthOf,
  listOf,
  listValue,
  numberType,
  numToInt,
  safePrefix,
  stringType,
  stringValue,
  toJson,
  unknownValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import {
  argumentError,
  functionError,
  isFunctionError,
  type CallContext,
  type FunctionError,
  type ValueFunction,
} from "./definition.js";
import { problem } from "./problem.js";
import { formatFloatNumber, formatWholeNumber, shortestNumberText, type NumberFlags } from "./number-format.js";
import { counted, anyParameter, defineFunction, stringParameter } from "./support.js";

interface Verb extends NumberFlags {
  readonly raw: string;
  readonly offset: number;
  readonly argument: number;
  readonly mode: string;
}

interface Sequence {
  readonly text: string;
  readonly verbs: readonly (string | Verb)[];
  readonly used: number;
}

/** Widest field or highest precision. */
const widthLimit = 1_000_000;

const verbPattern = /%(?:%|([#\-+ 0]*)([1-9][0-9]*)?(\.[0-9]*)?(?:\[([1-9][0-9]*)\])?([A-Za-z]))/y;

function parseFormat(text: string): Sequence | FunctionError {
  const verbs: (string | Verb)[] = [];
  let next = 1;
  let used = 0;
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf("%", at);
    if (percent !== at) {
      verbs.push(text.slice(at, percent === -1 ? text.length : percent));
      if (percent === -1) break;
      at = percent;
    }
    verbPattern.lastIndex = at;
    const match = verbPattern.exec(text);
    if (match === null) return argumentError(0, problem`the verb at offset ${percent} is not one that format knows`);
    at += match[0].length;
    const mode = match[5];
    if (mode === undefined) {
      verbs.push("%");
      continue;
    }
    const flags = match[1] ?? "";
    const argument = match[4] === undefined ? next : Number(match[4]);
    const width = match[2] === undefined ? undefined : Number(match[2]);
    const precision = match[3] === undefined ? undefined : Number(match[3].slice(1));
    if ((width ?? 0) > widthLimit || (precision ?? 0) > widthLimit) {
      return argumentError(0, `the width and precision of a verb must not exceed ${widthLimit}`);
    }
    next = argument + 1;
    used = Math.max(used, argument);
    verbs.push({
      raw: match[0],
      offset: percent,
      argument,
      mode,
      plus: flags.includes("+"),
      minus: flags.includes("-"),
      sharp: flags.includes("#"),
      space: flags.includes(" "),
      zero: flags.includes("0"),
      width,
      precision,
    });
  }
  return { text, verbs, used };
}

type Outcome = string | FunctionError;

function formatValues(sequence: Sequence, args: readonly Value[], { budget }: CallContext): Outcome {
  if (sequence.used < args.length) {
    const many =
      sequence.used === 0
        ? problem`there is no verb for it in the format`
        : problem`the format uses only ${sequence.used}`;
    return argumentError(sequence.used + 1, problem`this argument is one too many: ${many}`);
  }
  let result = "";
  for (const part of sequence.verbs) {
    const text = typeof part === "string" ? part : formatVerb(part, args);
    if (typeof text !== "string") return text;
    if (!budget.charge(text.length)) return functionError("the result would be too long");
    result += text;
  }
  return result;
}

function formatVerb(verb: Verb, args: readonly Value[]): Outcome {
  const arg = args[verb.argument - 1];
  if (arg === undefined) {
    return functionError(problem`"${verb.raw}" needs argument ${verb.argument} of ${args.length} after the format`);
  }
  if (verb.mode === "v") return formatAsIs(verb, arg);
  if (isNull(arg)) return argumentError(verb.argument, problem`"${verb.raw}" cannot format null`);
  switch (verb.mode) {
    case "t":
      return withConverted(verb, arg, boolType, (value) => String(asBoolean(value)));
    case "s":
      return withConverted(verb, arg, stringType, (value) => pad(verb, cut(verb, asText(value))));
    case "q":
      return withConverted(verb, arg, stringType, (value) =>
        pad(verb, jsonText(stringValue(cut(verb, asText(value))))),
      );
    case "b":
    case "d":
    case "o":
    case "x":
    case "X":
      return withConverted(verb, arg, numberType, (value) => {
        const whole = numToInt(asNumber(value));
        return whole === undefined
          ? argumentError(verb.argument, problem`"${verb.raw}" needs a whole number`)
          : formatWholeNumber(whole, verb.mode, numberFlags(verb));
      });
    case "e":
    case "E":
    case "f":
    case "g":
    case "G":
      return withConverted(verb, arg, numberType, (value) =>
        formatFloatNumber(asNumber(value), verb.mode, numberFlags(verb)),
      );
    default:
      return argumentError(0, problem`"${verb.raw}" is not a verb that format knows`);
  }
}

/** A minus flag switches zeros off, as in Go. */
function numberFlags(verb: Verb): NumberFlags {
  return verb.minus ? { ...verb, zero: false } : verb;
}

function withConverted(verb: Verb, arg: Value, type: Type, format: (value: Value) => Outcome): Outcome {
  const converted = convert(arg, type);
  return isValueError(converted)
    ? argumentError(verb.argument, problem`"${verb.raw}" cannot format it: ${converted.message}`)
    : format(converted);
}

function formatAsIs(verb: Verb, arg: Value): Outcome {
  if (!verb.sharp && !isNull(arg)) {
    if (arg.type.kind === "string") return pad(verb, asText(arg));
    if (arg.type.kind === "number") return pad(verb, shortestNumberText(asNumber(arg)));
  }
  const json = toJson(arg);
  return typeof json === "string"
    ? pad(verb, json)
    : argumentError(verb.argument, problem`"${verb.raw}" cannot format it: ${json.message}`);
}

function jsonText(value: Value): string {
  const json = toJson(value);
  return typeof json === "string" ? json : "";
}

function cut(verb: Verb, text: string): string {
  // A precision of zero is taken for none.
  return verb.precision === undefined || verb.precision === 0
    ? text
    : graphemesOf(text).slice(0, verb.precision).join("");
}

function pad(verb: Verb, text: string): string {
  if (verb.width === undefined) return text;
  const missing = verb.width - graphemeCount(text);
  if (missing <= 0) return text;
  const padding = (verb.zero ? "0" : " ").repeat(missing);
  return verb.minus ? text + padding : padding + text;
}

const formatParameter = stringParameter("format");
const anyArguments = anyParameter("args", { allowNull: true, allowUnknown: true, allowDynamic: true });

const format = defineFunction({
  name: "format",
  partsPerStep: 1,
  description: "Fills the verbs of a format with the other arguments.",
  params: [formatParameter],
  varParam: anyArguments,
  type: stringType,
  call([formatValue, ...args], context) {
    const text = asText(formatValue as Value);
    if (args.some((arg) => !isWhollyKnown(arg))) {
      const percent = text.indexOf("%");
      const stringPrefix = percent > 0 ? safePrefix(text.slice(0, percent)) : "";
      return unknownValue(stringType, { notNull: true, ...(stringPrefix === "" ? {} : { stringPrefix }) });
    }
    const sequence = parseFormat(text);
    if (isFunctionError(sequence)) return sequence;
    const result = formatValues(sequence, args, context);
    return typeof result === "string" ? stringValue(result) : result;
  },
});

const formatlist = defineFunction({
  name: "formatlist",
  partsPerStep: 1,
  description: "Fills the verbs of a format once for each element of the lists among the other arguments.",
  params: [formatParameter],
  varParam: anyArguments,
  type: listOf(stringType),
  call([formatValue, ...args], context) {
    const sequence = parseFormat(asText(formatValue as Value));
    if (isFunctionError(sequence)) return sequence;
    const columns = readColumns(args);
    if (columns === undefined) return unknownValue(listOf(stringType), { notNull: true });
    if (isFunctionError(columns)) return columns;
    const texts: Value[] = [];
    for (let row = 0; row < columns.count; row++) {
      const values = columns.columns.map(
        (column) => (Array.isArray(column) ? (column as readonly Value[])[row] : column) as Value,
      );
      if (values.some((value) => !isWhollyKnown(value))) {
        texts.push(unknownValue(stringType, { notNull: true }));
        continue;
      }
      const text = formatValues(sequence, values, context);
      if (typeof text !== "string") return text;
      texts.push(stringValue(text));
    }
    return listValue(stringType, texts);
  },
});

interface Columns {
  readonly kind: "columns";
  readonly columns: readonly (Value | readonly Value[])[];
  readonly count: number;
}

function readColumns(args: readonly Value[]): Columns | FunctionError | undefined {
  const columns: (Value | readonly Value[])[] = [];
  let count: number | undefined;
  let isUnknown = false;
  for (const [index, arg] of args.entries()) {
    const { kind } = arg.type;
    if ((kind !== "list" && kind !== "set" && kind !== "tuple") || isNull(arg)) {
      isUnknown ||= kind === "dynamic" && !isKnown(arg);
      columns.push(arg);
      continue;
    }
    const length = knownLength(arg);
    if (length === undefined) {
      isUnknown = true;
      continue;
    }
    if (count !== undefined && length !== count) {
      return argumentError(index + 1, problem`it has ${counted(length, "element")}, but a list before it has ${count}`);
    }
    count = length;
    if (isKnown(arg)) columns.push(elementsOf(arg));
    else isUnknown = true;
  }
  return isUnknown ? undefined : { kind: "columns", columns, count: count ?? 1 };
}

function knownLength(arg: Value): number | undefined {
  if (arg.type.kind === "tuple") return arg.type.elements.length;
  const length = lengthOf(arg);
  return length !== undefined && isKnown(length) && isKnown(arg) ? elementsOf(arg).length : undefined;
}

export const formatFunctions: readonly ValueFunction[] = [format, formatlist];
