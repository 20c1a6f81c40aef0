import { readFile } from "node:fs/promises";
import { describeSystemError } from "@hclbuild/diagnostics";
import { buildError, resolveLocal, type Host } from "@hclbuild/sdk";
import { catalog } from "./catalog.js";

/**
 * Reads a known_hosts file.
 * @throws BuildError `ssh/known-hosts-unreadable`
 */
export async function readKnownHosts(path: string, host: Host): Promise<string> {
  return await readFile(resolveLocal(path, { host }), "utf8").catch((error: unknown) => {
    const reason = describeSystemError(error);
    throw buildError(catalog["known-hosts-unreadable"], { path, reason }, { cause: error });
  });
}
