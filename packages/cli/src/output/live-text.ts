import { cutToWidth } from "@hclbuild/diagnostics";

/** Minutes and seconds, with hours when there are some: `0:07`, `12:34`, `1:02:03`. */
export function describeElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** What is done of a transfer, in bytes; `total` is absent when nobody knows it. */
export interface Amount {
  readonly done: number;
  readonly total: number | undefined;
}

const units = ["B", "kB", "MB", "GB", "TB"];

function describeBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Such as `12.5 MB / 27.0 MB (46%)`, or only the first part when the whole is not known. */
export function describeAmount({ done, total }: Amount): string {
  if (total === undefined || total <= 0) return done === 0 ? "" : describeBytes(done);
  return `${describeBytes(done)} / ${describeBytes(total)} (${Math.floor(fraction(done, total) * 100)}%)`;
}

const barWidth = 20;

/** A bar of 20 characters; "" when the whole is not known. */
export function drawBar({ done, total }: Amount): string {
  if (total === undefined || total <= 0) return "";
  const filled = Math.round(fraction(done, total) * barWidth);
  return "█".repeat(filled) + "░".repeat(barWidth - filled);
}

function fraction(done: number, total: number): number {
  return Math.min(1, Math.max(0, done / total));
}

/** As much of a name as is always shown. */
const shortestName = 8;

/** The name of a build, cut to a number of columns, so that what stands after it is not pushed off the terminal. */
export function shortenName(name: string, columns: number): string {
  return cutToWidth(name, Math.max(shortestName, columns));
}
