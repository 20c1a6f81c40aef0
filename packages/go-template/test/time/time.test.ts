import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  civilTimeOf,
  daysFromCivil,
  daysInMonth,
  formatGoTime,
  formatStrftime,
  instantFromMilliseconds,
  isoWeekOf,
  type Instant,
} from "../../src/index.js";

interface Row extends Instant {
  readonly go: Readonly<Record<string, string>>;
  readonly strftime: Readonly<Record<string, string>>;
  readonly isoWeek: readonly [number, number];
  readonly yearDay: number;
  readonly weekday: number;
}

const rows = readFileSync(new URL("../fixtures/time-layouts.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

describe.each(
  rows.map((row) => [`${row.epochSeconds}.${row.nanosecond} ${row.zone}${row.offsetSeconds}`, row] as const),
)("the instant %s", (_name, row) => {
  it.each(Object.entries(row.go))("in Go layout %j", (layout, expected) => {
    expect(formatGoTime(layout, row)).toBe(expected);
  });

  it.each(Object.entries(row.strftime))("in strftime format %j", (format, expected) => {
    expect(formatStrftime(format, row)).toBe(expected);
  });

  it("has Go's calendar fields", () => {
    const time = civilTimeOf(row);
    const { year, week } = isoWeekOf(time);
    expect({ isoWeek: [year, week], yearDay: time.yearDay, weekday: time.weekday }).toEqual({
      isoWeek: row.isoWeek,
      yearDay: row.yearDay,
      weekday: row.weekday,
    });
  });
});

describe("calendar", () => {
  it("agrees with JavaScript's for every day of eight centuries", () => {
    const first = daysFromCivil(1600, 1, 1);
    for (let day = 0; day < 292_194; day += 1) {
      const date = new Date((first + day) * 86_400_000);
      const time = civilTimeOf(instantFromMilliseconds(date.getTime()));
      if (
        time.year !== date.getUTCFullYear() ||
        time.month !== date.getUTCMonth() + 1 ||
        time.day !== date.getUTCDate() ||
        time.weekday !== date.getUTCDay()
      ) {
        expect(time).toEqual(date.toISOString());
      }
    }
    expect(daysInMonth(1900, 2)).toBe(28);
    expect(daysInMonth(2000, 2)).toBe(29);
  });

  it("keeps milliseconds, also before 1970", () => {
    expect(formatGoTime("15:04:05.000", instantFromMilliseconds(-1))).toBe("23:59:59.999");
    expect(formatGoTime("15:04:05.000", instantFromMilliseconds(1234))).toBe("00:00:01.234");
  });
});
