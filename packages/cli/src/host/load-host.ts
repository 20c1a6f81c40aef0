import { resolve } from "node:path";
import type { HostFailure, LoadHost } from "@hclbuild/compiler";
import { describeSystemError } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";

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
      } catch (error) {
        return isMissing(error) ? "missing" : failure(error);
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

function isMissing(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
