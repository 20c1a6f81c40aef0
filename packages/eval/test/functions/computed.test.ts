import { describe, expect, test } from "vitest";
import { createMemoryHost } from "./memory-host.js";
import { readVectors, vectorNames } from "./vector-files.js";

/**
 * What `checked: "computed"` stands for: expectations that no other program could be asked for, because they depend on the
 * host or belong to Packer alone, computed here from JavaScript's own calendar.
 */
const host = createMemoryHost();
const clock = new Date(host.now()).toISOString().replace(".000Z", "Z");
const start = new Date(host.startTime);
const uuid = host.randomUuid();

const pad = (n: number): string => String(n).padStart(2, "0");
const word = (date: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(date);

/** The week that holds the date's Thursday, counted in the year of that Thursday. */
function isoWeek(date: Date): { readonly iso_week: number; readonly iso_year: number } {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return { iso_week: Math.ceil(dayOfYear(thursday) / 7), iso_year: thursday.getUTCFullYear() };
}

function dayOfYear(date: Date): number {
  return 1 + Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

function parts(date: Date): Readonly<Record<string, unknown>> {
  return {
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    ...isoWeek(date),
    minute: date.getUTCMinutes(),
    month: date.getUTCMonth() + 1,
    month_name: word(date, { month: "long" }),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    weekday_name: word(date, { weekday: "long" }),
    year: date.getUTCFullYear(),
    year_day: dayOfYear(date),
  };
}

const moment = new Date("2023-07-25T23:43:16Z");
const seconds = moment.getTime() / 1000;
const day = start.toISOString().slice(0, 10);
const time = `${pad(start.getUTCHours())}:${pad(start.getUTCMinutes())}:${pad(start.getUTCSeconds())}`;

const expected: Readonly<Record<string, unknown>> = {
  'legacy_isotime("2006-01-02")': day,
  "legacy_isotime()": `${day}T${time}Z`,
  'legacy_isotime("")': "",
  'legacy_isotime("Jan _2 03:04PM")': `${word(start, { month: "short" })} ${String(start.getUTCDate()).padStart(2)} ${pad(start.getUTCHours() - 12)}:${pad(start.getUTCMinutes())}PM`,
  "legacy_isotime(1)": String(start.getUTCMonth() + 1),
  "legacy_isotime(s)": day,
  'legacy_strftime("%Y-%m-%d")': day,
  "legacy_strftime()": `${day}T${time}Z`,
  'legacy_strftime("")': "",
  'legacy_strftime("%H:%M:%S %%")': `${time} %`,
  "legacy_strftime(s)": day,
  'rfc3339_parse("2023-07-25T23:43:16Z")': { ...parts(moment), unix: seconds },
  'rfc3339_parse("2023-07-25T23:43:16+02:00").unix': seconds - 7200,
  // Parts are those of the text's own zone.
  'rfc3339_parse("1996-12-19T16:39:57-08:00").year_day': dayOfYear(new Date("1996-12-19T16:39:57Z")),
  'rfc3339_parse("2021-01-01T00:00:00Z").iso_week': isoWeek(new Date("2021-01-01T00:00:00Z")).iso_week,
  "rfc3339_parse(s)": { ...parts(moment), unix: seconds },
  "unix_timestamp_parse(1690328596)": { ...parts(moment), rfc3339: "2023-07-25T23:43:16Z" },
  "unix_timestamp_parse(0).rfc3339": new Date(0).toISOString().replace(".000Z", "Z"),
  "unix_timestamp_parse(-1).rfc3339": new Date(-1000).toISOString().replace(".000Z", "Z"),
  'unix_timestamp_parse("1690328596").weekday_name': word(moment, { weekday: "long" }),
  "unix_timestamp_parse(s)": { ...parts(moment), rfc3339: "2023-07-25T23:43:16Z" },
  "timestamp()": clock,
  'formatdate("YYYY", timestamp())': clock.slice(0, 4),
  "upper(timestamp())": clock.toUpperCase(),
  'timeadd(timestamp(), "1h")': new Date(host.now() + 3_600_000).toISOString().replace(".000Z", "Z"),
  "[timestamp()]": [clock],
  "uuidv4()": uuid,
  "length(uuidv4())": uuid.length,
  "upper(uuidv4())": uuid.toUpperCase(),
  "[uuidv4()]": [uuid],
  "uuidv4() == uuidv4()": true,
  "substr(uuidv4(), 0, 8)": uuid.slice(0, 8),
  'env("HOME")': host.env("HOME"),
  "env(s)": host.env("HOME"),
  'env("")': "",
  'env("MISSING")': "",
  "env(1)": "",
};

describe("computed expectations", () => {
  const computed = vectorNames().flatMap((name) => readVectors(name).filter(({ checked }) => checked === "computed"));
  test.each(computed)("$expr", ({ expr, result }) => {
    expect(Object.keys(expected)).toContain(expr);
    expect(result?.value).toEqual(expected[expr]);
  });
  test("each stands for a vector", () => {
    expect(computed.map(({ expr }) => expr).toSorted()).toEqual(Object.keys(expected).toSorted());
  });
});
