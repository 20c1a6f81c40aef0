import { describeSystemError, diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import { cliCatalog } from "../catalog.js";
import type { CliHost } from "../command.js";
import { readSetting } from "../settings.js";
import { COMPATIBILITY_LEVEL, HCLBUILD_VERSION } from "../version.js";

/** Takes one line of the developer's log, without its line end. Lines are redacted by whoever writes them. */
export type LogSink = (line: string) => void;

/** The developer's log. */
export interface DeveloperLog {
  readonly sink: LogSink;
  /** Lines that people see anyway go into it, too: not where both end on one terminal. */
  readonly withOutput: boolean;
}

/**
 * Opens the developer's log, and notes what runs: in the file of `PACKER_LOG_PATH`, else on standard error when
 * `PACKER_LOG` is set and not `0`, else nowhere.
 */
export function openLog(host: CliHost, argv: readonly string[]): DeveloperLog | Diagnostic | undefined {
  const path = readSetting(host.env, "LOG_PATH");
  const wanted = readSetting(host.env, "LOG");
  let log: DeveloperLog;
  if (path !== undefined) {
    try {
      log = { sink: createFileLog(host, path), withOutput: true };
    } catch (error) {
      return diagnose(cliCatalog["unwritable-file"], { path, reason: describeSystemError(error) });
    }
  } else if (wanted !== undefined && wanted !== "0") {
    log = { sink: (line) => host.stderr.write(stamp(host, line)), withOutput: false };
  } else {
    return undefined;
  }
  log.sink(`hclbuild ${HCLBUILD_VERSION}, compatible with Packer ${COMPATIBILITY_LEVEL}, on ${host.runtime}`);
  log.sink(`command line: ${describeArguments(argv)}`);
  log.sink(`working folder: ${host.cwd}; temporary files: ${host.temporaryDirectory}`);
  return log;
}

/** The words of a command line without the values of variables, which may be secrets. */
function describeArguments(argv: readonly string[]): string {
  let isVariable = false;
  const words = argv.map((word) => {
    const text = isVariable ? hideValue(word) : word.replace(/^--?var=.*/s, hideValue);
    isVariable = /^--?var$/.test(word);
    return text;
  });
  return JSON.stringify(words);
}

/** `NAME=VALUE`, maybe after `-var=`, without the value. */
function hideValue(text: string): string {
  return text.replace(/^((--?var=)?[^=]*=)?.*$/s, "$1…");
}

function createFileLog(host: CliHost, path: string): LogSink {
  const { constants, fchmodSync, fstatSync, ftruncateSync, openSync } = host.fs;
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  const status = fstatSync(file);
  // Not of terminals and pipes.
  if (status.isFile()) {
    // Nothing is written before others can no longer read it.
    if ((status.mode & 0o077) !== 0) fchmodSync(file, 0o600);
    ftruncateSync(file);
  }
  let broken = false;
  return (line) => {
    if (broken) return;
    try {
      host.fs.appendFileSync(file, stamp(host, line));
    } catch {
      // A log that cannot be written any more is no reason to stop a build.
      broken = true;
    }
  };
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
