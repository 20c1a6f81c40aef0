import type { CliHost } from "./command.js";
import { readSetting } from "./settings.js";

/** Takes one line of the developer's log, without its line end. Lines are redacted by whoever writes them. */
export type LogSink = (line: string) => void;

/**
 * Where the developer's log goes: to the file of `PACKER_LOG_PATH`, else to standard error when `PACKER_LOG` is set and
 * not `0`, else nowhere.
 */
export function createLogSink(host: CliHost): LogSink | undefined {
  const path = readSetting(host.env, "LOG_PATH");
  if (path !== undefined) return createFileSink(host, path);
  const wanted = readSetting(host.env, "LOG");
  if (wanted === undefined || wanted === "0") return undefined;
  return (line) => host.stderr.write(stamp(host, line));
}

function createFileSink(host: CliHost, path: string): LogSink {
  host.fs.writeFileSync(path, "");
  return (line) => host.fs.appendFileSync(path, stamp(host, line));
}

/** The form of Go's standard logger: local date and time, then the text. */
function stamp(host: CliHost, line: string): string {
  const time = new Date(host.clock.now());
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${line}\n`;
}

/** Formats a point in time as local RFC 3339 time with seconds, as `-timestamp-ui` shows it. */
export function formatLocalTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const offset = -time.getTimezoneOffset();
  const local = new Date(milliseconds + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const absolute = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}
