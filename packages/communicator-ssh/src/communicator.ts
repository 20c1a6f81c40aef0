import { basename, dirname } from "node:path/posix";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  abortable,
  BuildError,
  buildError,
  messageOf,
  quoteShellWord,
  spoolContent,
  type Communicator,
  type CommunicatorCapability,
  type DirectoryOptions,
  type Running,
  type StartRequest,
  type UploadOptions,
} from "@hclbuild/sdk";
import type { ClientChannel } from "ssh2";
import { catalog } from "./catalog.js";
import type { Session } from "./client.js";
import type { Connection } from "./connection.js";
import { followCommand, openCommand, stopCommand } from "./execute.js";
import { createRemoteProcesses } from "./kill.js";
import {
  receiveDirectory,
  receiveFile,
  ScpError,
  scpSinkCommand,
  scpSourceCommand,
  sendDirectory,
  sendFile,
} from "./transfer/scp.js";
import { getDirectory, getFile, openSftp, putDirectory, putFile } from "./transfer/sftp.js";
import { finishWriting } from "./transfer/write.js";
import { packTree, tarMissing, unpackCommand } from "./transfer/tar.js";

/** What a communicator over SSH needs besides its connection. */
export interface SshCommunicatorOptions {
  readonly transfer: "scp" | "sftp";
  readonly pty: boolean;
  /** Folder for content whose size is not known in advance. */
  readonly workDir: string;
}

const capabilities: ReadonlySet<CommunicatorCapability> = new Set([
  "commands",
  "files",
  "sftp",
  "pty",
  "reconnect",
  "shell",
  "kill",
]);

/** A communicator over an SSH connection that comes back by itself. */
export function createSshCommunicator(connection: Connection, options: SshCommunicatorOptions): Communicator {
  let hasTar = true;
  const processes = createRemoteProcesses();

  const start = async (request: StartRequest, signal: AbortSignal): Promise<Running> => {
    const session = await connection.session(signal);
    let channel: ClientChannel;
    const process = processes.add(session);
    try {
      channel = await abortable(openCommand(session, request.command, request.pty ?? options.pty), signal);
    } catch (error) {
      request.stdout?.end();
      request.stderr?.end();
      if (signal.aborted) await processes.end(process);
      process.release();
      if (signal.aborted) throw signal.reason;
      throw buildError(
        catalog["exec-refused"],
        { host: session.endpoint.host, reason: messageOf(error) },
        { cause: error, retryable: true },
      );
    }
    const done = followCommand(channel, request, signal)
      .catch(async (error: unknown) => {
        // Servers do not end a root user's command when they are asked to, nor what another command started.
        if (signal.aborted) await processes.end(process);
        throw error;
      })
      .finally(() => process.release());
    done.catch(() => undefined);
    return { done };
  };

  /** Streams an archive to the machine's tar; `false` when it has none. */
  const sendArchive = async (
    local: string,
    target: string,
    { signal, exclude }: DirectoryOptions,
  ): Promise<boolean> => {
    if (!hasTar) return false;
    try {
      await transferCommand(unpackCommand(target), signal, async (channel) => {
        channel.resume();
        await pipeline(packTree(local, exclude ?? []), channel as unknown as Writable);
      });
      return true;
    } catch (error) {
      if (!(error instanceof MissingProgram)) throw error;
      hasTar = false;
      return false;
    }
  };

  /** Runs a command whose streams carry a transfer and turns a bad ending into an error. */
  const transferCommand = async (
    command: string,
    signal: AbortSignal,
    work: (channel: ClientChannel) => Promise<void>,
  ): Promise<void> => {
    const session = await connection.session(signal);
    const process = processes.add(session);
    const channel = await abortable(openCommand(session, command, false), signal).catch((error: unknown) => {
      process.release();
      throw error;
    });
    let complaint = "";
    channel.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (complaint.length < 4096) complaint += text;
    });
    let code: number | null | undefined;
    channel.once("exit", (value: number | null) => (code = value));
    const closed = new Promise<void>((resolve) => channel.once("close", () => resolve()));
    channel.on("error", () => undefined);
    const abort = (): void => stopCommand(channel);
    signal.addEventListener("abort", abort, { once: true });
    try {
      gatherPackets(channel, session);
      await raceSession(abortable(work(channel), signal), session);
      channel.resume();
      await raceSession(closed, session);
      if (code !== 0 && code !== undefined) throw new ScpError(complaint.trim() || `the command ended with ${code}`);
      if (code === undefined) throw new ScpError(complaint.trim() || "the connection was lost");
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      channel.close();
      channel.resume();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1000))]);
      if (code === tarMissing || code === 127 || /scp: (?:command )?not found|scp: No such file/i.test(complaint))
        throw new MissingProgram(complaint);
      throw complaint.trim() !== "" ? new ScpError(complaint.trim()) : error;
    } finally {
      process.release();
      signal.removeEventListener("abort", abort);
    }
  };

  const upload = async (path: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> => {
    await guarded(signal, work, (reason, cause) => buildError(catalog["upload-failed"], { path, reason }, { cause }));
  };
  const download = async (path: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> => {
    await guarded(signal, work, (reason, cause) => buildError(catalog["download-failed"], { path, reason }, { cause }));
  };
  const withSftp = async <T>(
    signal: AbortSignal,
    work: (sftp: Awaited<ReturnType<typeof openSftp>>) => Promise<T>,
  ): Promise<T> => {
    const session = await connection.session(signal);
    const process = processes.add(session);
    const sftp = await abortable(openSftp(session.client), signal).catch((error: unknown) => {
      process.release();
      if (signal.aborted) throw signal.reason;
      throw buildError(catalog["sftp-missing"], { reason: messageOf(error) }, { cause: error });
    });
    try {
      return await raceSession(abortable(work(sftp), signal), session);
    } finally {
      sftp.end();
      process.release();
    }
  };

  return {
    kind: "ssh",
    capabilities,
    start,
    async uploadFile(content: Readable, remote: string, uploadOptions: UploadOptions): Promise<void> {
      const { signal } = uploadOptions;
      const mode = uploadOptions.mode ?? 0o644;
      await upload(remote, signal, async () => {
        if (options.transfer === "sftp") {
          await withSftp(signal, (sftp) => putFile(sftp, { path: remote, mode, mtime: uploadOptions.mtime }, content));
          return;
        }
        await withKnownSize(content, uploadOptions.size, options.workDir, signal, (body, size) =>
          transferCommand(scpSinkCommand(dirname(remote), false), signal, (channel) =>
            sendFile(channel, { name: basename(remote), size, mode, mtime: uploadOptions.mtime }, body),
          ),
        );
      });
    },
    async uploadDirectory(local: string, remote: string, directoryOptions: DirectoryOptions): Promise<void> {
      const { signal } = directoryOptions;
      const exclude = directoryOptions.exclude ?? [];
      const target = remote.replace(/(.)\/+$/, "$1");
      await upload(remote, signal, async () => {
        if (options.transfer === "sftp") return withSftp(signal, (sftp) => putDirectory(sftp, local, target, exclude));
        if (await sendArchive(local, target, directoryOptions)) return;
        const sink = `mkdir -p ${quoteShellWord(target)} && ${scpSinkCommand(target, true)}`;
        await transferCommand(sink, signal, (channel) => sendDirectory(channel, local, exclude));
      });
    },
    async downloadFile(remote: string, content: Writable, { signal }): Promise<void> {
      await download(remote, signal, async () => {
        if (options.transfer === "sftp") await withSftp(signal, (sftp) => getFile(sftp, remote, content));
        else await transferCommand(scpSourceCommand(remote, false), signal, (channel) => receiveFile(channel, content));
        await finishWriting(content);
      });
    },
    async downloadDirectory(remote: string, local: string, directoryOptions: DirectoryOptions): Promise<void> {
      const { signal } = directoryOptions;
      const exclude = directoryOptions.exclude ?? [];
      const source = remote.replace(/(.)\/+$/, "$1");
      await download(remote, signal, async () => {
        if (options.transfer === "sftp") return withSftp(signal, (sftp) => getDirectory(sftp, source, local, exclude));
        return transferCommand(scpSourceCommand(source, true), signal, (channel) =>
          receiveDirectory(channel, local, exclude),
        );
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await connection.close();
    },
  };
}

/** What one write becomes goes out together: a packet at a time would be a call of the system each. */
function gatherPackets(channel: ClientChannel, { socket }: Session): void {
  const write = channel._write.bind(channel);
  channel._write = (chunk: unknown, encoding: BufferEncoding, done: (error?: Error | null) => void): void => {
    socket.cork();
    try {
      write(chunk, encoding, done);
    } finally {
      socket.uncork();
    }
  };
}

class MissingProgram extends Error {
  override readonly name = "MissingProgram";
}

/** An sftp request that waits for an answer never fails by itself when the connection is lost. */
async function raceSession<T>(work: Promise<T>, session: Session): Promise<T> {
  const lost = session.closed.then((): never => {
    throw new Error("the connection was lost");
  });
  lost.catch(() => undefined);
  return await Promise.race([work, lost]);
}

async function guarded(
  signal: AbortSignal,
  work: () => Promise<void>,
  fail: (reason: string, cause: unknown) => BuildError,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BuildError) throw error;
    if (error instanceof MissingProgram) throw buildError(catalog["scp-missing"], {}, { cause: error });
    throw fail(
      messageOf(error)
        .replace(/\.+$/, "")
        .replace(/\s*\n\s*/g, "; "),
      error,
    );
  }
}

async function withKnownSize(
  content: Readable,
  size: number | undefined,
  workDir: string,
  signal: AbortSignal,
  work: (content: Readable, size: number) => Promise<void>,
): Promise<void> {
  if (size !== undefined) return work(content, size);
  const spooled = await spoolContent(content, workDir, signal);
  try {
    return await work(spooled.open(), spooled.size);
  } finally {
    await spooled.remove();
  }
}
