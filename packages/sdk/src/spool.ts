import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { makeFolders } from "./folders.js";

/** Content that was written to a temporary file to learn its size. */
export interface SpooledContent {
  readonly size: number;
  readonly mtime: number;
  open(): Readable;
  remove(): Promise<void>;
}

/** Writes a stream to a file that only the current user can read. */
export async function spoolContent(content: Readable, folder: string, signal: AbortSignal): Promise<SpooledContent> {
  makeFolders(folder);
  const directory = await mkdtemp(join(folder, "upload-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const path = join(directory, "content");
  try {
    await pipeline(content, createWriteStream(path, { mode: 0o600 }), { signal });
    const facts = await stat(path);
    return { size: facts.size, mtime: facts.mtimeMs, open: () => createReadStream(path), remove };
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    throw error;
  }
}
