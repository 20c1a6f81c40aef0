import { isInfinite, isNegativeZero, numSign, numToText, type HclNumber } from "@hclbuild/value";

/** Flags of a format verb that concern numbers. */
export interface NumberFlags {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** A magnitude as `0.digits × 10^point`; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function padNumber(sign: string, body: string, flags: NumberFlags, zeros: boolean): string {
  const missing = (flags.width ?? 0) - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (flags.minus) return sign + body + " ".repeat(missing);
  return zeros ? sign + "0".repeat(missing) + body : " ".repeat(missing) + sign + body;
}

function signOf(isNegative: boolean, flags: NumberFlags): string {
  return isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
}

const bases: Readonly<Record<string, number>> = { b: 2, d: 10, o: 8, x: 16, X: 16 };
const prefixes: Readonly<Record<string, string>> = { b: "0b", o: "0", x: "0x", X: "0X" };

/** Formats a whole number with the verbs `b d o x X` as Go's `big.Int` does. */
export function formatWholeNumber(value: bigint, verb: string, flags: NumberFlags): string {
  let digits = (value < 0n ? -value : value).toString(bases[verb]);
  if (verb === "X") digits = digits.toUpperCase();
  if (flags.precision !== undefined) {
    if (flags.precision === 0 && value === 0n) return "";
    digits = digits.padStart(flags.precision, "0");
  }
  const prefix = flags.sharp ? (prefixes[verb] ?? "") : "";
  const sign = signOf(value < 0n, flags) + prefix;
  return padNumber(sign, digits, flags, flags.zero && flags.precision === undefined);
}

/** Formats a number with the verbs `e E f g G` as Go's `big.Float` does. */
export function formatFloatNumber(value: HclNumber, verb: string, flags: NumberFlags): string {
  const isNegative = numSign(value) < 0 || isNegativeZero(value);
  if (isInfinite(value)) {
    const sign = isNegative ? "-" : flags.space ? " " : "+";
    return padNumber(sign, "Inf", { ...flags }, false);
  }
  const body = floatBody(value, verb, flags.precision);
  return padNumber(signOf(isNegative, flags), body, flags, flags.zero);
}

/** `%v` of a number: the shortest text, with an exponent where that is shorter. */
export function shortestNumberText(value: HclNumber): string {
  if (isInfinite(value)) return value < 0 ? "-Inf" : "+Inf";
  const sign = numSign(value) < 0 || isNegativeZero(value) ? "-" : "";
  return sign + floatBody(value, "g", undefined);
}

function floatBody(value: HclNumber, verb: string, precision: number | undefined): string {
  if (verb === "f") return fixedText(roundAfterPoint(value, precision ?? 6), precision ?? 6);
  if (verb === "e" || verb === "E") {
    const digits = precision ?? 6;
    return exponentText(roundDigits(value, digits + 1), digits, verb);
  }
  const wanted = precision === undefined ? undefined : Math.max(precision, 1);
  const decimal = wanted === undefined ? shortestDecimal(value) : roundDigits(value, wanted);
  const exponent = decimal.digits === "" ? -1 : decimal.point - 1;
  if (exponent < -4 || exponent >= (wanted ?? 6)) {
    return exponentText(decimal, decimal.digits.length - 1, verb === "G" ? "E" : "e");
  }
  return fixedText(decimal, Math.max(decimal.digits.length - decimal.point, 0));
}

function shortestDecimal(value: HclNumber): Decimal {
  const [whole = "", fraction = ""] = numToText(value).replace("-", "").split(".");
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  return { digits: all.slice(leading).replace(/0+$/, ""), point: whole.length - leading };
}

/** The magnitude as a fraction of whole numbers. */
function fractionOf(value: HclNumber): { readonly numerator: bigint; readonly denominator: bigint } {
  if (typeof value !== "number" && value.kind === "float") {
    const mantissa = value.mantissa < 0n ? -value.mantissa : value.mantissa;
    return value.exponent >= 0
      ? { numerator: mantissa << BigInt(value.exponent), denominator: 1n }
      : { numerator: mantissa, denominator: 1n << BigInt(-value.exponent) };
  }
  return { numerator: BigInt(Math.abs(typeof value === "number" ? value : value.integer)), denominator: 1n };
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

function roundAfterPoint(value: HclNumber, places: number): Decimal {
  const { numerator, denominator } = fractionOf(value);
  const scaled = divideHalfEven(numerator * 10n ** BigInt(places), denominator);
  if (scaled === 0n) return { digits: "", point: 0 };
  const digits = scaled.toString();
  return { digits: digits.replace(/0+$/, ""), point: digits.length - places };
}

function roundDigits(value: HclNumber, count: number): Decimal {
  if (numSign(value) === 0) return { digits: "", point: 0 };
  const { numerator, denominator } = fractionOf(value);
  const places = count - (numerator.toString().length - denominator.toString().length + 1);
  const attempt = (scale: number): bigint =>
    scale >= 0
      ? divideHalfEven(numerator * 10n ** BigInt(scale), denominator)
      : divideHalfEven(numerator, denominator * 10n ** BigInt(-scale));
  // The estimate of the number of digits before the point may be one off, and rounding may carry into a new digit.
  let scale = places + 1;
  let rounded = attempt(scale);
  while (rounded.toString().length > count) rounded = attempt(--scale);
  const digits = rounded.toString();
  return { digits: digits.replace(/0+$/, ""), point: digits.length - scale };
}

function fixedText({ digits, point }: Decimal, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const fraction = ("0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point)))
    .padEnd(places, "0")
    .slice(0, places);
  return places > 0 ? `${whole}.${fraction}` : whole;
}

function exponentText({ digits, point }: Decimal, places: number, letter: string): string {
  const first = digits[0] ?? "0";
  const rest = digits.slice(1).padEnd(Math.max(places, 0), "0").slice(0, Math.max(places, 0));
  const exponent = digits === "" ? 0 : point - 1;
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${first}${rest === "" ? "" : `.${rest}`}${letter}${exponent < 0 ? "-" : "+"}${power}`;
}
