import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { isExcluded, makeFolders, readContent } from "@hclbuild/sdk";
import type { Client, SFTPWrapper } from "ssh2";
import { fillFile, writeTo } from "./write.js";

/** Requests in flight: enough to fill a fast connection, little enough to keep memory small. */
const window = 64;
const blockSize = 32 * 1024;

/** Opens the sftp subsystem. */
export async function openSftp(client: Client): Promise<SFTPWrapper> {
  return await new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
}

type Callback<T> = (error: Error | null | undefined, result: T) => void;

async function call<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Facts about the file to write. */
export interface SftpFile {
  readonly path: string;
  readonly mode: number;
  readonly mtime?: number | undefined;
}

/** Writes a file with many requests in flight. */
export async function putFile(sftp: SFTPWrapper, file: SftpFile, content: Readable): Promise<void> {
  const handle = await call<Buffer>((done) => sftp.open(file.path, "w", { mode: file.mode }, done as never));
  try {
    await writeAll(sftp, handle, content);
    await call<void>((done) => sftp.fchmod(handle, file.mode & 0o7777, done as never));
    if (file.mtime !== undefined) {
      const seconds = Math.floor(file.mtime / 1000);
      await call<void>((done) => sftp.futimes(handle, seconds, seconds, done as never));
    }
  } finally {
    await call<void>((done) => sftp.close(handle, done as never)).catch(() => undefined);
  }
}

async function writeAll(sftp: SFTPWrapper, handle: Buffer, content: Readable): Promise<void> {
  const pending = new Set<Promise<void>>();
  let failure: unknown;
  let position = 0;
  for await (const piece of content) {
    const data = piece as Buffer;
    for (let at = 0; at < data.length; at += blockSize) {
      const part = data.subarray(at, at + blockSize);
      const offset = position;
      position += part.length;
      const written: Promise<void> = call<void>((done) =>
        sftp.write(handle, part, 0, part.length, offset, done as never),
      )
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => pending.delete(written));
      pending.add(written);
      if (pending.size >= window) await Promise.race(pending);
      if (failure !== undefined) throw failure;
    }
  }
  await Promise.all(pending);
  if (failure !== undefined) throw failure;
}

/** Reads a file with many requests in flight and passes it on in order. */
export async function getFile(sftp: SFTPWrapper, path: string, target: Writable): Promise<void> {
  const handle = await call<Buffer>((done) => sftp.open(path, "r", done as never));
  try {
    const facts = await call<{ readonly size: number; isDirectory(): boolean }>((done) =>
      sftp.fstat(handle, done as never),
    );
    if (facts.isDirectory()) throw new Error("it is a directory");
    const queue: Promise<Buffer>[] = [];
    let next = 0;
    const request = (): void => {
      if (next >= facts.size) return;
      const offset = next;
      const length = Math.min(blockSize, facts.size - offset);
      next += length;
      const read = readBlock(sftp, handle, offset, length);
      read.catch(() => undefined);
      queue.push(read);
    };
    for (let count = 0; count < window; count++) request();
    for (let block = queue.shift(); block !== undefined; block = queue.shift()) {
      const data = await block;
      request();
      await writeTo(target, data);
    }
    if (facts.size === 0) await readToEnd(sftp, handle, target);
  } finally {
    await call<void>((done) => sftp.close(handle, done as never)).catch(() => undefined);
  }
}

/** Files such as those of /proc have no size: read until the end. */
async function readToEnd(sftp: SFTPWrapper, handle: Buffer, target: Writable): Promise<void> {
  for (let position = 0; ;) {
    const data = await readBlock(sftp, handle, position, blockSize).catch(() => Buffer.alloc(0));
    if (data.length === 0) return;
    position += data.length;
    await writeTo(target, data);
  }
}

async function readBlock(sftp: SFTPWrapper, handle: Buffer, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = await new Promise<number>((resolve, reject) => {
      sftp.read(handle, buffer, filled, length - filled, offset + filled, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    });
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** Copies what is inside a local folder; the remote folder is made when only its parent exists. */
export async function putDirectory(
  sftp: SFTPWrapper,
  local: string,
  remote: string,
  exclude: readonly string[],
): Promise<void> {
  await makeDirectory(sftp, remote);
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(local, relative))).toSorted()) {
      const path = relative === "" ? name : `${relative}/${name}`;
      if (isExcluded(path, exclude)) continue;
      const facts = await stat(join(local, path));
      if (facts.isDirectory()) {
        await makeDirectory(sftp, `${remote}/${path}`);
        await walk(path);
      } else if (facts.isFile()) {
        const content = readContent(join(local, path));
        try {
          await putFile(sftp, { path: `${remote}/${path}`, mode: facts.mode, mtime: facts.mtimeMs }, content);
        } finally {
          content.destroy();
        }
      }
    }
  };
  await walk("");
}

async function makeDirectory(sftp: SFTPWrapper, path: string): Promise<void> {
  const exists = await call<{ isDirectory(): boolean }>((done) => sftp.stat(path, done as never)).catch(
    () => undefined,
  );
  if (exists?.isDirectory()) return;
  await call<void>((done) => sftp.mkdir(path, done as never));
}

/** Copies what is inside a remote folder. */
export async function getDirectory(
  sftp: SFTPWrapper,
  remote: string,
  local: string,
  exclude: readonly string[],
): Promise<void> {
  makeFolders(local);
  const walk = async (relative: string): Promise<void> => {
    const folder = relative === "" ? remote : `${remote}/${relative}`;
    const entries = await call<readonly { filename: string }[]>((done) => sftp.readdir(folder, done as never));
    for (const { filename } of entries.toSorted((a, b) => (a.filename < b.filename ? -1 : 1))) {
      if (filename.includes("/") || filename === "." || filename === "..") continue;
      const path = relative === "" ? filename : `${relative}/${filename}`;
      if (isExcluded(path, exclude)) continue;
      const facts = await call<{ mode: number; isDirectory(): boolean; isFile(): boolean }>((done) =>
        sftp.stat(`${remote}/${path}`, done as never),
      );
      if (facts.isDirectory()) {
        await mkdir(join(local, path), { recursive: true });
        await walk(path);
      } else if (facts.isFile()) {
        await fillFile(join(local, path), (file) => getFile(sftp, `${remote}/${path}`, file));
        await chmod(join(local, path), facts.mode & 0o777);
      }
    }
  };
  await walk("");
}
