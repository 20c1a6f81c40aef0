const unitNanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration in Go's notation, such as `1h5m2s` or `-1.5s`, as milliseconds; `0` needs no unit. `undefined` when
 * the text is none or exceeds what Go can hold (about 292 years).
 */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[+-]/, "");
  if (digits === "0") return 0;
  let nanoseconds = 0;
  let position = 0;
  while (position < digits.length) {
    part.lastIndex = position;
    const match = part.exec(digits);
    if (match === null) return undefined;
    nanoseconds += Number(match[1]) * (unitNanoseconds[match[2] as string] as number);
    position = part.lastIndex;
  }
  if (position === 0 || nanoseconds >= 2 ** 63) return undefined;
  return nanoseconds === 0 ? 0 : (sign * nanoseconds) / 1e6;
}
