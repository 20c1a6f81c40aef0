import { posix } from "node:path";
import type { Readable, Writable } from "node:stream";
import { buildError, messageOf, spoolContent, type DirectoryOptions, type UploadOptions } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { packDirectory, packFile, unpackDirectory, unpackFile, UnsafeArchiveEntry } from "../engine/archive.js";
import { engineFailure, oneLine } from "../engine/client.js";
import { fixOwner } from "./commands.js";
import { linkFailure, type ContainerLink } from "./link.js";

const longestLinkChain = 16;

/** See `Communicator.uploadFile`. */
export async function uploadFile(
  link: ContainerLink,
  content: Readable,
  remote: string,
  options: UploadOptions,
): Promise<void> {
  const { signal } = options;
  signal.throwIfAborted();
  const spooled = options.size === undefined ? await spoolContent(content, link.options.workDir, signal) : undefined;
  try {
    const file = {
      name: posix.basename(remote),
      size: spooled?.size ?? options.size ?? 0,
      mode: options.mode ?? 0o644,
      mtime: new Date(options.mtime ?? spooled?.mtime ?? 0),
      owner: link.options.owner,
    };
    const archive = packFile(file, spooled?.open() ?? content);
    await sendArchive(link, archive, { folder: posix.dirname(remote), shown: remote }, signal);
  } finally {
    await spooled?.remove();
  }
  await fixOwner(link, remote, signal);
}

/** See `Communicator.uploadDirectory`. */
export async function uploadDirectory(
  link: ContainerLink,
  local: string,
  remote: string,
  options: DirectoryOptions,
): Promise<void> {
  const { signal } = options;
  signal.throwIfAborted();
  const target = posix.normalize(remote).replace(/(.)\/+$/, "$1");
  // An entry for a folder that exists already would change its mode, such as that of /tmp.
  const exists = target === "/" || (await directoryExists(link, target, signal));
  const archive = packDirectory({
    local,
    prefix: target === "/" ? "" : posix.basename(target),
    includeRoot: !exists,
    exclude: options.exclude ?? [],
  });
  await sendArchive(link, archive, { folder: posix.dirname(target), shown: remote }, signal);
  await fixOwner(link, target, signal);
}

/** See `Communicator.downloadFile`. A symbolic link is followed. */
export async function downloadFile(
  link: ContainerLink,
  remote: string,
  content: Writable,
  signal: AbortSignal,
): Promise<void> {
  let path = remote;
  for (let step = 0; step < longestLinkChain; step++) {
    const archive = await receiveArchive(link, path, signal);
    const found = await unpackFile(archive, content).catch((error: unknown) => {
      throw downloadFailure(link, error, remote, signal);
    });
    if (found.kind === "file") return;
    if (found.kind !== "link") {
      const reason = found.kind === "directory" ? "it is a directory" : "it is not a file";
      throw buildError(catalog["download-failed"], { path: remote, reason });
    }
    path = posix.resolve(posix.dirname(path), found.target);
  }
  throw buildError(catalog["download-failed"], { path: remote, reason: "too many symbolic links" });
}

/** See `Communicator.downloadDirectory`. */
export async function downloadDirectory(
  link: ContainerLink,
  remote: string,
  local: string,
  options: DirectoryOptions,
): Promise<void> {
  const { signal } = options;
  const archive = await receiveArchive(link, remote.replace(/(.)\/+$/, "$1"), signal);
  const destroy = (): void => void archive.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  try {
    await unpackDirectory(archive, local, options.exclude ?? []);
  } catch (error) {
    if (error instanceof UnsafeArchiveEntry) {
      throw buildError(catalog["download-failed"], { path: remote, reason: error.message });
    }
    throw downloadFailure(link, error, remote, signal);
  } finally {
    signal.removeEventListener("abort", destroy);
  }
}

async function sendArchive(
  link: ContainerLink,
  archive: Readable,
  target: { readonly folder: string; readonly shown: string },
  signal: AbortSignal,
): Promise<void> {
  const path = target.shown;
  let localFailure: unknown;
  archive.on("error", (error) => (localFailure = error));
  try {
    // Without the flag the engine would remove a folder of that name, with all that is in it.
    const options = { path: target.folder, noOverwriteDirNonDir: "true", abortSignal: signal };
    await link.container.putArchive(archive, options);
  } catch (error) {
    if (localFailure !== undefined && !signal.aborted) {
      const reason = oneLine(messageOf(localFailure));
      throw buildError(catalog["upload-failed"], { path, reason }, { cause: localFailure });
    }
    throw linkFailure(link, error, signal, ({ reason }) =>
      buildError(catalog[/cannot overwrite/i.test(reason) ? "upload-conflict" : "upload-failed"], { path, reason }),
    );
  }
}

async function receiveArchive(link: ContainerLink, remote: string, signal: AbortSignal): Promise<Readable> {
  try {
    return (await link.container.getArchive({ path: remote, abortSignal: signal })) as unknown as Readable;
  } catch (error) {
    throw downloadFailure(link, error, remote, signal);
  }
}

async function directoryExists(link: ContainerLink, remote: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = (await link.container.infoArchive({ path: remote, abortSignal: signal })) as unknown as Readable;
    // An answer that nobody reads keeps its connection, and the program with it, alive.
    answer.resume();
    return true;
  } catch (error) {
    if (engineFailure(error)?.status === 404) return false;
    const path = remote;
    throw linkFailure(link, error, signal, ({ reason }) => buildError(catalog["upload-failed"], { path, reason }));
  }
}

function downloadFailure(link: ContainerLink, error: unknown, path: string, signal: AbortSignal): unknown {
  return linkFailure(link, error, signal, ({ reason }) => buildError(catalog["download-failed"], { path, reason }));
}
