import { readFile } from "node:fs/promises";
import { describeSystemError } from "@hclbuild/diagnostics";
import { buildError, expandHome, type Host } from "@hclbuild/sdk";
import { catalog } from "./catalog.js";

/**
 * Reads a known_hosts file.
 * @throws BuildError `ssh/known-hosts-unreadable`
 */
export async function readKnownHosts(path: string, host: Host): Promise<string> {
  return await readFile(expandHome(path, host.homeDirectory), "utf8").catch((error: unknown) => {
    const reason = describeSystemError(error);
    throw buildError(catalog["known-hosts-unreadable"], { path, reason }, { cause: error });
  });
}
