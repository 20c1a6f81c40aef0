import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, isAbsolute, join, relative } from "node:path";
import type { Readable, Writable } from "node:stream";
import { buildError, messageOf, stateInside, systemErrorCode, type BuildError, type Host } from "@hclbuild/sdk";
import { pack, type Pack } from "tar-stream";
import { catalog } from "../catalog.js";
import { oneLine } from "./client.js";
import { isIgnored, parseIgnoreFile, type IgnoreFile, type IgnoreRules } from "./ignore-file.js";

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
  /** Its state folder is not part of any context. */
  readonly host: Pick<Host, "stateDirectory">;
}

/** A build context without what its ignore file names. Parents come before what is in them, and names are in order. */
export interface BuildContextListing {
  readonly entries: readonly ContextEntry[];
  /** The text of the ignore file; "" when there is none. */
  readonly ignoreText: string;
}

/**
 * Lists a build context. `kept` are paths that stay in it even if they are ignored. Only folders, files and symbolic
 * links are listed. What cannot be read is a `docker/build-input-unreadable`.
 */
export async function listContext(
  request: BuildContextRequest,
  kept: readonly string[] = [],
): Promise<BuildContextListing> {
  const file = await readIgnoreFile(request);
  const { directory, host } = request;
  const leftOut = stateInside(directory, host);
  const walk: Walk = { directory, ignore: parseIgnoreFile(file), kept, leftOut, entries: [] };
  await listFolder(walk, "", []);
  return { entries: walk.entries, ignoreText: file.text };
}

/** A Dockerfile by itself, as a context that holds nothing else. */
export async function listDockerfile(path: string): Promise<ContextEntry> {
  const entry = await readEntry(path, basename(path), await reading(path, realpath(path)));
  if (entry?.kind !== "file") throw unreadable(path, new Error("it is not a file"));
  return entry;
}

/** Name that a Dockerfile from outside of the context has in the archive. */
const outsideName = ".hclbuild.Dockerfile";

/** An archive of a build context for the engine's classic builder. */
export interface PackedContext {
  /** To be destroyed if it is not read to its end. */
  readonly archive: Readable;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
}

/**
 * Packs a build context. The Dockerfile and the ignore file are always in it, as the engine reads both; it drops them
 * before the first instruction if the ignore file says so. A Dockerfile from elsewhere is always dropped.
 */
export async function packContext(request: BuildContextRequest): Promise<PackedContext> {
  const { directory } = request;
  // The engine follows no links that lead out of the context.
  const real = await reading(request.dockerfile, realpath(request.dockerfile));
  const inside = relative(await reading(directory, realpath(directory)), real).replaceAll("\\", "/");
  const isOutside = inside.startsWith("../") || isAbsolute(inside);
  const dockerfile = isOutside ? outsideName : inside;
  const { entries, ignoreText } = await listContext(request, [dockerfile, ignoreName]);
  const archive = pack();
  const work = async (): Promise<void> => {
    for (const entry of entries) {
      if (!isOutside || entry.path !== ignoreName) await packEntry(archive, entry);
    }
    if (isOutside) {
      await packText(archive, dockerfile, await reading(real, readFile(real)));
      const ownName = entries.some((entry) => entry.path === ignoreName) ? "" : `\n${ignoreName}`;
      await packText(archive, ignoreName, Buffer.from(`${ignoreText}\n${outsideName}${ownName}\n`));
    }
    archive.finalize();
  };
  work().catch((error: Error) => archive.destroy(error));
  return { archive: archive as unknown as Readable, dockerfile };
}

const ignoreName = ".dockerignore";

/** Which of a context's files do not become part of it. */
export interface ContextFilter {
  /** The file that says so; absent when there is none. */
  readonly ignoreFile?: string;
  /** Never true for a folder that an exception may bring something of back. */
  readonly leavesOut: (path: string, isFolder: boolean) => boolean;
}

/** Reads the ignore file of a context. */
export async function readContextFilter(request: BuildContextRequest): Promise<ContextFilter> {
  const file = await readIgnoreFile(request);
  const rules = parseIgnoreFile(file);
  return {
    ...(file.path === "" ? {} : { ignoreFile: file.path }),
    leavesOut(path, isFolder) {
      if (isFolder && rules.hasExceptions) return false;
      const inside = relative(request.directory, path).replaceAll("\\", "/");
      return !inside.startsWith("../") && isIgnored(rules, inside);
    },
  };
}

async function readIgnoreFile(request: BuildContextRequest): Promise<IgnoreFile> {
  for (const path of [`${request.dockerfile}.dockerignore`, join(request.directory, ignoreName)]) {
    try {
      return { path, text: await readFile(path, "utf8") };
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw unreadable(path, error);
    }
  }
  return { path: "", text: "" };
}

interface Walk {
  readonly directory: string;
  readonly ignore: IgnoreRules;
  readonly kept: readonly string[];
  readonly leftOut: readonly string[];
  readonly entries: ContextEntry[];
}

/** `parents` are ignored folders around this one, which are listed if anything in them is. */
async function listFolder(walk: Walk, folder: string, parents: readonly ContextEntry[]): Promise<void> {
  const where = join(walk.directory, folder);
  const names = await reading(where, readdir(where));
  let unlisted = parents;
  const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
  for (const name of names.toSorted(byBytes)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (walk.leftOut.includes(path)) continue;
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
  const facts = await reading(real, lstat(real, { bigint: true }));
  const common = {
    path,
    source: real,
    mode: Number(facts.mode) & 0o7777,
    modified: facts.mtimeNs,
    changed: facts.ctimeNs,
  };
  if (facts.isDirectory()) return { ...common, kind: "directory" };
  if (facts.isSymbolicLink()) {
    return { ...common, mode: 0o777, kind: "symlink", target: await reading(source, readlink(source)) };
  }
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
      // It fails only with the archive, whose error is the one that is looked at.
      target.on("error", () => undefined);
      if (entry.size === 0) target.end();
      else await packContent(entry.source, entry.size, target);
    }
  }
}

/** By hand, as an archive whose entry fails ends with the entry's error and not with the one that explains it. */
async function packContent(path: string, size: number, target: Writable): Promise<void> {
  const content = createReadStream(path, { end: size - 1 });
  const pieces = content[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  try {
    for (;;) {
      const { done, value } = await reading(path, pieces.next());
      if (done === true) break;
      if (!target.write(value)) await drained(target);
      if (target.destroyed) return;
    }
  } finally {
    content.destroy();
  }
  const read = content.bytesRead;
  if (read < size) throw buildError(catalog["build-input-changed"], { path, size, read });
  target.end();
}

/** Resolves when there is room for more, or nobody wants more. */
async function drained(target: Writable): Promise<void> {
  if (target.destroyed) return;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      target.off("drain", settle);
      target.off("close", settle);
      resolve();
    };
    target.on("drain", settle);
    target.on("close", settle);
  });
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

async function reading<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The error for a file or folder of this machine that a build needs and that cannot be read. */
export function unreadable(path: string, error: unknown): BuildError {
  return buildError(catalog["build-input-unreadable"], { path, reason: oneLine(messageOf(error)) }, { cause: error });
}
