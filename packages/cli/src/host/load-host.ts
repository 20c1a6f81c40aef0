import { resolve } from "node:path";
import type { HostFailure, LoadHost } from "@hclbuild/compiler";
import { describeSystemError } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";
import { longestText } from "./longest-text.js";

/** The loader's view of the real file system and standard input. */
export function createLoadHost(host: CliHost): LoadHost {
  const { promises } = host.fs;
  const failure = (error: unknown): HostFailure => ({ kind: "failure", reason: describeSystemError(error) });
  return {
    cwd: host.cwd,
    async readFile(path) {
      try {
        const file = resolve(host.cwd, path);
        const about = await promises.stat(file);
        // Devices have no end, and no size tells so.
        const isBounded = (about.isFile() && about.size <= longestText) || about.isDirectory();
        return isBounded ? await promises.readFile(file) : await readBeginning(promises, file);
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
    readStandardInput: () => host.stdin.readAll(longestText),
  };
}

/** Reads one byte more than the longest text may have. */
async function readBeginning(promises: CliHost["fs"]["promises"], path: string): Promise<Uint8Array> {
  const file = await promises.open(path);
  try {
    const chunks: Uint8Array[] = [];
    for (let left = longestText + 1; left > 0;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(Math.min(left, 1024 * 1024)));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
