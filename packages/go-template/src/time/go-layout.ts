import { civilTimeOf, monthNames, weekdayNames, type CivilTime, type Instant } from "./civil.js";

/** The layout of RFC 3339 without fractions. */
export const rfc3339Layout = "2006-01-02T15:04:05Z07:00";

/** Layout elements that need no look-ahead besides their own text, longest first among those with one beginning. */
const elementsByFirst: Readonly<Record<string, readonly string[]>> = {
  "0": ["01", "02", "03", "04", "05", "06", "002"],
  "1": ["15", "1"],
  "2": ["2006", "2"],
  "3": ["3"],
  "4": ["4"],
  "5": ["5"],
  P: ["PM"],
  p: ["pm"],
  "-": ["-070000", "-07:00:00", "-0700", "-07:00", "-07"],
  Z: ["Z070000", "Z07:00:00", "Z0700", "Z07:00", "Z07"],
};

function elementAt(layout: string, at: number): string | undefined {
  const first = layout[at] as string;
  switch (first) {
    case "J":
      if (layout.startsWith("January", at)) return "January";
      return layout.startsWith("Jan", at) && !/^[a-z]/.test(layout.slice(at + 3, at + 4)) ? "Jan" : undefined;
    case "M":
      if (layout.startsWith("Monday", at)) return "Monday";
      if (layout.startsWith("Mon", at) && !/^[a-z]/.test(layout.slice(at + 3, at + 4))) return "Mon";
      return layout.startsWith("MST", at) ? "MST" : undefined;
    case "_":
      if (layout.startsWith("_2006", at)) return undefined;
      if (layout.startsWith("_2", at)) return "_2";
      return layout.startsWith("__2", at) ? "__2" : undefined;
    case ".":
    case ",": {
      const fraction = /^[.,](?:0+|9+)(?![0-9])/.exec(layout.slice(at, at + 64));
      return fraction?.[0];
    }
    default:
      return elementsByFirst[first]?.find((element) => layout.startsWith(element, at));
  }
}

/** Formats an instant with a layout of Go's `time` package, such as `2006-01-02`. */
export function formatGoTime(layout: string, instant: Instant): string {
  const time = civilTimeOf(instant);
  let result = "";
  let at = 0;
  while (at < layout.length) {
    // The underscore of `_2006` stands for itself and the year follows it.
    const element = elementAt(layout, at);
    if (element === undefined) {
      result += layout[at];
      at++;
    } else {
      result += formatElement(element, time, instant);
      at += element.length;
    }
  }
  return result;
}

function pad(value: number, width: number, fill = "0"): string {
  return value < 0 ? `-${String(-value).padStart(width, fill)}` : String(value).padStart(width, fill);
}

function formatElement(element: string, time: CivilTime, instant: Instant): string {
  switch (element) {
    case "2006":
      return pad(time.year, 4);
    case "06":
      return pad(Math.max(time.year, 0) % 100, 2);
    case "January":
      return monthNames[time.month - 1] as string;
    case "Jan":
      return (monthNames[time.month - 1] as string).slice(0, 3);
    case "01":
      return pad(time.month, 2);
    case "1":
      return String(time.month);
    case "Monday":
      return weekdayNames[time.weekday] as string;
    case "Mon":
      return (weekdayNames[time.weekday] as string).slice(0, 3);
    case "2":
      return String(time.day);
    case "_2":
      return pad(time.day, 2, " ");
    case "02":
      return pad(time.day, 2);
    case "__2":
      return pad(time.yearDay, 3, " ");
    case "002":
      return pad(time.yearDay, 3);
    case "15":
      return pad(time.hour, 2);
    case "3":
      return String(time.hour % 12 || 12);
    case "03":
      return pad(time.hour % 12 || 12, 2);
    case "4":
      return String(time.minute);
    case "04":
      return pad(time.minute, 2);
    case "5":
      return String(time.second);
    case "05":
      return pad(time.second, 2);
    case "PM":
      return time.hour >= 12 ? "PM" : "AM";
    case "pm":
      return time.hour >= 12 ? "pm" : "am";
    case "MST":
      return zoneAbbreviation(instant);
    default:
      return element[0] === "." || element[0] === ","
        ? formatFraction(element, time.nanosecond)
        : formatOffset(element, instant.offsetSeconds);
  }
}

function formatFraction(element: string, nanosecond: number): string {
  const digits = pad(nanosecond, 9)
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, "0");
  if (element[1] === "0") return (element[0] as string) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : (element[0] as string) + trimmed;
}

function formatOffset(element: string, offsetSeconds: number): string {
  if (element[0] === "Z" && offsetSeconds === 0) return "Z";
  const colon = element.includes(":") ? ":" : "";
  const total = Math.abs(offsetSeconds);
  let text = (offsetSeconds < 0 ? "-" : "+") + pad(Math.floor(total / 3600), 2);
  const digits = element.replace(/[^0-9]/g, "").length;
  if (digits >= 4) text += colon + pad(Math.floor((total % 3600) / 60), 2);
  if (digits >= 6) text += colon + pad(total % 60, 2);
  return text;
}

function zoneAbbreviation(instant: Instant): string {
  if (instant.zone !== "") return instant.zone;
  const total = Math.abs(Math.trunc(instant.offsetSeconds / 60));
  return (instant.offsetSeconds < 0 ? "-" : "+") + pad(Math.floor(total / 60), 2) + pad(total % 60, 2);
}
