import { daysFromCivil, daysInMonth, type Instant } from "@hclbuild/go-template";
import { problem, told, type Problem } from "./problem.js";

const form =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))$/;

/** Reads a time in RFC 3339 as strictly as Packer does, or says what is wrong. */
export function parseTimestamp(text: string): Instant | Problem {
  const match = form.exec(text);
  if (match === null) return problem`it is not a time in RFC 3339, such as 2006-01-02T15:04:05Z${whereWrong(text)}`;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12) return problem`its month is out of range`;
  if (day < 1 || day > daysInMonth(year, month)) return problem`its day of the month is out of range`;
  if (hour > 23) return problem`its hour is out of range`;
  if (minute > 59) return problem`its minute is out of range`;
  if (second > 59) return problem`its second is out of range`;
  const offset = match[8] === "Z" ? 0 : (Number(match[10]) * 60 + Number(match[11])) * 60 * (match[9] === "-" ? -1 : 1);
  if (Number(match[10] ?? 0) > 23 || Number(match[11] ?? 0) > 59) return problem`its offset from UTC is out of range`;
  return {
    epochSeconds: daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset,
    nanosecond: Number((match[7] ?? ".0").slice(1, 10).padEnd(9, "0")),
    offsetSeconds: offset,
    zone: match[8] === "Z" || offset === 0 ? "UTC" : "",
  };
}

const pieces: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["the year", /^[0-9]{4}/],
  ['the "-" after the year', /^-/],
  ["the month", /^[0-9]{2}/],
  ['the "-" after the month', /^-/],
  ["the day", /^[0-9]{2}/],
  ['the "T" before the time', /^T/],
  ["the hour", /^[0-9]{2}/],
  ['the ":" after the hour', /^:/],
  ["the minute", /^[0-9]{2}/],
  ['the ":" after the minute', /^:/],
  ["the second", /^[0-9]{2}(?:\.[0-9]+)?/],
  ["the offset from UTC", /^(?:Z|[+-][0-9]{2}:[0-9]{2})/],
];

function whereWrong(text: string): Problem {
  let rest = text;
  for (const [name, pattern] of pieces) {
    const match = pattern.exec(rest);
    if (match === null && rest === "") return problem`: it ends before ${told(name)}`;
    if (match === null) return problem`: ${JSON.stringify(rest.slice(0, 12))} stands instead of ${told(name)}`;
    rest = rest.slice(match[0].length);
  }
  return problem`: ${JSON.stringify(rest.slice(0, 12))} follows it`;
}

const nanoseconds: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1000n],
  ["\u00b5s", 1000n],
  ["\u03bcs", 1000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const limit = 2n ** 63n;

/** Reads a Go duration such as `1h30m` as nanoseconds; `undefined` when it is none or too large. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") return undefined;
  let total = 0n;
  while (rest !== "") {
    const match = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]+)/.exec(rest);
    const unit = match === null ? undefined : nanoseconds.get(match[3] as string);
    if (match === null || unit === undefined || ((match[1] ?? "") === "" && (match[2] ?? "") === "")) return undefined;
    const fraction = (match[2] ?? "").slice(0, 40);
    const part = (unit * BigInt(fraction || "0")) / 10n ** BigInt(fraction.length);
    total += BigInt(match[1] || "0") * unit + part;
    if (total > limit) return undefined;
    rest = rest.slice(match[0].length);
  }
  return total === limit && sign > 0n ? undefined : sign * total;
}
