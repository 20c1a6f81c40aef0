import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ContextEntry } from "../build-context.js";
import type { GrpcMethod } from "./grpc.js";
import { numberField, readFields, writeMessage } from "./protobuf.js";

/** Folders of this machine that a build may read, by the name that the builder calls them. */
export type SyncedFolders = Readonly<Record<string, readonly ContextEntry[]>>;

// Kinds of packets in BuildKit's exchange of files.
const statPacket = 0;
const requestPacket = 1;
const dataPacket = 2;
const finishPacket = 3;

const pieceSize = 32 * 1024;

/**
 * Answers the builder's wish for a folder (BuildKit's `moby.filesync.v1.FileSync/DiffCopy`): first all that is in it,
 * then the bytes of the files that the builder asks for by their place in that list.
 */
export function diffCopyMethod(folders: SyncedFolders): GrpcMethod {
  return async ({ headers, messages, send }) => {
    const entries = selectEntries(folders[String(headers["dir-name"])] ?? [], String(headers["followpaths"] ?? ""));
    const list = (async () => {
      for (const entry of entries) await send(writeMessage({ 1: statPacket, 2: statOf(entry) }));
      await send(writeMessage({ 1: statPacket }));
    })();
    // Its failure is seen when it is awaited below.
    list.catch(() => undefined);
    for await (const message of messages) {
      const fields = readFields(message);
      const kind = numberField(fields, 1);
      if (kind === finishPacket) {
        await list;
        await send(writeMessage({ 1: finishPacket }));
        return;
      }
      if (kind !== requestPacket) continue;
      await list;
      const id = numberField(fields, 3);
      await sendContent(send, id, entries[id]);
    }
  };
}

/** The ignore file is asked for by itself before the whole folder is. */
function selectEntries(entries: readonly ContextEntry[], wanted: string): readonly ContextEntry[] {
  return wanted === ".dockerignore" ? entries.filter((entry) => entry.path === wanted) : entries;
}

async function sendContent(
  send: (message: Buffer) => Promise<void>,
  id: number,
  entry: ContextEntry | undefined,
): Promise<void> {
  if (entry?.kind !== "file") throw new Error(`there is no file number ${id}`);
  const file = await open(entry.source, constants.O_RDONLY);
  try {
    const buffer = Buffer.alloc(pieceSize);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, pieceSize);
      if (bytesRead === 0) break;
      await send(writeMessage({ 1: dataPacket, 3: id, 4: Buffer.from(buffer.subarray(0, bytesRead)) }));
    }
  } finally {
    await file.close();
  }
  await send(writeMessage({ 1: dataPacket, 3: id }));
}

// Bits of Go's `fs.FileMode`, which the exchange uses.
const modeKinds = { directory: 2 ** 31, symlink: 2 ** 27, file: 0 } as const;
const modeBits = [
  { mask: 0o4000, bit: 2 ** 23 },
  { mask: 0o2000, bit: 2 ** 22 },
  { mask: 0o1000, bit: 2 ** 20 },
] as const;

/** Everything belongs to root in a build, as with the docker program. */
function statOf(entry: ContextEntry): Buffer {
  let mode = modeKinds[entry.kind] + (entry.mode & 0o777);
  for (const { mask, bit } of modeBits) if ((entry.mode & mask) !== 0) mode += bit;
  return writeMessage({
    1: entry.path,
    2: mode,
    5: entry.kind === "file" ? entry.size : 0,
    6: entry.modified,
    7: entry.kind === "symlink" ? entry.target : "",
  });
}
