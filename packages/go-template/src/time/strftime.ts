import type { Instant } from "./civil.js";
import { formatGoTime } from "./go-layout.js";

/** Go layouts of the conversions that Packer's strftime knows. */
const layouts: ReadonlyMap<string, string> = new Map([
  ["A", "Monday"],
  ["a", "Mon"],
  ["B", "January"],
  ["b", "Jan"],
  ["d", "02"],
  ["H", "15"],
  ["I", "03"],
  ["L", ".000"],
  ["M", "04"],
  ["m", "01"],
  ["p", "PM"],
  ["S", "05"],
  ["Y", "2006"],
  ["y", "06"],
  ["Z", "MST"],
  ["z", "-0700"],
]);

/**
 * Formats an instant by a strftime format. Known are `%A %a %B %b %d %H %I %L %M %m %p %S %Y %y %Z %z %%`; any other
 * conversion, and a lone `%` at the end, is copied. `%L` is a dot and milliseconds.
 */
export function formatStrftime(format: string, instant: Instant): string {
  return format.replace(/%([^])/gu, (whole, letter: string) => {
    if (letter === "%") return "%";
    const layout = layouts.get(letter);
    return layout === undefined ? whole : formatGoTime(layout, instant);
  });
}
