import type { FileStatus, FunctionHost, HostError } from "@hclbuild/eval";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { describeSystemError } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";

/** The most bytes of a file that functions read, as an expression holds the whole content in memory. */
const sizeLimit = 64 * 1024 * 1024;

/** What functions such as `file` and `timestamp` may see of the real surroundings. */
export function createFunctionHost(host: CliHost, rootDirectory: string): FunctionHost {
  const statusOf = (path: string): FileStatus | undefined | HostError => {
    try {
      const stats = host.fs.statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? undefined : { kind: kindOf(stats), size: stats.size };
    } catch (error) {
      return hostError(error);
    }
  };
  return {
    readFile(path) {
      try {
        const stats = host.fs.statSync(path);
        return refusalOf(stats) ?? host.fs.readFileSync(path);
      } catch (error) {
        return hostError(error);
      }
    },
    statFile: statusOf,
    listFiles(path) {
      try {
        return host.fs.readdirSync(path).map((name) => {
          const status = statusOf(join(path, name));
          const known = status !== undefined && "size" in status;
          return { name, kind: known ? status.kind : "other" };
        });
      } catch (error) {
        return hostError(error);
      }
    },
    now: () => host.clock.now(),
    startTime: host.processStartTime,
    randomUuid: () => host.random.uuid(),
    randomBytes: (length) => host.random.bytes(length),
    env: (name) => host.env[name],
    cwd: host.cwd,
    rootDir: rootDirectory,
    homeDir: host.homeDirectory,
  };
}

function kindOf(stats: Stats): FileStatus["kind"] {
  return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
}

// Reading a device or a pipe may wait or go on for ever, and evaluation cannot be interrupted.
function refusalOf(stats: Stats): HostError | undefined {
  if (stats.isDirectory())
    return { kind: "host-error", code: "EISDIR", message: describeSystemError({ code: "EISDIR" }) };
  if (!stats.isFile()) return { kind: "host-error", code: "not-regular", message: `it is ${specialKindOf(stats)}` };
  if (stats.size <= sizeLimit) return undefined;
  return { kind: "host-error", code: "EFBIG", message: "it is larger than 64 MiB" };
}

function specialKindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a named pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

function hostError(error: unknown): HostError {
  return { kind: "host-error", code: (error as NodeJS.ErrnoException).code ?? "", message: describeSystemError(error) };
}
