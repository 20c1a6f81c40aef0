import { basename, dirname } from "node:path/posix";
import { pipeline, type Readable, type Writable } from "node:stream";
import {
  BuildError,
  buildError,
  messageOf,
  quoteShellWord,
  spoolContent,
  type DirectoryOptions,
  type UploadOptions,
} from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import {
  receiveDirectory,
  receiveFile,
  scpSinkCommand,
  scpSourceCommand,
  sendDirectory,
  sendFile,
} from "../transfer/scp.js";
import { getDirectory, getFile, putDirectory, putFile } from "../transfer/sftp.js";
import { gatherPieces, packTree, unpackCommand } from "../transfer/tar.js";
import { finishWriting, writeAllTo } from "../transfer/write.js";
import { MissingProgram, transferCommand, withSftp } from "./channels.js";
import type { RemoteMachine } from "./machine.js";

/** See `Communicator.uploadFile`. */
export async function uploadFile(
  machine: RemoteMachine,
  content: Readable,
  remote: string,
  options: UploadOptions,
): Promise<void> {
  const { signal, mtime } = options;
  const mode = options.mode ?? 0o644;
  await guarded("upload-failed", remote, signal, async () => {
    if (machine.options.transfer === "sftp") {
      await withSftp(machine, signal, (sftp) => putFile(sftp, { path: remote, mode, mtime }, content));
      return;
    }
    const spooled =
      options.size === undefined ? await spoolContent(content, machine.options.workDir, signal) : undefined;
    try {
      const file = { name: basename(remote), size: spooled?.size ?? options.size ?? 0, mode, mtime };
      await transferCommand(machine, scpSinkCommand(dirname(remote), false), signal, (channel) =>
        sendFile(channel, file, spooled?.open() ?? content),
      );
    } finally {
      await spooled?.remove();
    }
  });
}

/** See `Communicator.uploadDirectory`. By scp it goes as one archive where the machine has tar. */
export async function uploadDirectory(
  machine: RemoteMachine,
  local: string,
  remote: string,
  options: DirectoryOptions,
): Promise<void> {
  const { signal } = options;
  const exclude = options.exclude ?? [];
  const target = remote.replace(/(.)\/+$/, "$1");
  await guarded("upload-failed", remote, signal, async () => {
    if (machine.options.transfer === "sftp") {
      await withSftp(machine, signal, (sftp) => putDirectory(sftp, local, target, exclude));
      return;
    }
    if (await sendArchive(machine, local, target, options)) return;
    const sink = `mkdir -p ${quoteShellWord(target)} && ${scpSinkCommand(target, true)}`;
    await transferCommand(machine, sink, signal, (channel) => sendDirectory(channel, local, exclude));
  });
}

/** Streams an archive to the machine's tar; `false` when it has none. */
async function sendArchive(
  machine: RemoteMachine,
  local: string,
  target: string,
  { signal, exclude }: DirectoryOptions,
): Promise<boolean> {
  if (!machine.hasTar) return false;
  try {
    await transferCommand(machine, unpackCommand(target), signal, async (channel) => {
      channel.resume();
      // The pipeline's errors reach the reader of its last stream.
      const archive = pipeline(packTree(local, exclude ?? []), gatherPieces(), () => undefined);
      await writeAllTo(channel, archive);
    });
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    machine.hasTar = false;
    return false;
  }
}

/** See `Communicator.downloadFile`. */
export async function downloadFile(
  machine: RemoteMachine,
  remote: string,
  content: Writable,
  signal: AbortSignal,
): Promise<void> {
  await guarded("download-failed", remote, signal, async () => {
    if (machine.options.transfer === "sftp") {
      await withSftp(machine, signal, (sftp) => getFile(sftp, remote, content));
    } else {
      const source = scpSourceCommand(remote, false);
      await transferCommand(machine, source, signal, (channel) => receiveFile(channel, content));
    }
    await finishWriting(content);
  });
}

/** See `Communicator.downloadDirectory`. */
export async function downloadDirectory(
  machine: RemoteMachine,
  remote: string,
  local: string,
  options: DirectoryOptions,
): Promise<void> {
  const { signal } = options;
  const exclude = options.exclude ?? [];
  const source = remote.replace(/(.)\/+$/, "$1");
  await guarded("download-failed", remote, signal, async () => {
    if (machine.options.transfer === "sftp") {
      await withSftp(machine, signal, (sftp) => getDirectory(sftp, source, local, exclude));
      return;
    }
    const command = scpSourceCommand(source, true);
    await transferCommand(machine, command, signal, (channel) => receiveDirectory(channel, local, exclude));
  });
}

async function guarded(
  failure: "upload-failed" | "download-failed",
  path: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BuildError) throw error;
    if (error instanceof MissingProgram) throw buildError(catalog["scp-missing"], {}, { cause: error });
    const reason = messageOf(error)
      .replace(/\.+$/, "")
      .replace(/\s*\n\s*/g, "; ");
    throw buildError(catalog[failure], { path, reason }, { cause: error });
  }
}
