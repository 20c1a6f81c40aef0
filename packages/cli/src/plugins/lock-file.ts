import { dirname, join } from "node:path";
import type { CliHost } from "../command.js";
import { pluginFolder } from "./package.js";

/** What the lock file knows of a plugin. */
export interface LockedPlugin {
  readonly version: string;
  /** Digest of the package's files. */
  readonly integrity: string;
  /** Digests of everything that the package may load, by `NAME@VERSION`. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The plugins of a template by their sources. */
export type PluginLock = ReadonlyMap<string, LockedPlugin>;

/** Where a template's lock file is. It belongs into the template's repository. */
export function lockFilePath(templateDirectory: string): string {
  return join(templateDirectory, pluginFolder, "lock.json");
}

/** Reads a lock file; one that is not there is empty, and a text says why one cannot be used. */
export function readLock(fs: CliHost["fs"], path: string): PluginLock | string {
  let text: string;
  try {
    text = fs.readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ENOTDIR" ? new Map() : "it cannot be read";
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  const { lockVersion, plugins } = fieldsOf(json) ?? {};
  const entries = fieldsOf(plugins);
  if (lockVersion !== 1 || entries === undefined) return "it is not a lock file of this version of hclbuild";
  const lock = new Map<string, LockedPlugin>();
  for (const [source, value] of Object.entries(entries)) {
    const { version, integrity, dependencies } = fieldsOf(value) ?? {};
    const digests = fieldsOf(dependencies);
    if (typeof version !== "string" || typeof integrity !== "string" || digests === undefined)
      return `its entry for ${source} is not complete`;
    lock.set(source, { version, integrity, dependencies: digests as Record<string, string> });
  }
  return lock;
}

/** Writes a lock file, in an order that does not change from run to run. Throws system errors. */
export function writeLock(fs: CliHost["fs"], path: string, lock: PluginLock): void {
  const plugins = Object.fromEntries([...lock].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  fs.mkdirSync(dirname(path), { recursive: true });
  keepInRepository(fs, dirname(dirname(path)));
  fs.writeFileSync(`${path}.new`, `${JSON.stringify({ lockVersion: 1, plugins }, undefined, 2)}\n`);
  fs.renameSync(`${path}.new`, path);
}

/** Everything in the state folder is ignored by git, except the lock file. */
function keepInRepository(fs: CliHost["fs"], stateFolder: string): void {
  const path = join(stateFolder, ".gitignore");
  const everything = "*\n";
  const present = fs.existsSync(path) ? fs.readFileSync(path, "utf8") : everything;
  if (present === everything) fs.writeFileSync(path, `${everything}!/.gitignore\n!/plugins/\n!/plugins/lock.json\n`);
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : undefined;
}
