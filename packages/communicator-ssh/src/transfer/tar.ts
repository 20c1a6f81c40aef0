import { createReadStream, lstatSync, readFileSync, type Stats } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Transform, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isExcluded, quoteShellWord } from "@hclbuild/sdk";
import { pack, type Pack } from "tar-stream";

/** Exit code of {@link unpackCommand} on a machine without tar. */
export const tarMissing = 97;

/**
 * Unpacks an archive from its input into a folder, which is made when only its parent exists. Owner and umask are the
 * user's, as with scp; a tar that lacks the options for it, such as busybox's, behaves so with `-o`.
 */
export function unpackCommand(remote: string): string {
  const target = quoteShellWord(remote);
  const options = "--no-same-owner --no-same-permissions";
  const unpack = [
    `if tar ${options} -cf /dev/null /dev/null 2>/dev/null; then exec tar ${options} -xf -;`,
    `elif command -v tar >/dev/null 2>&1; then exec tar -xof -;`,
    `else exit ${tarMissing}; fi`,
  ].join(" ");
  return `{ [ -d ${target} ] || mkdir ${target}; } && cd ${target} && ${unpack}`;
}

/** An archive of what is inside a folder. Symbolic links stay links; special files are left out. */
export function packTree(local: string, exclude: readonly string[]): Readable {
  const archive = pack();
  const work = async (): Promise<void> => {
    await packChildren(archive, local, exclude, "");
    archive.finalize();
  };
  // Whoever reads it gets the errors; when the reader stops first, there is nobody left.
  archive.on("error", () => undefined);
  work().catch((error: Error) => archive.destroy(error));
  return archive as unknown as Readable;
}

/** Joins small pieces: each piece that is written becomes a packet of its own, encrypted and sent. */
export function gatherPieces(size = 64 * 1024): Transform {
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (): Buffer => {
    const whole = Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    return whole;
  };
  return new Transform({
    transform(piece: Buffer, _encoding, next) {
      pieces.push(piece);
      length += piece.length;
      if (length < size) next();
      else next(null, take());
    },
    flush(next) {
      if (length === 0) next();
      else next(null, take());
    },
  });
}

/**
 * Files up to this size are read whole and in place: for them a trip to Node's threads and back costs several times what
 * the reading does. What waits for the event loop meanwhile waits for one file.
 */
const wholeFileSize = 256 * 1024;

interface TreeEntry {
  readonly path: string;
  readonly full: string;
  readonly facts: Stats;
  readonly content: Buffer | undefined;
}

async function packChildren(archive: Pack, local: string, exclude: readonly string[], relative: string): Promise<void> {
  const names = (await readdir(join(local, relative))).toSorted();
  const paths = names
    .map((name) => (relative === "" ? name : `${relative}/${name}`))
    .filter((path) => !isExcluded(path, exclude));
  for (const path of paths) {
    const entry = readEntry(local, path);
    await packEntry(archive, entry);
    if (entry.facts.isDirectory()) await packChildren(archive, local, exclude, path);
  }
}

function readEntry(local: string, path: string): TreeEntry {
  const full = join(local, path);
  const facts = lstatSync(full);
  const content = facts.isFile() && facts.size <= wholeFileSize ? readFileSync(full) : undefined;
  return { path, full, facts, content };
}

async function packEntry(archive: Pack, { path, full, facts, content }: TreeEntry): Promise<void> {
  const { mtime } = facts;
  const mode = facts.mode & 0o7777;
  if (facts.isSymbolicLink()) {
    await add(archive, { name: path, type: "symlink", linkname: await readlink(full), mtime });
  } else if (facts.isDirectory()) {
    await add(archive, { name: `${path}/`, type: "directory", mode, mtime });
  } else if (content !== undefined) {
    await add(archive, { name: path, size: content.length, mode, mtime }, content);
  } else if (facts.isFile()) {
    const entry = archive.entry({ name: path, size: facts.size, mode, mtime });
    await pipeline(createReadStream(full, { end: facts.size - 1 }), entry as unknown as Writable);
  }
}

async function add(archive: Pack, entry: Parameters<Pack["entry"]>[0], content?: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    const sink = content === undefined ? archive.entry(entry, done) : archive.entry(entry, content, done);
    sink.on("error", () => undefined);
  });
}
