import { createHash } from "node:crypto";
import { createReadStream, type BigIntStats } from "node:fs";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import path from "node:path";
import type { JsonValue } from "@hclbuild/schema";
import { stateInside, type ComponentInputs, type Host } from "@hclbuild/sdk";
import type { DigestMemory } from "./digest-memory.js";

/** Files as they were when they were read. */
export interface FilesDigest {
  /** Names, types, modes, owners of what is inside folders, link targets and the digests of all bytes. */
  readonly content: JsonValue;
  /** Changes whenever a file is written, without reading it again. */
  readonly stamp: string;
}

/** How folders are looked through. */
export interface FolderReading {
  readonly signal: AbortSignal;
  /** Its state folder counts nowhere. */
  readonly host: Pick<Host, "stateDirectory">;
}

/** How files are read. */
export interface FileReading extends FolderReading {
  readonly known: DigestMemory;
}

/** The files of one component. */
export type FileInputs = Pick<ComponentInputs, "files" | "leavesOut">;

/** Reads files and folders; rejects with a system error when one cannot be read. */
export async function digestFiles(inputs: readonly FileInputs[], reading: FileReading): Promise<FilesDigest> {
  const content: JsonValue[] = [];
  const stamps: string[] = [];
  for (const { file, leavesOut } of inputs.flatMap(eachFile)) {
    const entries = await listTree(file, { ...reading, leavesOut });
    for (const entry of entries) stamps.push(stampOf(entry));
    content.push(await Promise.all(entries.map((entry) => contentOf(entry, reading))));
  }
  return { content, stamp: stamps.join("\n") };
}

/** The stamp that {@link digestFiles} would give now; "" when a file cannot be looked at any more. */
export async function stampFiles(inputs: readonly FileInputs[], reading: FolderReading): Promise<string> {
  try {
    const list = inputs.flatMap(eachFile);
    const entries = await Promise.all(list.map(({ file, leavesOut }) => listTree(file, { ...reading, leavesOut })));
    return entries.flat().map(stampOf).join("\n");
  } catch {
    reading.signal.throwIfAborted();
    return "";
  }
}

type LeavesOut = ComponentInputs["leavesOut"];

function eachFile({
  files,
  leavesOut,
}: FileInputs): readonly { readonly file: string; readonly leavesOut: LeavesOut }[] {
  return files.map((file) => ({ file, leavesOut }));
}

interface TreeEntry {
  readonly absolute: string;
  /** Relative to the path that was asked for; "" for that path itself. */
  readonly name: string;
  readonly facts: BigIntStats;
}

/** A path and, for a folder, everything below it in the order of names. The path itself may be a link. */
async function listTree(
  file: string,
  { signal, host, leavesOut }: FolderReading & { readonly leavesOut: LeavesOut },
): Promise<readonly TreeEntry[]> {
  const root: TreeEntry = { absolute: file, name: "", facts: await stat(file, { bigint: true }) };
  if (!root.facts.isDirectory()) return [root];
  const entries: TreeEntry[] = [root];
  const leftOut = stateInside(file, host);
  const descend = async (directory: TreeEntry): Promise<void> => {
    signal.throwIfAborted();
    for (const name of (await readdir(directory.absolute)).toSorted()) {
      const absolute = path.join(directory.absolute, name);
      const inside = directory.name === "" ? name : `${directory.name}/${name}`;
      if (leftOut.includes(inside)) continue;
      const entry = { absolute, name: inside, facts: await lstat(absolute, { bigint: true }) };
      const isFolder = entry.facts.isDirectory();
      if (leavesOut?.(absolute, isFolder) === true) continue;
      entries.push(entry);
      if (isFolder) await descend(entry);
    }
  };
  await descend(root);
  return entries;
}

function stampOf({ absolute, facts }: TreeEntry): string {
  const { dev, ino, mode, uid, gid, size, mtimeNs, ctimeNs } = facts;
  // The times of a folder tell of files in it that do not count.
  const times = facts.isDirectory() ? [] : [size, mtimeNs, ctimeNs];
  return JSON.stringify([absolute, ...[dev, ino, mode, uid, gid, ...times].map(String)]);
}

async function contentOf(entry: TreeEntry, reading: FileReading): Promise<JsonValue> {
  const { absolute, name, facts } = entry;
  const mode = Number(facts.mode & 0o7777n);
  // A single file goes up with the owner of the program; what is in a folder keeps its own.
  const owner = name === "" && facts.isFile() ? [] : [Number(facts.uid), Number(facts.gid)];
  if (facts.isFile()) return [name, "file", mode, ...owner, await hashOnce(entry, reading)];
  if (facts.isDirectory()) return [name, "directory", mode, ...owner];
  if (facts.isSymbolicLink()) return [name, "link", await readlink(absolute), ...owner];
  return [name, "other"];
}

async function hashOnce({ absolute, facts }: TreeEntry, { known, signal }: FileReading): Promise<string> {
  // Mode and path do not count: the bytes are the same ones.
  const stamp = [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(" ");
  return known.digestOf({ stamp, size: facts.size, changed: facts.ctimeNs }, () => hashFile(absolute, signal));
}

async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
