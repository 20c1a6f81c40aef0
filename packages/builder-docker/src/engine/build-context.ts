import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, isAbsolute, join, posix, relative } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";

/** One thing of a build context, with its path inside of the context, separated by `/`. */
export type ContextEntry = {
  readonly path: string;
  /** Where it is on this machine. */
  readonly source: string;
  readonly mode: number;
  /** When it was written, in nanoseconds. */
  readonly modified: bigint;
  /** When anything about it changed last, in nanoseconds. */
  readonly changed: bigint;
} & (
  | { readonly kind: "directory" }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "file"; readonly size: number }
);

/** Where a build context is, and which Dockerfile goes with it. */
export interface BuildContextRequest {
  readonly directory: string;
  readonly dockerfile: string;
}

/** A build context without what its ignore file names. Parents come before what is in them, and names are in order. */
export interface BuildContextListing {
  readonly entries: readonly ContextEntry[];
  /** The text of the ignore file; "" when there is none. */
  readonly ignoreText: string;
}

/**
 * Lists a build context. `kept` are paths that stay in it even if they are ignored. Only folders, files and symbolic
 * links are listed.
 */
export async function listContext(
  request: BuildContextRequest,
  kept: readonly string[] = [],
): Promise<BuildContextListing> {
  const ignoreText = await readIgnoreFile(request);
  const walk: Walk = { directory: request.directory, ignore: parseIgnoreFile(ignoreText), kept, entries: [] };
  await listFolder(walk, "", []);
  return { entries: walk.entries, ignoreText };
}

/** A Dockerfile by itself, as a context that holds nothing else. */
export async function listDockerfile(path: string): Promise<ContextEntry> {
  const entry = await readEntry(path, basename(path), await realpath(path));
  if (entry?.kind !== "file") throw new Error(`${path} is not a file`);
  return entry;
}

/** Name that a Dockerfile from outside of the context has in the archive. */
const outsideName = ".hclbuild.Dockerfile";

/** An archive of a build context for the engine's classic builder. */
export interface PackedContext {
  readonly archive: Readable;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
}

/**
 * Packs a build context. The Dockerfile and the ignore file are always in it, as the engine reads both; it drops them
 * before the first instruction if the ignore file says so. A Dockerfile from elsewhere is always dropped.
 */
export async function packContext(request: BuildContextRequest): Promise<PackedContext> {
  const inside = relative(request.directory, request.dockerfile).replaceAll("\\", "/");
  const isOutside = inside.startsWith("../") || isAbsolute(inside);
  const dockerfile = isOutside ? outsideName : inside;
  const { entries, ignoreText } = await listContext(request, [dockerfile, ignoreName]);
  const archive = pack();
  const work = async (): Promise<void> => {
    for (const entry of entries) {
      if (!isOutside || entry.path !== ignoreName) await packEntry(archive, entry);
    }
    if (isOutside) {
      await packText(archive, dockerfile, await readFile(request.dockerfile));
      const ownName = entries.some((entry) => entry.path === ignoreName) ? "" : `\n${ignoreName}`;
      await packText(archive, ignoreName, Buffer.from(`${ignoreText}\n${outsideName}${ownName}\n`));
    }
    archive.finalize();
  };
  work().catch((error: Error) => archive.destroy(error));
  return { archive: archive as unknown as Readable, dockerfile };
}

const ignoreName = ".dockerignore";

async function readIgnoreFile(request: BuildContextRequest): Promise<string> {
  for (const path of [`${request.dockerfile}.dockerignore`, join(request.directory, ignoreName)]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return "";
}

interface Walk {
  readonly directory: string;
  readonly ignore: IgnoreRules;
  readonly kept: readonly string[];
  readonly entries: ContextEntry[];
}

/** `parents` are ignored folders around this one, which are listed if anything in them is. */
async function listFolder(walk: Walk, folder: string, parents: readonly ContextEntry[]): Promise<void> {
  const names = await readdir(join(walk.directory, folder));
  let unlisted = parents;
  const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
  for (const name of names.toSorted(byBytes)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const isKept = walk.kept.some((kept) => kept === path || kept.startsWith(`${path}/`));
    const ignored = isIgnored(walk.ignore, path) && !walk.kept.includes(path);
    // A later exception may bring back something below an ignored folder.
    if (ignored && !walk.ignore.hasExceptions && !isKept) continue;
    const source = join(walk.directory, path);
    const entry = await readEntry(source, path);
    if (entry === undefined) continue;
    if (!ignored) {
      walk.entries.push(...unlisted, entry);
      unlisted = [];
    }
    if (entry.kind !== "directory") continue;
    const before = walk.entries.length;
    await listFolder(walk, path, ignored ? [...unlisted, entry] : []);
    if (walk.entries.length > before) unlisted = [];
  }
}

async function readEntry(source: string, path: string, real = source): Promise<ContextEntry | undefined> {
  const facts = await lstat(real, { bigint: true });
  const common = {
    path,
    source: real,
    mode: Number(facts.mode) & 0o7777,
    modified: facts.mtimeNs,
    changed: facts.ctimeNs,
  };
  if (facts.isDirectory()) return { ...common, kind: "directory" };
  if (facts.isSymbolicLink()) return { ...common, mode: 0o777, kind: "symlink", target: await readlink(source) };
  return facts.isFile() ? { ...common, kind: "file", size: Number(facts.size) } : undefined;
}

async function packEntry(archive: Pack, entry: ContextEntry): Promise<void> {
  const { path: name, mode } = entry;
  const mtime = new Date(Number(entry.modified / 1_000_000n));
  switch (entry.kind) {
    case "directory":
      return packHeader(archive, { name: `${name}/`, mode, mtime, type: "directory" });
    case "symlink":
      return packHeader(archive, { name, mode, mtime, type: "symlink", linkname: entry.target });
    case "file": {
      const target = archive.entry({ name, mode, mtime, size: entry.size }) as unknown as Writable;
      if (entry.size === 0) target.end();
      else await pipeline(createReadStream(entry.source, { end: entry.size - 1 }), target);
    }
  }
}

async function packHeader(archive: Pack, header: Parameters<Pack["entry"]>[0]): Promise<void> {
  await new Promise<void>((done, fail) => {
    archive.entry(header, (error) => (error ? fail(error) : done()));
  });
}

async function packText(archive: Pack, name: string, content: Buffer): Promise<void> {
  await new Promise<void>((done, fail) => {
    archive.entry({ name, mode: 0o644 }, content, (error) => (error ? fail(error) : done()));
  });
}

/** The rules of a `.dockerignore` file in order; the last one that matches decides. */
export interface IgnoreRules {
  readonly rules: readonly { readonly pattern: RegExp; readonly exception: boolean }[];
  readonly hasExceptions: boolean;
}

/** Parses a `.dockerignore` file (Docker documentation, "`.dockerignore` file": Go's filepath.Match rules and `**`). */
export function parseIgnoreFile(text: string): IgnoreRules {
  const rules: { pattern: RegExp; exception: boolean }[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (raw.startsWith("#")) continue;
    let line = raw.trim();
    if (line === "") continue;
    const exception = line.startsWith("!");
    if (exception) line = line.slice(1).trim();
    const clean = posix.normalize(line.replaceAll("\\ ", " ")).replace(/^\/+/, "").replace(/\/+$/, "");
    if (clean === "" || clean === ".") continue;
    rules.push({ pattern: patternExpression(clean), exception });
  }
  return { rules, hasExceptions: rules.some((rule) => rule.exception) };
}

/** Whether a path of the context, with `/` and without a leading one, is ignored. A folder's rule covers all below it. */
export function isIgnored(rules: IgnoreRules, path: string): boolean {
  let ignored = false;
  const parts = path.split("/");
  for (const rule of rules.rules) {
    if (rule.exception !== ignored) continue;
    if (parts.some((_, index) => rule.pattern.test(parts.slice(0, index + 1).join("/")))) ignored = !rule.exception;
  }
  return ignored;
}

function patternExpression(pattern: string): RegExp {
  let expression = "";
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "*") {
      if (pattern.charAt(index + 1) === "*") {
        index++;
        if (pattern.charAt(index + 1) === "/") {
          index++;
          expression += "(?:.*/)?";
        } else expression += ".*";
      } else expression += "[^/]*";
    } else if (character === "?") expression += "[^/]";
    else if (character === "[") {
      const end = pattern.indexOf("]", index + 2);
      if (end === -1) expression += "\\[";
      else {
        expression += `[${pattern.slice(index + 1, end).replaceAll("\\", "\\\\")}]`;
        index = end;
      }
    } else if (character === "\\" && index + 1 < pattern.length) {
      index++;
      expression += escapeCharacter(pattern.charAt(index));
    } else expression += escapeCharacter(character);
  }
  return new RegExp(`^${expression}$`, "s");
}

function escapeCharacter(character: string): string {
  return /[.*+?^${}()|[\]\\]/.test(character) ? `\\${character}` : character;
}
