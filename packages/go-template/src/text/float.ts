/** Shortest decimal digits of a finite, positive number and the position of its decimal point: 0.digits × 10^point. */
function shortestDigits(value: number): { digits: string; point: number } {
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** The forms that Go writes a float in; `b`, `x` and `X` are exact. */
export type GoFloatVerb = "b" | "e" | "E" | "f" | "g" | "G" | "x" | "X";

/**
 * Formats as Go's `strconv.FormatFloat`. A negative precision asks for the shortest text that reads back as the same
 * number, and `g` then uses an exponent for values below 1e-4 and from 1e6 on.
 */
export function formatGoFloat(value: number, verb: GoFloatVerb, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Inf" : "+Inf";
  const negative = value < 0 || Object.is(value, -0);
  const text = formatPositive(Math.abs(value), verb, precision);
  return negative ? `-${text}` : text;
}

function formatPositive(value: number, verb: string, precision: number): string {
  switch (verb) {
    case "b":
      return binaryText(value);
    case "x":
      return hexadecimalText(value, precision);
    case "X":
      return hexadecimalText(value, precision).toUpperCase();
    case "f":
      return precision < 0 ? plainText(value) : exactFixed(value, precision);
    case "e":
    case "E": {
      const text = precision < 0 ? value.toExponential() : exactExponential(value, precision);
      return goExponent(text, verb);
    }
    default: {
      const wanted = precision === 0 ? 1 : precision;
      const { digits, point } = wanted < 0 ? zeroAware(value) : splitExponential(exactExponential(value, wanted - 1));
      const significant = digits.replace(/0+$/, "") || "0";
      const limit = wanted < 0 ? 6 : wanted;
      const exponent = point - 1;
      if (value !== 0 && (exponent < -4 || exponent >= limit)) {
        const mantissa = significant.length > 1 ? `${significant[0]}.${significant.slice(1)}` : significant;
        return goExponent(`${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`, verb === "G" ? "E" : "e");
      }
      return placePoint(significant, value === 0 ? 1 : point);
    }
  }
}

function zeroAware(value: number): { digits: string; point: number } {
  return value === 0 ? { digits: "0", point: 1 } : shortestDigits(value);
}

function splitExponential(text: string): { digits: string; point: number } {
  const [mantissa, exponent] = text.split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

function plainText(value: number): string {
  if (value === 0) return "0";
  const { digits, point } = shortestDigits(value);
  return placePoint(digits, point);
}

function placePoint(digits: string, point: number): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + "0".repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function goExponent(text: string, verb: string): string {
  return text.replace(/e([+-])(\d+)$/, (_whole, sign: string, digits: string) => verb + sign + digits.padStart(2, "0"));
}

/** The exact binary value as integer × 2^exponent. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10_0000_0000_0000n, exponent: biased - 1075 };
}

function signed(exponent: number, digits: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(digits, "0")}`;
}

function binaryText(value: number): string {
  const { mantissa, exponent } = decompose(value);
  return `${mantissa}p${signed(exponent, 1)}`;
}

const fractionBits = 52;
const fractionDigits = fractionBits / 4;

/** One digit before the point, which is 1 for all but zero. */
function hexadecimalText(value: number, precision: number): string {
  let { mantissa, exponent } = decompose(value);
  if (mantissa === 0n) return `0x0${precision > 0 ? `.${"0".repeat(precision)}` : ""}p+00`;
  const missing = fractionBits + 1 - mantissa.toString(2).length;
  mantissa <<= BigInt(missing);
  exponent += fractionBits - missing;
  const kept = precision < 0 ? fractionDigits : Math.min(precision, fractionDigits);
  mantissa = divideHalfEven(mantissa, 1n << BigInt(4 * (fractionDigits - kept)));
  // Rounding up may have reached the next power of two.
  if (mantissa >> BigInt(4 * kept) > 1n) exponent++;
  const all = kept === 0 ? "" : (mantissa & ((1n << BigInt(4 * kept)) - 1n)).toString(16).padStart(kept, "0");
  const fraction = precision < 0 ? all.replace(/0+$/, "") : all.padEnd(precision, "0");
  return `0x1${fraction === "" ? "" : `.${fraction}`}p${signed(exponent, 2)}`;
}

/** Rounds half to even on the exact value, which toFixed does not do beyond 100 digits or 1e21. */
function exactFixed(value: number, precision: number): string {
  const { mantissa, exponent } = decompose(value);
  const scaled = mantissa * 10n ** BigInt(precision);
  const rounded = exponent >= 0 ? scaled << BigInt(exponent) : divideHalfEven(scaled, 1n << BigInt(-exponent));
  const digits = rounded.toString().padStart(precision + 1, "0");
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

function exactExponential(value: number, precision: number): string {
  if (value === 0) return `${precision > 0 ? `0.${"0".repeat(precision)}` : "0"}e+0`;
  let exponent = Number(value.toExponential().split("e")[1]);
  let digits = scaledDigits(value, precision - exponent);
  // Rounding up may reach the next power of ten.
  while (digits.length > precision + 1) digits = scaledDigits(value, precision - ++exponent);
  while (digits.length < precision + 1) digits = scaledDigits(value, precision - --exponent);
  const mantissa = precision > 0 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function scaledDigits(value: number, scale: number): string {
  const { mantissa, exponent } = decompose(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (scale >= 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  return divideHalfEven(numerator, denominator).toString();
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}
