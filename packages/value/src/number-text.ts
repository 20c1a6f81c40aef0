import {
  bitLength,
  isInfinite,
  isNegativeZero,
  makeFloat,
  numCompare,
  numFromDouble,
  numIsInteger,
  numNegate,
  numSign,
  numToDouble,
  numToInt,
  precisionOf,
  textPrecision,
  withPrecision,
  type FloatNumber,
  type HclNumber,
} from "./number.js";

/** Texts with a greater decimal exponent are refused: see {@link numFromText}. */
const maximumDecimalExponent = 100_000;

/**
 * Reads a decimal number with a precision of 512 bits, as cty's `ParseNumberVal`: optional sign, digits with an
 * optional point, and an optional decimal exponent (`e`) or binary exponent (`p`); or `inf`. `undefined` when the text
 * is no such number, or one whose decimal exponent lies beyond ±100 000.
 */
export function numFromText(text: string): HclNumber | undefined {
  if (/^[+-]?\d{1,15}$/.test(text)) {
    return withPrecision(Number(text), textPrecision);
  }
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:([eEp])([+-]?\d+))?$/.exec(text);
  if (match === null) {
    const infinity = /^([+-]?)[iI]nf$/.exec(text);
    return infinity === null ? undefined : infinity[1] === "-" ? -Infinity : Infinity;
  }
  const [, sign, whole = "", fractionAfterWhole, fractionAlone, marker, exponentText] = match;
  const fraction = withoutTrailingZeros(fractionAfterWhole ?? fractionAlone ?? "");
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return withPrecision(sign === "-" ? -0 : 0, textPrecision);
  const exponent = exponentText === undefined ? 0 : Number(exponentText);
  const decimal = (marker === "p" ? 0 : exponent) - fraction.length;
  const binary = marker === "p" ? exponent : 0;
  if (Math.abs(decimal) > maximumDecimalExponent || Math.abs(binary) > 3 * maximumDecimalExponent) return undefined;
  if (digits.length > maximumDecimalExponent) return undefined;
  const magnitude = scaleDecimal(BigInt(digits), decimal, binary);
  return sign === "-" ? numNegate(magnitude) : magnitude;
}

/** A regular expression would look at long runs of zeros again and again. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end--;
  return digits.slice(0, end);
}

/** `digits × 10^decimal × 2^binary`, correctly rounded. */
function scaleDecimal(digits: bigint, decimal: number, binary: number): HclNumber {
  if (decimal >= 0) return makeFloat(digits * 5n ** BigInt(decimal), decimal + binary, textPrecision);
  const divisor = 5n ** BigInt(-decimal);
  const shift = Math.max(0, textPrecision + 2 + bitLength(divisor) - bitLength(digits));
  const shifted = digits << BigInt(shift);
  const mantissa = shifted / divisor;
  return makeFloat(mantissa, decimal + binary - shift, textPrecision, mantissa * divisor !== shifted);
}

/** Decimal digits of a magnitude: `0.digits × 10^point`. */
interface DecimalDigits {
  readonly digits: string;
  readonly point: number;
}

/**
 * The shortest decimal text that reads back as the same number at its precision, without an exponent (Go's format
 * `'f'` with precision −1). This is how numbers are shown, and numbers with the same text are equal.
 */
export function numToText(n: HclNumber): string {
  if (typeof n === "number") {
    if (n === Infinity) return "+Inf";
    if (n === -Infinity) return "-Inf";
    return isNegativeZero(n) ? "-0" : String(n);
  }
  if (n.kind === "integer" && n.precision >= 53) return isNegativeZero(n) ? "-0" : String(n.integer);
  const sign = numSign(n) < 0 || isNegativeZero(n) ? "-" : "";
  if (numSign(n) === 0) return `${sign}0`;
  const { digits, point } = shortestDigits(n);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function magnitudeOf(n: HclNumber): { readonly mantissa: bigint; readonly exponent: number } {
  if (typeof n !== "number" && n.kind === "float") {
    return { mantissa: n.mantissa < 0n ? -n.mantissa : n.mantissa, exponent: n.exponent };
  }
  return { mantissa: BigInt(Math.abs(typeof n === "number" ? n : n.integer)), exponent: 0 };
}

function shortestDigits(n: HclNumber): DecimalDigits {
  const { mantissa, exponent } = magnitudeOf(n);
  const precision = precisionOf(n);
  // One bit more than the precision, so that one unit is half the distance to the neighbouring numbers.
  const shift = precision + 1 - bitLength(mantissa);
  const middle = mantissa << BigInt(shift);
  const scale = exponent - shift;
  const factor = scale >= 0 ? 1n << BigInt(scale) : 5n ** BigInt(-scale);
  const exact = (middle * factor).toString();
  const digits = chooseDigits(trimZeros(exact), {
    lower: trimZeros(((middle - 1n) * factor).toString()),
    upper: trimZeros(((middle + 1n) * factor).toString()),
    // The bounds themselves round to this number only when its last bit is even.
    inclusive: (middle & 2n) === 0n,
  });
  return { digits: digits.text, point: exact.length + Math.min(0, scale) + digits.carry };
}

interface Bounds {
  readonly lower: string;
  readonly upper: string;
  readonly inclusive: boolean;
}

/** Digits without trailing zeros; `carry` is 1 when rounding up added a digit in front. */
interface ChosenDigits {
  readonly text: string;
  readonly carry: 0 | 1;
}

/**
 * A short prefix of `exact`, cut or rounded up, between the bounds. It is the shortest but for one habit of Go's
 * printing that is kept here: digits are compared one by one, so a bound that differs by a carry further left may go
 * unused, and the prefix is then cut although rounding up would be nearer.
 */
function chooseDigits(exact: string, { lower, upper, inclusive }: Bounds): ChosenDigits {
  for (let index = 0; index < exact.length; index++) {
    const digit = exact.charCodeAt(index);
    const below = index < lower.length ? lower.charCodeAt(index) : 48;
    const above = index < upper.length ? upper.charCodeAt(index) : 48;
    const canCut = below !== digit || (inclusive && index + 1 === lower.length);
    const canRaise = above !== digit && (inclusive || digit + 1 < above || index + 1 < upper.length);
    if (!canCut && !canRaise) continue;
    const cut = exact.slice(0, index + 1);
    if (canCut && (!canRaise || !isAboveHalf(exact, index, exact.length))) return { text: trimZeros(cut), carry: 0 };
    const raised = incrementDigits(cut);
    return { text: trimZeros(raised), carry: raised.length > cut.length ? 1 : 0 };
  }
  return { text: exact, carry: 0 };
}

function trimZeros(digits: string): string {
  return digits.slice(0, significantLength(digits));
}

function significantLength(digits: string): number {
  let length = digits.length;
  while (length > 0 && digits.charCodeAt(length - 1) === 48) length--;
  return length;
}

/** Whether the digits after `index` are more than half a unit, or exactly half after an odd digit. */
function isAboveHalf(digits: string, index: number, end: number): boolean {
  if (index + 1 >= end) return false;
  const next = digits.charCodeAt(index + 1);
  if (next === 53 && index + 2 === end) return (digits.charCodeAt(index) & 1) === 1;
  return next >= 53;
}

function incrementDigits(digits: string): string {
  let index = digits.length - 1;
  while (index >= 0 && digits[index] === "9") index--;
  const zeros = "0".repeat(digits.length - 1 - index);
  if (index < 0) return `1${zeros}`;
  return digits.slice(0, index) + String.fromCharCode(digits.charCodeAt(index) + 1) + zeros;
}

/**
 * Equality of numbers: whole numbers by value, others by their text, so that `0.1` from a literal equals `0.1` from a
 * double although their bits differ.
 */
export function numEqual(a: HclNumber, b: HclNumber): boolean {
  if (typeof a === "number" && typeof b === "number") return a === b;
  if (numSign(a) !== numSign(b) || isInfinite(a) !== isInfinite(b)) return false;
  if (isInfinite(a)) return true;
  const whole = numIsInteger(a);
  if (whole !== numIsInteger(b)) return false;
  if (whole) return numCompare(a, b) === 0;
  return sameFloat(a as FloatNumber, b as FloatNumber) || numToText(a) === numToText(b);
}

function sameFloat(a: FloatNumber, b: FloatNumber): boolean {
  return a.precision === b.precision && a.exponent === b.exponent && a.mantissa === b.mantissa;
}

/** The double that equals the number (see {@link numEqual}), or `undefined` when none does. */
export function numToExactDouble(n: HclNumber): number | undefined {
  if (typeof n === "number") return Number.isFinite(n) ? n : undefined;
  const double = numToDouble(n);
  const back = numFromDouble(double);
  return back !== undefined && !isInfinite(back) && numEqual(back, n) ? double : undefined;
}

/** Text with at most ten significant digits as Go's `%.10g` prints it; sets of compound values are ordered by it. */
export function numToShortText(n: HclNumber): string {
  if (numSign(n) === 0 || isInfinite(n)) return numToText(n);
  const whole = numToInt(n);
  const { digits, point } = whole === undefined ? exactDigits(n) : wholeDigits(whole);
  const rounded = roundDigits({ digits, point }, 10);
  const sign = numSign(n) < 0 ? "-" : "";
  const exponent = rounded.point - 1;
  const kept = rounded.digits;
  if (exponent < -4 || exponent >= 10) {
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${kept[0] ?? "0"}${kept.length > 1 ? `.${kept.slice(1)}` : ""}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (rounded.point <= 0) return `${sign}0.${"0".repeat(-rounded.point)}${kept}`;
  if (rounded.point >= kept.length) return sign + kept.padEnd(rounded.point, "0");
  return `${sign}${kept.slice(0, rounded.point)}.${kept.slice(rounded.point)}`;
}

function wholeDigits(n: bigint): DecimalDigits {
  const text = (n < 0n ? -n : n).toString();
  return { digits: text, point: text.length };
}

function exactDigits(n: HclNumber): DecimalDigits {
  const { mantissa, exponent } = magnitudeOf(n);
  const text = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits: text, point: text.length + exponent };
}

function roundDigits({ digits, point }: DecimalDigits, count: number): DecimalDigits {
  const end = significantLength(digits);
  if (end <= count) return { digits: digits.slice(0, end), point };
  const cut = digits.slice(0, count);
  if (!isAboveHalf(digits, count - 1, end)) return { digits: cut.slice(0, significantLength(cut)), point };
  const raised = incrementDigits(cut);
  return { digits: raised.slice(0, significantLength(raised)), point: point + raised.length - cut.length };
}
