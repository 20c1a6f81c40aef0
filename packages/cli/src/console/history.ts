import { join } from "node:path";
import type { CliHost } from "../command.js";
import { createComponentSurroundings } from "../sdk-host.js";
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
  return createHistory(host.fs, directory === undefined ? undefined : join(directory, "console-history"));
}

/** The history in a file, which need not exist. Failures to write end the recording and nothing else. */
export function createHistory(fs: CliHost["fs"], path: string | undefined): History {
  const lines = path === undefined ? [] : readLines(fs, path);
  let last = lines.at(-1);
  let isWritable = path !== undefined;
  return {
    lines: lines.slice(-keptLines),
    add(line) {
      if (path === undefined || !isWritable || line === last || line.length > longestLine) return;
      last = line;
      try {
        fs.appendFileSync(path, `${line}\n`, { mode: 0o600 });
      } catch {
        isWritable = false;
      }
    },
  };
}

function readLines(fs: CliHost["fs"], path: string): readonly string[] {
  try {
    const status = fs.statSync(path);
    if (!status.isFile()) return [];
    if ((status.mode & 0o077) !== 0) fs.chmodSync(path, 0o600);
    const text = status.size > largestFile ? "" : fs.readFileSync(path, "utf8");
    const lines = text.split("\n").filter((line) => line !== "" && line.length <= longestLine);
    if (lines.length > 2 * keptLines || status.size > largestFile) replace(fs, path, lines.slice(-keptLines));
    return lines;
  } catch {
    return [];
  }
}

function replace(fs: CliHost["fs"], path: string, lines: readonly string[]): void {
  const temporary = `${path}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, lines.map((line) => `${line}\n`).join(""), { mode: 0o600, flag: "wx" });
  fs.renameSync(temporary, path);
}
