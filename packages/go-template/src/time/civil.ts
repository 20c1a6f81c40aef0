/** A point in time in a zone with a fixed offset, with nanosecond precision. */
export interface Instant {
  /** Whole seconds since 1970-01-01T00:00:00Z; negative before. */
  readonly epochSeconds: number;
  /** 0 to 999 999 999. */
  readonly nanosecond: number;
  /** Seconds east of UTC. */
  readonly offsetSeconds: number;
  /** `UTC` or an abbreviation; empty when only the offset is known. */
  readonly zone: string;
}

/** An instant split into the fields of its zone's calendar (proleptic Gregorian). */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 is the first of January. */
  readonly yearDay: number;
}

/** English names, January first. */
export const monthNames: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** English names, Sunday first. */
export const weekdayNames: readonly string[] = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];

/** The instant of a JavaScript time stamp, in UTC. */
export function instantFromMilliseconds(milliseconds: number): Instant {
  const epochSeconds = Math.floor(milliseconds / 1000);
  return {
    epochSeconds,
    nanosecond: Math.round((milliseconds - epochSeconds * 1000) * 1_000_000) % 1_000_000_000,
    offsetSeconds: 0,
    zone: "UTC",
  };
}

/** Days from 1970-01-01 to the given date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Years are counted from March, so that the leap day is the last day of a year.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1,
  };
}

/** Whether a year of the Gregorian calendar has 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Number of days of a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Splits an instant into the calendar fields of its own zone. */
export function civilTimeOf(instant: Instant): CivilTime {
  const local = instant.epochSeconds + instant.offsetSeconds;
  const days = Math.floor(local / 86_400);
  const secondOfDay = local - days * 86_400;
  const date = civilFromDays(days);
  return {
    ...date,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor((secondOfDay % 3600) / 60),
    second: secondOfDay % 60,
    nanosecond: instant.nanosecond,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(date.year, 1, 1) + 1,
  };
}

/** ISO 8601 week: the week that holds the year's first Thursday is week 1. */
export function isoWeekOf(time: CivilTime): { readonly year: number; readonly week: number } {
  const days = daysFromCivil(time.year, time.month, time.day);
  const thursday = days - ((time.weekday + 6) % 7) + 3;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}
