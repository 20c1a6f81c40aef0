import { unescapeGoLiteral } from "../text/quote.js";

const integer = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const decimalFloat =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexFloat = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9]+)$/;

/** Value of a Go number literal: `bigint` for integers that fit 64 bits, `number` for floats. */
export function readNumberLiteral(text: string): bigint | number | undefined {
  if (integer.test(text)) {
    const value = readInteger(text);
    return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
  }
  if (decimalFloat.test(text) && !/^[+-]?[0-9_]+$/.test(text)) {
    const value = Number(text.replaceAll("_", ""));
    return Number.isFinite(value) ? value : undefined;
  }
  const hex = hexFloat.exec(text);
  if (hex === null) return undefined;
  const whole = (hex[2] as string).replaceAll("_", "");
  const fraction = (hex[3] ?? "").replaceAll("_", "");
  if (whole === "" && fraction === "") return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(hex[4]) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  const signed = hex[1] === "-" ? -value : value;
  // Go keeps a hexadecimal constant without a fraction an integer.
  return Number.isSafeInteger(signed) ? BigInt(signed) : signed;
}

function readInteger(text: string): bigint {
  const negative = text.startsWith("-");
  let digits = text.replace(/^[+-]/, "").replaceAll("_", "");
  if (/^0[0-7]+$/.test(digits)) digits = `0o${digits.slice(1)}`;
  const value = BigInt(digits.toLowerCase());
  return negative ? -value : value;
}

/** Code point of a Go character literal, quotes included in `image`. */
export function readCharacterLiteral(image: string): bigint | undefined {
  const body = image.slice(1, -1);
  const byte = /^\\(?:x([0-9a-fA-F]{2})|([0-7]{3}))$/.exec(body);
  if (byte !== null) {
    const code = byte[1] === undefined ? Number.parseInt(byte[2] as string, 8) : Number.parseInt(byte[1], 16);
    return code > 255 ? undefined : BigInt(code);
  }
  const text = unescapeGoLiteral(body, "'");
  if (text === undefined || [...text].length !== 1) return undefined;
  return BigInt(text.codePointAt(0) as number);
}
