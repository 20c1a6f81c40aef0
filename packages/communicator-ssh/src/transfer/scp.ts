import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { isExcluded, makeFolders, quoteShellWord, readContent } from "@hclbuild/sdk";
import type { ClientChannel } from "ssh2";
import { ProtocolReader } from "./protocol-reader.js";
import { ScpError } from "./scp-error.js";
import { fillFile, writeTo } from "./write.js";

/** The command for receiving files into a folder or file. */
export function scpSinkCommand(target: string, recursive: boolean): string {
  return `scp -t${recursive ? "r" : ""} ${quoteShellWord(target)}`;
}

/** The command for sending a file or a folder. */
export function scpSourceCommand(source: string, recursive: boolean): string {
  return `scp -f${recursive ? "r" : ""} ${quoteShellWord(source)}`;
}

async function withReader(channel: ClientChannel, work: (reader: ProtocolReader) => Promise<void>): Promise<void> {
  const reader = new ProtocolReader(channel);
  try {
    await work(reader);
    channel.end();
  } finally {
    reader.release();
  }
}

/** One file to send. */
export interface ScpFile {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly mtime?: number | undefined;
}

/** Sends one file to a sink (rcp protocol as OpenSSH's scp speaks it: `T` times, `C` mode size name, content, 0). */
export async function sendFile(channel: ClientChannel, file: ScpFile, content: Readable): Promise<void> {
  await withReader(channel, async (reader) => {
    await reader.acknowledgement();
    await sendOne(channel, reader, file, content);
  });
}

async function sendOne(
  channel: ClientChannel,
  reader: ProtocolReader,
  file: ScpFile,
  content: Readable,
): Promise<void> {
  await sendTimes(channel, reader, file.mtime);
  await writeTo(channel, `C${octal(file.mode)} ${file.size} ${file.name}\n`);
  await reader.acknowledgement();
  let sent = 0;
  for await (const piece of content) {
    const data = piece as Buffer;
    sent += data.length;
    if (sent > file.size) throw new ScpError("the file grew while it was sent");
    await writeTo(channel, data);
  }
  if (sent < file.size) throw new ScpError("the file shrank while it was sent");
  await writeTo(channel, Buffer.from([0]));
  await reader.acknowledgement();
}

async function sendTimes(channel: ClientChannel, reader: ProtocolReader, mtime: number | undefined): Promise<void> {
  if (mtime === undefined) return;
  const seconds = Math.floor(mtime / 1000);
  await writeTo(channel, `T${seconds} 0 ${seconds} 0\n`);
  await reader.acknowledgement();
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

/** Sends what is inside a folder to a recursive sink. Symbolic links are followed, as scp does. */
export async function sendDirectory(channel: ClientChannel, local: string, exclude: readonly string[]): Promise<void> {
  await withReader(channel, async (reader) => {
    await reader.acknowledgement();
    await sendChildren(channel, reader, { local, exclude, relative: "" });
  });
}

interface DirectoryWalk {
  readonly local: string;
  readonly exclude: readonly string[];
  readonly relative: string;
}

async function sendChildren(channel: ClientChannel, reader: ProtocolReader, walk: DirectoryWalk): Promise<void> {
  const folder = join(walk.local, walk.relative);
  for (const name of (await readdir(folder)).toSorted()) {
    const relative = walk.relative === "" ? name : `${walk.relative}/${name}`;
    if (isExcluded(relative, walk.exclude)) continue;
    const path = join(folder, name);
    const facts = await stat(path);
    if (facts.isDirectory()) {
      await sendTimes(channel, reader, facts.mtimeMs);
      await writeTo(channel, `D${octal(facts.mode)} 0 ${name}\n`);
      await reader.acknowledgement();
      await sendChildren(channel, reader, { ...walk, relative });
      await writeTo(channel, "E\n");
      await reader.acknowledgement();
    } else if (facts.isFile()) {
      const content = readContent(path);
      try {
        await sendOne(channel, reader, { name, size: facts.size, mode: facts.mode, mtime: facts.mtimeMs }, content);
      } finally {
        content.destroy();
      }
    }
  }
}

/** Receives one file from a source. */
export async function receiveFile(channel: ClientChannel, target: Writable): Promise<void> {
  await withReader(channel, async (reader) => {
    await writeTo(channel, Buffer.from([0]));
    for (;;) {
      const message = await readMessage(reader);
      if (message === undefined) throw new ScpError("the other side sent no file");
      await writeTo(channel, Buffer.from([0]));
      if (message.kind !== "C") continue;
      await reader.copy(message.size, target);
      await reader.acknowledgement();
      await writeTo(channel, Buffer.from([0]));
      return;
    }
  });
}

interface ScpMessage {
  readonly kind: string;
  readonly mode: number;
  readonly size: number;
  readonly name: string;
}

async function readMessage(reader: ProtocolReader): Promise<ScpMessage | undefined> {
  const first = await reader.byte();
  if (first === undefined) return undefined;
  if (first === 1 || first === 2) throw new ScpError((await reader.line()).replace(/^scp: /, "").trim());
  const kind = String.fromCharCode(first);
  const line = await reader.line();
  const match = /^(\d+) (\d+) (.*)$/.exec(line);
  return {
    kind,
    mode: Number.parseInt(match?.[1] ?? "0", 8) & 0o777,
    size: Number(match?.[2] ?? 0),
    name: match?.[3] ?? "",
  };
}

/** Receives a folder's content into a local folder. The source's own folder name is dropped. */
export async function receiveDirectory(
  channel: ClientChannel,
  local: string,
  exclude: readonly string[],
): Promise<void> {
  makeFolders(local);
  await withReader(channel, (reader) => receiveTree(channel, reader, local, exclude));
}

async function receiveTree(
  channel: ClientChannel,
  reader: ProtocolReader,
  local: string,
  exclude: readonly string[],
): Promise<void> {
  const stack: string[] = [];
  await writeTo(channel, Buffer.from([0]));
  for (let message = await readMessage(reader); message !== undefined; message = await readMessage(reader)) {
    if (message.kind === "D") {
      stack.push(stack.length === 0 ? "" : safeName(message.name));
      await mkdir(join(local, ...stack), { recursive: true });
    } else if (message.kind === "E") {
      stack.pop();
    } else if (message.kind === "C") {
      await receiveInto(channel, reader, { local, exclude, folder: stack }, message);
    }
    await writeTo(channel, Buffer.from([0]));
  }
}

interface ReceiveTarget {
  readonly local: string;
  readonly exclude: readonly string[];
  readonly folder: readonly string[];
}

async function receiveInto(
  channel: ClientChannel,
  reader: ProtocolReader,
  target: ReceiveTarget,
  message: ScpMessage,
): Promise<void> {
  const relative = [...target.folder, safeName(message.name)].filter((part) => part !== "").join("/");
  await writeTo(channel, Buffer.from([0]));
  const path = join(target.local, relative);
  const isLeftOut = isExcluded(relative, target.exclude);
  await fillFile(isLeftOut ? "/dev/null" : path, (file) => reader.copy(message.size, file));
  await reader.acknowledgement();
  if (!isLeftOut) await chmod(path, message.mode);
}

/** A malicious server must not choose where a file goes. */
function safeName(name: string): string {
  if (name === "" || name === "." || name === ".." || name.includes("/")) {
    throw new ScpError(`the other side sent the file name ${JSON.stringify(name)}`);
  }
  return name;
}
