import { join } from "node:path";
import type { CliHost } from "../command.js";
import { createComponentSurroundings } from "../host/sdk-host.js";
import { readSetting } from "../settings.js";
import type { Session } from "./session.js";

/** Lines that were typed, and never what they gave. */
export interface History {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** Adds a line to the file, if there is one. */
  add(line: string): void;
}

/** Lines that are read from the file; when it has twice as many, the others are taken out of it. */
export const keptLines = 1000;

/** What of the surroundings a history needs. */
export type HistoryHost = Pick<CliHost, "fs" | "userId">;

const longestLine = 10_000;
const largestFile = 64 * 1024 * 1024;

/**
 * The history of the sessions in a state folder: the one that runs of the template use, without a template the one in
 * the user's cache. Only the user may read the file. Where no folder can be written, there is no file.
 */
export async function openHistory({ host, templateDirectory }: Session): Promise<History> {
  const [executor, sdk] = await Promise.all([import("@hclbuild/executor"), import("@hclbuild/sdk")]);
  const surroundings = createComponentSurroundings(host, sdk);
  const { directory } = executor.openStateFolder({
    host: surroundings.host,
    templateDirectory: templateDirectory ?? host.cwd,
    configured:
      readSetting(host.env, "STATE_DIR") ??
      (templateDirectory === undefined ? join(surroundings.host.cacheDirectory, "state") : undefined),
  });
  return createHistory(host, directory === undefined ? undefined : join(directory, "console-history"));
}

/**
 * The history in a file, which need not exist. Failures to write end the recording and nothing else. A link, which may
 * have come with the template, and a file of another user are left alone.
 */
export function createHistory(host: HistoryHost, path: string | undefined): History {
  const lines = path === undefined ? [] : readLines(host, path);
  let last = lines.at(-1);
  let isWritable = path !== undefined;
  return {
    lines: lines.slice(-keptLines),
    add(line) {
      if (path === undefined || !isWritable || line === last || line.length > longestLine) return;
      last = line;
      try {
        appendLine(host, path, line);
      } catch {
        isWritable = false;
      }
    },
  };
}

function readLines(host: HistoryHost, path: string): readonly string[] {
  const { fs } = host;
  try {
    const file = openOwn(host, path, fs.constants.O_RDONLY);
    try {
      const { size } = fs.fstatSync(file);
      const text = size > largestFile ? "" : fs.readFileSync(file, "utf8");
      const lines = text.split("\n").filter((line) => line !== "" && line.length <= longestLine);
      if (lines.length > 2 * keptLines || size > largestFile) replace(fs, path, lines.slice(-keptLines));
      return lines;
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return [];
  }
}

function appendLine(host: HistoryHost, path: string, line: string): void {
  const { constants, closeSync, writeFileSync } = host.fs;
  const file = openOwn(host, path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  try {
    writeFileSync(file, `${line}\n`);
  } finally {
    closeSync(file);
  }
}

/** Opens a file that is the user's and no link, and takes away what others may do with it. Throws for any other. */
function openOwn({ fs, userId }: HistoryHost, path: string, flags: number): number {
  // Where these two flags do not exist, they count as 0. A pipe would be waited for.
  const file = fs.openSync(path, flags | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK, 0o600);
  try {
    const status = fs.fstatSync(file);
    if (!status.isFile() || (userId !== undefined && status.uid !== userId)) throw new Error("not a file of the user");
    if ((status.mode & 0o077) !== 0) fs.fchmodSync(file, 0o600);
    return file;
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
}

function replace(fs: CliHost["fs"], path: string, lines: readonly string[]): void {
  const temporary = `${path}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, lines.map((line) => `${line}\n`).join(""), { mode: 0o600, flag: "wx" });
  fs.renameSync(temporary, path);
}
