/**
 * Powers as Go computes them: whole exponents by repeated squaring of the mantissa, so that the last digits agree.
 * JavaScript's operator may be off by several units in the last place.
 */
export function goPower(base: number, exponent: number): number {
  if (exponent === 0 || base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  const size = Math.abs(exponent);
  const isOrdinary = Number.isFinite(base) && base !== 0 && size < 2 ** 31;
  if (!isOrdinary || exponent === 1) return base ** exponent;
  if (size === 0.5) return exponent > 0 ? Math.sqrt(base) : 1 / Math.sqrt(base);
  let whole = Math.trunc(size);
  let fraction = size - whole;
  if (fraction !== 0 && base < 0) return Number.NaN;
  let mantissa = 1;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction--;
      whole++;
    }
    mantissa = Math.exp(fraction * Math.log(base));
  }
  return powerOfMantissa(splitDouble(base), whole, { mantissa, isInverse: exponent < 0 });
}

interface Split {
  readonly mantissa: number;
  readonly exponent: number;
}

/** A double as mantissa × 2^exponent with the mantissa between 0.5 and 1. */
function splitDouble(value: number): Split {
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let mantissa = value * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  return { mantissa, exponent };
}

function powerOfMantissa(
  base: Split,
  whole: number,
  start: { readonly mantissa: number; readonly isInverse: boolean },
): number {
  let { mantissa } = start;
  let exponent = 0;
  let { mantissa: square, exponent: squareExponent } = base;
  for (let rest = whole; rest > 0; rest = Math.floor(rest / 2)) {
    if (Math.abs(squareExponent) > 4096) {
      exponent += squareExponent;
      break;
    }
    if (rest % 2 === 1) {
      mantissa *= square;
      exponent += squareExponent;
    }
    square *= square;
    squareExponent *= 2;
    if (square < 0.5) {
      square += square;
      squareExponent--;
    }
  }
  if (start.isInverse) {
    mantissa = 1 / mantissa;
    exponent = -exponent;
  }
  return scale(mantissa, exponent);
}

/** value × 2^exponent, in steps that cannot overflow before the last. */
function scale(value: number, exponent: number): number {
  let result = value;
  let rest = Math.max(-4200, Math.min(4200, exponent));
  while (Math.abs(rest) > 1000) {
    const part = Math.sign(rest) * 1000;
    result *= 2 ** part;
    rest -= part;
  }
  return result * 2 ** rest;
}
