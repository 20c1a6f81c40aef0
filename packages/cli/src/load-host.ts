import { resolve } from "node:path";
import type { HostFailure, LoadHost } from "@hclbuild/compiler";
import type { CliHost } from "./command.js";

// How the usual system errors read in a sentence.
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
};

/** A system error in words, for the end of a sentence; without a period. */
export function describeSystemError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/** The loader's view of the real file system and standard input. */
export function createLoadHost(host: CliHost): LoadHost {
  const { promises } = host.fs;
  const failure = (error: unknown): HostFailure => ({ kind: "failure", reason: describeSystemError(error) });
  return {
    cwd: host.cwd,
    async readFile(path) {
      try {
        return await promises.readFile(resolve(host.cwd, path));
      } catch (error) {
        return failure(error);
      }
    },
    async kindOf(path) {
      try {
        return (await promises.stat(resolve(host.cwd, path))).isDirectory() ? "directory" : "file";
      } catch {
        return "missing";
      }
    },
    async listFiles(path) {
      try {
        const entries = await promises.readdir(resolve(host.cwd, path), { withFileTypes: true });
        return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
      } catch (error) {
        return failure(error);
      }
    },
    readStandardInput: () => host.stdin.readAll(),
  };
}
