import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import type { CliHost } from "../command.js";
import { readPackageFile, resolveDependency } from "./package.js";

type Fs = CliHost["fs"];

/** What a hash of files begins with; the rest is base64. */
const prefix = "sha512-";

/**
 * A digest of the files of a package: their names, what they hold, and which may be executed. Installed dependencies
 * below it and a repository's own folder are not part of it. It does not depend on times, owners or the order of files.
 */
export function hashPackage(fs: Fs, folder: string): string {
  const hash = createHash("sha512");
  hashFolder(fs, hash, { root: folder, below: "" });
  return prefix + hash.digest("base64");
}

const outside: ReadonlySet<string> = new Set(["node_modules", ".git"]);

function hashFolder(fs: Fs, hash: Hash, place: { readonly root: string; readonly below: string }): void {
  const entries = fs.readdirSync(join(place.root, place.below), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (outside.has(entry.name)) continue;
    const name = place.below === "" ? entry.name : `${place.below}/${entry.name}`;
    const path = join(place.root, name);
    if (entry.isDirectory()) hashFolder(fs, hash, { root: place.root, below: name });
    else if (entry.isSymbolicLink()) hash.update(`link ${name}\0${fs.readlinkSync(path)}\0`);
    else if (entry.isFile()) {
      const content = createHash("sha512").update(fs.readFileSync(path)).digest("hex");
      const kind = (fs.statSync(path).mode & 0o111) === 0 ? "file" : "program";
      hash.update(`${kind} ${name}\0${content}\0`);
    }
  }
}

/**
 * The digests of all packages that a package may load, without itself, by `NAME@VERSION`. Dependencies that are not
 * installed are left out: the plugin cannot load them either.
 */
export function hashDependencies(fs: Fs, folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const seen = new Set([folder]);
  const queue = [folder];
  for (let current = queue.pop(); current !== undefined; current = queue.pop()) {
    for (const name of dependencyNames(fs, current)) {
      const dependency = resolveDependency(fs, current, name);
      if (dependency === undefined || seen.has(dependency)) continue;
      seen.add(dependency);
      queue.push(dependency);
      found.set(`${name}@${String(readPackageFile(fs, dependency)?.["version"] ?? "")}`, hashPackage(fs, dependency));
    }
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function dependencyNames(fs: Fs, folder: string): readonly string[] {
  const file = readPackageFile(fs, folder) ?? {};
  const groups = [file["dependencies"], file["optionalDependencies"], file["peerDependencies"]];
  return [
    ...new Set(groups.flatMap((group) => (typeof group === "object" && group !== null ? Object.keys(group) : []))),
  ];
}
