/**
 * Numbers as HCL has them: binary floating point with up to 512 bits of mantissa, rounded half to even, where every
 * number carries the precision that later operations inherit. The rules are those of Go's `math/big.Float`.
 */

/** Precision of numbers that come from text: literals, JSON, conversion of strings. */
export const textPrecision = 512;
/** Precision of whole numbers that the program itself makes, such as lengths and indices. */
export const integerPrecision = 64;
/** Precision of numbers that come from a double. */
export const doublePrecision = 53;

/** A safe integer with another precision than {@link integerPrecision}. */
export interface IntegerNumber {
  readonly kind: "integer";
  /** A safe integer; may be negative zero. */
  readonly integer: number;
  readonly precision: number;
}

/** Any other finite number: `mantissa × 2^exponent`. The mantissa is odd, and has at most `precision` bits. */
export interface FloatNumber {
  readonly kind: "float";
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly precision: number;
}

/**
 * A plain JavaScript number is a safe integer of {@link integerPrecision} bits (negative zero included), or an
 * infinity. It is the fast path: everything else is an object.
 */
export type HclNumber = number | IntegerNumber | FloatNumber;

/**
 * Binary exponents beyond this give an infinity or zero. Go's limit is 2^31, where a single number's text has 600 MB;
 * this one keeps every text under 320 000 digits.
 */
const maximumExponent = 1 << 20;

/** The number of bits that results of operations with this number are rounded to. */
export function precisionOf(n: HclNumber): number {
  return typeof n === "number" ? integerPrecision : n.precision;
}

/** The number as a safe integer, or `NaN` when it is none. */
function safeIntegerOf(n: HclNumber): number {
  if (typeof n === "number") return Number.isFinite(n) ? n : Number.NaN;
  return n.kind === "integer" ? n.integer : Number.NaN;
}

function makeInteger(integer: number, precision: number): HclNumber {
  return precision === integerPrecision ? integer : { kind: "integer", integer, precision };
}

function mantissaOf(n: HclNumber): bigint {
  return typeof n === "number" ? BigInt(n) : n.kind === "integer" ? BigInt(n.integer) : n.mantissa;
}

function exponentOf(n: HclNumber): number {
  return typeof n !== "number" && n.kind === "float" ? n.exponent : 0;
}

/** Number of bits of the magnitude. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = (n < 0n ? -n : n).toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0] as string, 16)) + 28;
}

function trailingZeros(n: bigint): number {
  let count = 0;
  let rest = n;
  while (BigInt.asUintN(1024, rest) === 0n) {
    rest >>= 1024n;
    count += 1024;
  }
  while (BigInt.asUintN(32, rest) === 0n) {
    rest >>= 32n;
    count += 32;
  }
  const low = Number(BigInt.asUintN(32, rest));
  return count + 31 - Math.clz32(low & -low);
}

/**
 * Makes the number nearest to `mantissa × 2^exponent` that has `precision` bits. `sticky` says that the true value's
 * magnitude is greater than that of the mantissa by less than one unit.
 */
export function makeFloat(mantissa: bigint, exponent: number, precision: number, sticky = false): HclNumber {
  if (mantissa === 0n) return makeInteger(0, precision);
  let rounded = mantissa;
  let scale = exponent;
  const excess = bitLength(mantissa) - precision;
  if (excess > 0) {
    rounded = shiftRounded(mantissa, excess, sticky);
    scale += excess;
  }
  const zeros = trailingZeros(rounded);
  if (zeros > 0) {
    rounded >>= BigInt(zeros);
    scale += zeros;
  }
  const bits = bitLength(rounded);
  if (scale + bits > maximumExponent) return rounded < 0n ? -Infinity : Infinity;
  if (scale + bits < -maximumExponent) return makeInteger(rounded < 0n ? -0 : 0, precision);
  if (scale >= 0 && scale + bits <= 53) return makeInteger(Number(rounded) * 2 ** scale, precision);
  return { kind: "float", mantissa: rounded, exponent: scale, precision };
}

/** Drops `count` bits, rounding half to even. */
function shiftRounded(mantissa: bigint, count: number, sticky: boolean): bigint {
  const negative = mantissa < 0n;
  const magnitude = negative ? -mantissa : mantissa;
  const shift = BigInt(count);
  let quotient = magnitude >> shift;
  const rest = magnitude - (quotient << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (sticky || (quotient & 1n) === 1n))) quotient++;
  return negative ? -quotient : quotient;
}

/** A whole number with the precision Go gives it: 64 bits, or as many as it needs. */
export function numFromBigInt(n: bigint): HclNumber {
  return makeFloat(n, 0, Math.max(integerPrecision, bitLength(n)));
}

/** A double's exact value with the 53 bits of precision Go gives it. `NaN` is not a number here: `undefined`. */
export function numFromDouble(n: number): HclNumber | undefined {
  if (n === Infinity || n === -Infinity) return n;
  if (Number.isNaN(n)) return undefined;
  if (Number.isSafeInteger(n)) return makeInteger(n, doublePrecision);
  if (Number.isInteger(n)) return makeFloat(BigInt(n), 0, doublePrecision);
  // A double is an integer times a power of two; scaling by powers of two is exact unless it is subnormal.
  let exponent = 0;
  let scaled = n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2 ** 52;
    exponent -= 52;
  }
  return makeFloat(BigInt(scaled), exponent, doublePrecision);
}

/** The same number with another precision, rounded where it has to be. */
export function withPrecision(n: HclNumber, precision: number): HclNumber {
  if (typeof n === "number" && !Number.isFinite(n)) return n;
  const integer = safeIntegerOf(n);
  if (integer === 0) return makeInteger(integer, precision);
  return makeFloat(mantissaOf(n), exponentOf(n), precision);
}

/** Whether the number is a safe integer, whatever its precision. */
export function isSafeWhole(n: HclNumber): boolean {
  return !Number.isNaN(safeIntegerOf(n));
}

/** Whether the number is an infinity of either sign. */
export function isInfinite(n: HclNumber): n is number {
  return n === Infinity || n === -Infinity;
}

/** `-1`, `0` or `1`. */
export function numSign(n: HclNumber): -1 | 0 | 1 {
  if (typeof n !== "number" && n.kind === "float") return n.mantissa < 0n ? -1 : 1;
  const integer = typeof n === "number" ? n : n.integer;
  return integer < 0 ? -1 : integer > 0 ? 1 : 0;
}

/** `−n` with the same precision. The negative of zero is negative zero. */
export function numNegate(n: HclNumber): HclNumber {
  if (typeof n === "number") return -n;
  return n.kind === "integer" ? { ...n, integer: -n.integer } : { ...n, mantissa: -n.mantissa };
}

/** `|n|` with the same precision. */
export function numAbsolute(n: HclNumber): HclNumber {
  return numSign(n) < 0 || isNegativeZero(n) ? numNegate(n) : n;
}

/** Whether the number is negative zero, which equals zero but reads `-0`. */
export function isNegativeZero(n: HclNumber): boolean {
  return Object.is(safeIntegerOf(n), -0);
}

function widerPrecision(a: HclNumber, b: HclNumber): number {
  return Math.max(precisionOf(a), precisionOf(b));
}

/** The double that stands for a number where one operand is infinite and only signs matter. */
function signedDouble(n: HclNumber): number {
  return isInfinite(n) ? n : isNegativeZero(n) ? -0 : numSign(n);
}

/** `a + b`; `undefined` for opposite infinities. */
export function numAdd(a: HclNumber, b: HclNumber): HclNumber | undefined {
  const sum = safeIntegerOf(a) + safeIntegerOf(b);
  if (Number.isSafeInteger(sum)) return makeInteger(sum, widerPrecision(a, b));
  if (isInfinite(a) || isInfinite(b)) return definedDouble(signedDouble(a) + signedDouble(b));
  const exponentA = exponentOf(a);
  const exponentB = exponentOf(b);
  const exponent = Math.min(exponentA, exponentB);
  const mantissa = (mantissaOf(a) << BigInt(exponentA - exponent)) + (mantissaOf(b) << BigInt(exponentB - exponent));
  return makeFloat(mantissa, exponent, widerPrecision(a, b));
}

/** `a − b`; `undefined` for equal infinities. */
export function numSub(a: HclNumber, b: HclNumber): HclNumber | undefined {
  return numAdd(a, numNegate(b));
}

/**
 * `a × b`; `undefined` for zero times infinity. As in cty, the product is rounded to 512 bits and keeps as many of
 * them as it needs, however few the operands have.
 */
export function numMul(a: HclNumber, b: HclNumber): HclNumber | undefined {
  const product = safeIntegerOf(a) * safeIntegerOf(b);
  if (Number.isSafeInteger(product)) return makeInteger(product, widerPrecision(a, b));
  if (isInfinite(a) || isInfinite(b)) return definedDouble(signedDouble(a) * signedDouble(b));
  if (numSign(a) === 0 || numSign(b) === 0) {
    return withPrecision(signedDouble(a) * signedDouble(b), widerPrecision(a, b));
  }
  const product512 = makeFloat(mantissaOf(a) * mantissaOf(b), exponentOf(a) + exponentOf(b), textPrecision);
  if (typeof product512 === "number") return product512;
  const needed = product512.kind === "float" ? bitLength(product512.mantissa) : 0;
  return withPrecision(product512, Math.max(widerPrecision(a, b), needed));
}

/** `a ÷ b`; an infinity for a nonzero number divided by zero; `undefined` for 0/0 and ∞/∞. */
export function numDiv(a: HclNumber, b: HclNumber): HclNumber | undefined {
  if (isInfinite(a) || isInfinite(b) || numSign(a) === 0 || numSign(b) === 0) {
    const quotient = definedDouble(signedDouble(a) / signedDouble(b));
    return quotient === undefined || isInfinite(quotient) ? quotient : withPrecision(quotient, widerPrecision(a, b));
  }
  const precision = widerPrecision(a, b);
  const quotient = safeIntegerOf(a) / safeIntegerOf(b);
  if (Number.isSafeInteger(quotient) && quotient * safeIntegerOf(b) === safeIntegerOf(a)) {
    return makeInteger(quotient, precision);
  }
  const dividend = mantissaOf(a);
  const divisor = mantissaOf(b);
  const shift = Math.max(0, precision + 2 + bitLength(divisor) - bitLength(dividend));
  const shifted = dividend << BigInt(shift);
  const mantissa = shifted / divisor;
  return makeFloat(mantissa, exponentOf(a) - exponentOf(b) - shift, precision, mantissa * divisor !== shifted);
}

/**
 * The remainder of truncated division, computed as cty does: `a − b × truncate(a ÷ b)` with every step rounded to the
 * precision of `a`. A zero divisor gives `a`; an infinite operand gives the infinity of the product.
 */
export function numMod(a: HclNumber, b: HclNumber): HclNumber | undefined {
  if (isInfinite(a) || isInfinite(b)) return numMul(a, b);
  if (numSign(b) === 0) return a;
  const precision = precisionOf(a);
  if (numSign(a) === 0) return makeInteger(isNegativeZero(a) && numSign(b) > 0 ? -0 : 0, precision);
  const rest = safeIntegerOf(a) % safeIntegerOf(b);
  // A difference of equal numbers is positive zero.
  if (!Number.isNaN(rest)) return makeInteger(rest === 0 ? 0 : rest, precision);
  const quotient = numDiv(a, b);
  if (quotient === undefined) return undefined;
  const whole = withPrecision(numTruncate(quotient), precision);
  const product = numMul(b, whole);
  if (product === undefined) return undefined;
  const difference = numSub(a, withPrecision(product, precision));
  return difference === undefined ? undefined : withPrecision(difference, precision);
}

function definedDouble(n: number): number | undefined {
  return Number.isNaN(n) ? undefined : n;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. Negative zero equals zero. */
export function numCompare(a: HclNumber, b: HclNumber): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  const left = safeIntegerOf(a);
  const right = safeIntegerOf(b);
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  const signA = numSign(a);
  const signB = numSign(b);
  if (signA !== signB) return signA - signB;
  if (isInfinite(a)) return isInfinite(b) ? 0 : signA;
  if (isInfinite(b)) return -signB;
  const exponentA = exponentOf(a);
  const exponentB = exponentOf(b);
  const exponent = Math.min(exponentA, exponentB);
  const difference = (mantissaOf(a) << BigInt(exponentA - exponent)) - (mantissaOf(b) << BigInt(exponentB - exponent));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether the number is finite and has no fraction. */
export function numIsInteger(n: HclNumber): boolean {
  return typeof n === "number" ? Number.isFinite(n) : n.kind === "integer" || n.exponent >= 0;
}

/** The whole number, or `undefined` when the number has a fraction or is infinite. */
export function numToInt(n: HclNumber): bigint | undefined {
  return numIsInteger(n) ? mantissaOf(n) << BigInt(exponentOf(n)) : undefined;
}

/** The number without its fraction, with the precision it had. Infinities stay. */
export function numTruncate(n: HclNumber): HclNumber {
  if (numIsInteger(n) || isInfinite(n)) return n;
  const { mantissa, exponent, precision } = n as FloatNumber;
  // Shifting a negative bigint rounds down, so the magnitude is shifted.
  const whole = mantissa < 0n ? -(-mantissa >> BigInt(-exponent)) : mantissa >> BigInt(-exponent);
  return makeFloat(whole, 0, precision);
}

/** The greatest whole number that is not greater. Infinities stay. */
export function numFloor(n: HclNumber): HclNumber {
  if (numIsInteger(n) || isInfinite(n)) return n;
  const { mantissa, exponent, precision } = n as FloatNumber;
  return makeFloat(mantissa >> BigInt(-exponent), 0, precision);
}

/** The smallest whole number that is not less. Infinities stay. */
export function numCeiling(n: HclNumber): HclNumber {
  return numIsInteger(n) || isInfinite(n) ? n : numNegate(numFloor(numNegate(n)));
}

/** The nearest double: infinite when out of range. */
export function numToDouble(n: HclNumber): number {
  if (typeof n === "number") return n;
  if (n.kind === "integer") return n.integer;
  const bits = bitLength(n.mantissa);
  const top = n.exponent + bits;
  if (top > 1024) return n.mantissa < 0n ? -Infinity : Infinity;
  // Subnormal doubles have fewer bits; two roundings would be one too many.
  const available = Math.min(53, top + 1074);
  if (available < 0) return n.mantissa < 0n ? -0 : 0;
  const excess = bits - available;
  if (excess <= 0) return scaleDouble(Number(n.mantissa), n.exponent);
  return scaleDouble(Number(shiftRounded(n.mantissa, excess, false)), n.exponent + excess);
}

function scaleDouble(n: number, exponent: number): number {
  return exponent < -1000
    ? n * 2 ** -1000 * 2 ** (exponent + 1000)
    : exponent > 1000
      ? n * 2 ** 1000 * 2 ** (exponent - 1000)
      : n * 2 ** exponent;
}
