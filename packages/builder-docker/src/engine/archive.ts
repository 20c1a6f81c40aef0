import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, readdir, readlink, symlink, chmod, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable, type Writable } from "node:stream";
import { makeFolders } from "@hclbuild/sdk";
import { extract, pack, type Header, type Pack } from "tar-stream";

/** User and group that files in an archive belong to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One file to be written into an archive. */
export interface ArchiveFile {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly mtime: Date;
  readonly owner: Owner;
}

/** An archive that holds one file. Content that is not `size` bytes long ends in an error. */
export function packFile(file: ArchiveFile, content: Readable): Readable {
  // The content passes through untouched: a general packer would copy every piece of it.
  return Readable.from(archiveBytes(file, content), { objectMode: false, highWaterMark: pieceSize });
}

/** How much of a file is read at a time. */
const pieceSize = 1024 * 1024;
const blockSize = 512;

async function* archiveBytes(file: ArchiveFile, content: Readable): AsyncGenerator<Buffer> {
  const { name, size, mode, mtime, owner } = file;
  yield await headerOf({ name, size, mode, mtime, ...ownerFields(owner), type: "file" });
  let done = 0;
  for await (const piece of content) {
    done += (piece as Buffer).length;
    if (done > size) throw new Error(`the file is longer than ${size} bytes, its size when the upload began`);
    yield piece as Buffer;
  }
  if (done < size) throw new Error(`the file ended after ${done} of ${size} bytes`);
  // Full blocks, and two empty ones as the end.
  yield Buffer.alloc(((blockSize - (size % blockSize)) % blockSize) + 2 * blockSize);
}

/** Largest number that the plain header has room for; larger ones stand in an extended header. */
const largestPlainOwner = 0o777777;

function ownerFields({ uid, gid }: Owner): Partial<Header> {
  if (Math.max(uid, gid) <= largestPlainOwner) return { uid, gid };
  return { uid, gid, pax: { uid: String(uid), gid: String(gid) } };
}

/** The blocks that come before a file's content. */
async function headerOf(header: Partial<Header> & { name: string }): Promise<Buffer> {
  const archive = pack();
  // The entry's content never comes: what was written until then is the header.
  archive.on("error", () => undefined);
  archive.entry(header, () => undefined);
  const stream = asReadable(archive);
  await once(stream, "readable");
  const blocks: Buffer[] = [];
  for (let block = stream.read() as Buffer | null; block !== null; block = stream.read() as Buffer | null) {
    blocks.push(block);
  }
  archive.destroy();
  return Buffer.concat(blocks);
}

/** What of a directory goes into an archive, and under which names. */
export interface PackDirectoryRequest {
  readonly local: string;
  /** Prefix of every name, without a trailing slash; empty for none. */
  readonly prefix: string;
  /** Whether the directory itself is an entry. */
  readonly includeRoot: boolean;
  /** Paths below the directory, with `/`, that are left out with everything below them. */
  readonly exclude: readonly string[];
}

/**
 * An archive of a directory as it is on the disk: modes, owners, times and symbolic links stay. Sockets, pipes and
 * devices are left out. Entries come in name order, so equal directories give equal archives.
 */
export function packDirectory(request: PackDirectoryRequest): Readable {
  const archive = pack();
  const excluded = new Set(request.exclude);
  const work = async (): Promise<void> => {
    if (request.includeRoot && request.prefix !== "") await packEntry(archive, request.local, request.prefix);
    await packChildren(archive, { request, excluded }, "");
    archive.finalize();
  };
  work().catch((error: Error) => archive.destroy(error));
  return asReadable(archive);
}

interface Walk {
  readonly request: PackDirectoryRequest;
  readonly excluded: ReadonlySet<string>;
}

async function packChildren(archive: Pack, walk: Walk, relative: string): Promise<void> {
  const directory = join(walk.request.local, relative);
  const names = await readdir(directory);
  for (const name of names.toSorted()) {
    const childRelative = relative === "" ? name : `${relative}/${name}`;
    if (walk.excluded.has(childRelative)) continue;
    const entryName = walk.request.prefix === "" ? childRelative : `${walk.request.prefix}/${childRelative}`;
    const isDirectory = await packEntry(archive, join(directory, name), entryName);
    if (isDirectory) await packChildren(archive, walk, childRelative);
  }
}

/** Adds one entry and says whether it is a directory. */
async function packEntry(archive: Pack, path: string, name: string): Promise<boolean> {
  const facts = await lstat(path);
  const header: Partial<Header> & { name: string } = {
    name,
    mode: facts.mode & 0o7777,
    mtime: facts.mtime,
    ...ownerFields(facts),
  };
  if (facts.isDirectory()) {
    await addEntry(archive, { ...header, name: `${name}/`, type: "directory" });
    return true;
  }
  if (facts.isSymbolicLink()) {
    await addEntry(archive, { ...header, type: "symlink", linkname: await readlink(path) });
    return false;
  }
  if (!facts.isFile()) return false;
  const entry = archive.entry({ ...header, size: facts.size, type: "file" });
  // A file that grows while it is read must not break the archive: its size was announced.
  if (facts.size === 0) asWritable(entry).end();
  else await pipeline(createReadStream(path, { end: facts.size - 1, highWaterMark: pieceSize }), asWritable(entry));
  return false;
}

async function addEntry(archive: Pack, header: Partial<Header> & { name: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    archive.entry(header, (error) => (error ? reject(error) : resolve()));
  });
}

/** What was found where a single file was expected. */
export type UnpackedFile =
  | { readonly kind: "file"; readonly size: number; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "directory" }
  | { readonly kind: "empty" };

/** Writes the content of an archive's first entry to `target`, which is ended only if the entry is a file. */
export async function unpackFile(archive: Readable, target: Writable): Promise<UnpackedFile> {
  const extraction = readArchive(archive);
  let result: UnpackedFile = { kind: "empty" };
  for await (const entry of extraction) {
    const { header } = entry;
    if (result.kind === "empty" && header.type === "file") {
      result = { kind: "file", size: header.size ?? 0, mode: header.mode ?? 0o644 };
      await pipeline(asReadable(entry), target);
      continue;
    }
    if (result.kind === "empty" && header.type === "symlink") result = { kind: "link", target: header.linkname ?? "" };
    if (result.kind === "empty" && header.type === "directory") result = { kind: "directory" };
    entry.resume();
  }
  return result;
}

/** A name in an archive that would be written outside of the target directory. */
export class UnsafeArchiveEntry extends Error {
  override readonly name = "UnsafeArchiveEntry";
}

/**
 * Unpacks a directory's archive into `local`, without the archive's first path component. Nothing is ever written
 * outside of `local`, neither through `..` nor through a symbolic link that the archive itself made.
 */
export async function unpackDirectory(archive: Readable, local: string, exclude: readonly string[]): Promise<void> {
  makeFolders(local);
  const links = new Set<string>();
  const excluded = new Set(exclude);
  // Entries that come before somebody iterates are lost, so nothing may be awaited between this line and the loop.
  const extraction = readArchive(archive);
  const directoryModes: { readonly path: string; readonly mode: number }[] = [];
  for await (const entry of extraction) {
    const relative = innerPath(entry.header.name);
    if (relative === "" || isExcluded(relative, excluded)) {
      entry.resume();
      continue;
    }
    assertInside(relative, links);
    await unpackEntry(asReadable(entry) as ExtractedEntry, join(local, relative), { links, relative, directoryModes });
  }
  // Read-only directories get their mode only after their files have been written.
  for (const { path, mode } of directoryModes.toReversed()) await chmod(path, mode);
}

interface UnpackState {
  readonly links: Set<string>;
  readonly relative: string;
  readonly directoryModes: { readonly path: string; readonly mode: number }[];
}

type ExtractedEntry = Readable & { readonly header: Header };

async function unpackEntry(entry: ExtractedEntry, path: string, state: UnpackState): Promise<void> {
  const { header } = entry;
  const mode = (header.mode ?? 0o644) & 0o777;
  if (header.type === "directory") {
    makeFolders(path);
    state.directoryModes.push({ path, mode });
  } else if (header.type === "symlink") {
    await rm(path, { force: true });
    await symlink(header.linkname ?? "", path);
    state.links.add(state.relative);
  } else if (header.type === "file") {
    makeFolders(join(path, ".."));
    await rm(path, { force: true });
    await pipeline(entry, createWriteStream(path, { mode }));
    return;
  }
  entry.resume();
}

function innerPath(name: string): string {
  const normal = posix.normalize(name).replace(/^\/+/, "").replace(/\/+$/, "");
  const slash = normal.indexOf("/");
  return slash === -1 ? "" : normal.slice(slash + 1);
}

function isExcluded(relative: string, excluded: ReadonlySet<string>): boolean {
  if (excluded.size === 0) return false;
  const parts = relative.split("/");
  return parts.some((_, index) => excluded.has(parts.slice(0, index + 1).join("/")));
}

function assertInside(relative: string, links: ReadonlySet<string>): void {
  const parts = relative.split("/");
  if (parts.includes("..")) throw new UnsafeArchiveEntry(`the archive entry "${relative}" leaves the target directory`);
  for (let count = 1; count < parts.length; count++) {
    if (links.has(parts.slice(0, count).join("/"))) {
      throw new UnsafeArchiveEntry(`the archive entry "${relative}" goes through a symbolic link`);
    }
  }
}

/** Node's `pipeline` never sees a streamx writable finish, so the two are joined by hand. */
function readArchive(archive: Readable): ReturnType<typeof extract> {
  const extraction = extract();
  let ended = false;
  archive.on("end", () => (ended = true));
  archive.on("error", (error) => extraction.destroy(error));
  archive.on("close", () => {
    if (!ended) extraction.destroy(new Error("the archive ended too early"));
  });
  archive.pipe(asWritable(extraction));
  return extraction;
}

// tar-stream's streams are streamx streams: at run time they work with Node's, but their types do not say so.
function asReadable(stream: unknown): Readable {
  return stream as Readable;
}

function asWritable(stream: unknown): Writable {
  return stream as Writable;
}
