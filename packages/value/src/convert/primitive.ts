import type { HclNumber } from "../number.js";
import { numToText } from "../number-text.js";
import type { Type } from "../type.js";
import { falseValue, normalizedString, numberFromText, trueValue } from "../value.js";
import { valueError } from "../value-error.js";
import type { Conversion } from "./conversion.js";

const trueText = normalizedString("true");
const falseText = normalizedString("false");

const numberToString: Conversion = (value) => normalizedString(numToText(value.representation as HclNumber));

const boolToString: Conversion = (value) => (value.representation === true ? trueText : falseText);

const stringToNumber: Conversion = (value) =>
  numberFromText(value.representation as string) ?? valueError("a number is required");

const stringToBool: Conversion = (value) => {
  const text = value.representation as string;
  if (text === "true" || text === "1") return trueValue;
  if (text === "false" || text === "0") return falseValue;
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false"
    ? valueError(`a bool is required; to convert from string, use lowercase "${lower}"`)
    : valueError("a bool is required");
};

/** Conversion between two different primitive types. Numbers and bools do not convert to each other. */
export function planPrimitive(from: Type, to: Type, unsafe: boolean): Conversion | undefined {
  if (to.kind === "string")
    return from.kind === "number" ? numberToString : from.kind === "bool" ? boolToString : undefined;
  if (!unsafe || from.kind !== "string") return undefined;
  return to.kind === "number" ? stringToNumber : to.kind === "bool" ? stringToBool : undefined;
}
