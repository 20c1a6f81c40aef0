import {
  civilTimeOf,
  formatGoTime,
  formatStrftime,
  instantFromMilliseconds,
  isoWeekOf,
  monthNames,
  rfc3339Layout,
  weekdayNames,
  type CivilTime,
  type Instant,
} from "@hclbuild/go-template";
import {
  asText,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  stringType,
  stringValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { defineFunction, numberParameter, stringParameter, wholeNumber } from "./support.js";
import { parseDuration, parseTimestamp } from "./timestamp.js";

const timestamp = defineFunction({
  name: "timestamp",
  description: "Gives the current time in UTC, in RFC 3339. Each call gives its own.",
  type: stringType,
  volatile: true,
  call: (_args, { host }) => stringValue(formatGoTime(rfc3339Layout, instantFromMilliseconds(host.now()))),
});

function readTimestamp(value: Value, argument: number): Instant | FunctionError {
  const instant = parseTimestamp(asText(value));
  return "words" in instant ? argumentError(argument, instant) : instant;
}

const formatdate = defineFunction({
  name: "formatdate",
  description: "Writes a time by a format whose letters stand for its parts.",
  params: [stringParameter("format"), stringParameter("time")],
  type: stringType,
  call([format, time]) {
    const instant = readTimestamp(time as Value, 1);
    if ("kind" in instant) return instant;
    let result = "";
    const fields = civilTimeOf(instant);
    for (const [token] of asText(format as Value).matchAll(/''|'(?:[^']|'')*'?|([A-Za-z])\1*|[^'A-Za-z]+/g)) {
      const text = formatToken(token, fields, instant);
      if (typeof text !== "string") return text;
      result += text;
    }
    return stringValue(result);
  },
});

type Formatter = (time: CivilTime, instant: Instant) => string;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function hour12(time: CivilTime): number {
  return time.hour % 12 || 12;
}

const tokens: Readonly<Record<string, Formatter>> = {
  YY: (time) => two(time.year % 100),
  YYYY: (time) => String(time.year).padStart(4, "0"),
  M: (time) => String(time.month),
  MM: (time) => two(time.month),
  MMM: (time) => (monthNames[time.month - 1] as string).slice(0, 3),
  MMMM: (time) => monthNames[time.month - 1] as string,
  D: (time) => String(time.day),
  DD: (time) => two(time.day),
  EEE: (time) => (weekdayNames[time.weekday] as string).slice(0, 3),
  EEEE: (time) => weekdayNames[time.weekday] as string,
  h: (time) => String(time.hour),
  hh: (time) => two(time.hour),
  H: (time) => String(hour12(time)),
  HH: (time) => two(hour12(time)),
  AA: (time) => (time.hour < 12 ? "AM" : "PM"),
  aa: (time) => (time.hour < 12 ? "am" : "pm"),
  m: (time) => String(time.minute),
  mm: (time) => two(time.minute),
  s: (time) => String(time.second),
  ss: (time) => two(time.second),
  Z: (_time, instant) => formatGoTime("Z07:00", instant),
  ZZZ: (_time, instant) => formatGoTime("-0700", instant).replace("+0000", "UTC"),
  ZZZZ: (_time, instant) => formatGoTime("-0700", instant),
  ZZZZZ: (_time, instant) => formatGoTime("-07:00", instant),
};

function formatToken(token: string, time: CivilTime, instant: Instant): string | FunctionError {
  if (token === "''") return "'";
  if (token.startsWith("'")) {
    const isClosed =
      token.length > 1 && token.endsWith("'") && (token.length - token.replaceAll("'", "").length) % 2 === 0;
    return isClosed
      ? token.slice(1, -1).replaceAll("''", "'")
      : argumentError(0, "a quoted text in the format does not end");
  }
  if (!/^[A-Za-z]/.test(token)) return token;
  const format = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (format !== undefined) return format(time, instant);
  const same = Object.keys(tokens).filter((known) => known[0] === token[0]);
  const choice =
    same.length === 0
      ? "letters that are meant literally must stand in single quotes"
      : `possible are ${same.join(", ")}`;
  return argumentError(0, problem`the format has "${token.slice(0, 20)}", which stands for nothing; ${choice}`);
}

const timeadd = defineFunction({
  name: "timeadd",
  description: "Adds a duration such as 1h30m, which may be negative, to a time in RFC 3339.",
  params: [stringParameter("timestamp"), stringParameter("duration")],
  type: stringType,
  call([time, durationValue]) {
    const instant = readTimestamp(time as Value, 0);
    if ("kind" in instant) return instant;
    const duration = parseDuration(asText(durationValue as Value));
    if (duration === undefined) {
      return argumentError(
        1,
        'it is not a duration, such as "90s", "1h30m" or "-10m"; the units are ns, us, ms, s, m and h',
      );
    }
    const total = BigInt(instant.nanosecond) + duration;
    const seconds = (total - (((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n;
    return stringValue(
      formatGoTime(rfc3339Layout, { ...instant, epochSeconds: instant.epochSeconds + Number(seconds) }),
    );
  },
});

const timecmp = defineFunction({
  name: "timecmp",
  description: "Compares two times in RFC 3339: -1, 0 or 1 as the first is before, at or after the second.",
  params: [stringParameter("timestamp_a"), stringParameter("timestamp_b")],
  type: numberType,
  call([a, b]) {
    const first = readTimestamp(a as Value, 0);
    if ("kind" in first) return first;
    const second = readTimestamp(b as Value, 1);
    if ("kind" in second) return second;
    return numberValue(
      Math.sign(first.epochSeconds - second.epochSeconds) || Math.sign(first.nanosecond - second.nanosecond),
    );
  },
});

/** A text function whose single argument may be left out. */
function startTimeFunction(
  name: string,
  description: string,
  format: (layout: string, start: Instant) => string,
): ValueFunction {
  return defineFunction({
    name,
    description,
    varParam: stringParameter("format"),
    type: stringType,
    volatile: true,
    call(args, { host }) {
      if (args.length > 1)
        return functionError(problem`it takes no more than one argument, but was given ${args.length}`);
      const start = instantFromMilliseconds(host.startTime);
      const [layout] = args;
      return stringValue(layout === undefined ? formatGoTime(rfc3339Layout, start) : format(asText(layout), start));
    },
  });
}

const legacyIsotime = startTimeFunction(
  "legacy_isotime",
  "Gives the time at which the process started, in RFC 3339 or in a layout of Go.",
  formatGoTime,
);

const legacyStrftime = startTimeFunction(
  "legacy_strftime",
  "Gives the time at which the process started, in RFC 3339 or in a format of strftime.",
  formatStrftime,
);

const commonParts: Readonly<Record<string, Type>> = {
  year: numberType,
  year_day: numberType,
  day: numberType,
  month: numberType,
  month_name: stringType,
  weekday: numberType,
  weekday_name: stringType,
  hour: numberType,
  minute: numberType,
  second: numberType,
  iso_year: numberType,
  iso_week: numberType,
};

function partsOf(instant: Instant): Readonly<Record<string, Value>> {
  const time = civilTimeOf(instant);
  const iso = isoWeekOf(time);
  return {
    year: numberValue(time.year),
    year_day: numberValue(time.yearDay),
    day: numberValue(time.day),
    month: numberValue(time.month),
    month_name: stringValue(monthNames[time.month - 1] as string),
    weekday: numberValue(time.weekday),
    weekday_name: stringValue(weekdayNames[time.weekday] as string),
    hour: numberValue(time.hour),
    minute: numberValue(time.minute),
    second: numberValue(time.second),
    iso_year: numberValue(iso.year),
    iso_week: numberValue(iso.week),
  };
}

const rfc3339Parse = defineFunction({
  name: "rfc3339_parse",
  description: "Splits a time in RFC 3339 into its parts.",
  params: [stringParameter("timestamp")],
  type: objectOf({ ...commonParts, unix: numberType }),
  call([time]) {
    // What Packer takes besides: blanks for the T, hours of one digit, and a comma before the fraction.
    const text = asText(time as Value)
      .replace(/^(.{10}) +/, "$1T")
      .replace(/^(.{10}T)(?=\d:)/, "$10")
      .replace(/^(.{19}),(?=\d)/, "$1.");
    const instant = readTimestamp(stringValue(text), 0);
    if ("kind" in instant) return instant;
    return objectValue({ ...partsOf(instant), unix: numberValue(instant.epochSeconds) });
  },
});

const unixTimestampParse = defineFunction({
  name: "unix_timestamp_parse",
  description: "Splits a time in seconds since 1970 into its parts, in UTC.",
  params: [numberParameter("unix_timestamp")],
  type: objectOf({ ...commonParts, rfc3339: stringType }),
  call([seconds]) {
    const whole = wholeNumber(seconds as Value, 0);
    if (typeof whole !== "number") return whole;
    const instant = { epochSeconds: whole, nanosecond: 0, offsetSeconds: 0, zone: "UTC" };
    if (Math.abs(whole) > 8_640_000_000_000) return argumentError(0, "the time is too far from now");
    return objectValue({ ...partsOf(instant), rfc3339: stringValue(formatGoTime(rfc3339Layout, instant)) });
  },
});

export const timeFunctions: readonly ValueFunction[] = [
  formatdate,
  legacyIsotime,
  legacyStrftime,
  rfc3339Parse,
  timeadd,
  timecmp,
  timestamp,
  unixTimestampParse,
];
