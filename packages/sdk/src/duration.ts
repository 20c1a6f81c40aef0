const unitNanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const longest = 2n ** 63n - 1n;

/**
 * Parses a duration as Go's `time.ParseDuration` does: an optional sign, then one or more decimal numbers each with a
 * unit out of `ns us µs ms s m h`; `"0"` alone needs none. Returns nanoseconds, `undefined` when it is not one.
 */
export function parseDurationNanoseconds(text: string): bigint | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = unitNanoseconds[unit] ?? 0n;
    total += BigInt(whole || "0") * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > longest + (sign < 0n ? 1n : 0n)) return undefined;
  }
  return sign * total;
}

/** {@link parseDurationNanoseconds} in milliseconds, with a fraction for shorter parts. */
export function parseDuration(text: string): number | undefined {
  const nanoseconds = parseDurationNanoseconds(text);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}

/** Formats milliseconds as Go's `Duration.String` does: `1h0m0s`, `5m0s`, `1.5s`, `10ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const nanoseconds = BigInt(Math.round(milliseconds * 1e6));
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const totalSeconds = size / 1_000_000_000n;
  const seconds = `${decimal((totalSeconds % 60n) * 1_000_000_000n + (size % 1_000_000_000n), 9)}s`;
  const minutes = totalSeconds / 60n;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

/** `value / 10^digits` without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? `${value / scale}` : `${value / scale}.${fraction}`;
}

const humanUnits: readonly (readonly [name: string, microseconds: number])[] = [
  ["year", 365 * 86_400e6],
  ["week", 7 * 86_400e6],
  ["day", 86_400e6],
  ["hour", 3_600e6],
  ["minute", 60e6],
  ["second", 1e6],
  ["millisecond", 1e3],
  ["microsecond", 1],
];

/** The two most significant units that are not zero, as in `1 minute 2 seconds` or `853 milliseconds 11 microseconds`. */
export function humanDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds * 1000));
  const parts: string[] = [];
  for (const [name, size] of humanUnits) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return parts.length === 0 ? "0 microseconds" : parts.join(" ");
}
