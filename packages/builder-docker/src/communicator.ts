import { posix } from "node:path";
import { PassThrough, type Readable, type Writable } from "node:stream";
import {
  buildError,
  messageOf,
  spoolContent,
  type BuildError,
  type Communicator,
  type DirectoryOptions,
  type Random,
  type Running,
  type StartRequest,
  type UploadOptions,
} from "@hclbuild/sdk";
import { catalog } from "./catalog.js";
import { packDirectory, packFile, unpackDirectory, unpackFile, UnsafeArchiveEntry, type Owner } from "./engine/archive.js";
import { engineFailure, oneLine, translateFailure, type Engine, type EngineFailure } from "./engine/client.js";
import { startExec, type ExecEnd } from "./engine/exec.js";
import { killMarked, markCommand } from "./engine/kill.js";

/** How commands and files reach a container. */
export interface DockerCommunicatorOptions {
  readonly containerId: string;
  /** User for commands; the image's user when absent. */
  readonly execUser?: string | undefined;
  readonly pty: boolean;
  readonly windows: boolean;
  /** Give uploaded files to the container's user instead of keeping their owner. */
  readonly fixUploadOwner: boolean;
  /** Owner of uploaded single files: the user who runs the build, as with `docker cp`. */
  readonly owner: Owner;
  /** Makes the marks by which cancelled commands are found. */
  readonly random: Random;
  /** Folder for content whose size is not known in advance. */
  readonly workDir: string;
  /** The error for a container that does not run any more; `undefined` while it runs. Rejects when the engine is silent. */
  readonly death: (signal: AbortSignal) => Promise<BuildError | undefined>;
  /** Makes the error for a connection that broke. */
  readonly lost: (reason: string) => BuildError;
}

const longestLinkChain = 16;

/** Exit code of a command that was killed: 128 and the number of SIGKILL. */
const killedCode = 137;
const deathAttempts = 10;

/**
 * A communicator over the engine's exec and archive calls. Commands stream their output as it appears; files go up as
 * one archive, so modes, times and links stay.
 */
export function createDockerCommunicator(engine: Engine, options: DockerCommunicatorOptions): Communicator {
  const container = engine.docker.getContainer(options.containerId);

  const fail = (error: unknown, signal: AbortSignal, explain: (failure: EngineFailure) => BuildError): unknown => {
    const translated = translateFailure(engine, error, signal, explain);
    const isUnreachable = translated instanceof Error && "code" in translated && translated.code === catalog["engine-unreachable"].code;
    return isUnreachable ? options.lost(oneLine(messageOf(error))) : translated;
  };

  /** Why a connection broke: the container has ended, or the engine is gone; `undefined` when the container runs on. */
  const whyGone = async (signal: AbortSignal): Promise<BuildError | undefined> => {
    try {
      return await options.death(signal);
    } catch (error) {
      signal.throwIfAborted();
      return options.lost(oneLine(messageOf(error)));
    }
  };

  /** A container that is gone does not come back: say so instead of naming an exit code. */
  const deathBehind = async (end: ExecEnd, signal: AbortSignal): Promise<BuildError | undefined> => {
    if (end.kind === "disconnected") return options.death(signal);
    if (end.code !== killedCode) return undefined;
    // The commands of a killed container end a moment before the engine says that it has stopped.
    for (let attempt = 0; attempt < deathAttempts; attempt++) {
      const death = await options.death(signal);
      if (death !== undefined) return death;
      await new Promise((resolve) => setTimeout(resolve, 50));
      signal.throwIfAborted();
    }
    return undefined;
  };

  const start = async (request: StartRequest, signal: AbortSignal): Promise<Running> => {
    signal.throwIfAborted();
    const mark = `hclbuild-${options.random.uuid()}`;
    const command = options.windows
      ? ["powershell", request.command]
      : ["/bin/sh", "-c", markCommand(request.command, mark)];
    // Closing the connection ends nothing: the engine has no call for it.
    const endCancelled = async (): Promise<void> => {
      if (signal.aborted && !options.windows) await killMarked(engine.docker, options.containerId, mark);
    };
    try {
      const { done } = await startExec(
        engine.docker,
        options.containerId,
        {
          command,
          user: options.execUser,
          tty: request.pty ?? options.pty,
          stdin: request.stdin,
          stdout: request.stdout,
          stderr: request.stderr,
        },
        signal,
      );
      const ended = done
        .then(async (end) => {
          const death = await deathBehind(end, signal);
          if (death !== undefined) throw death;
          return end;
        })
        .finally(async () => {
          request.stdout?.end();
          request.stderr?.end();
          await endCancelled();
        });
      ended.catch(() => undefined);
      return { done: ended };
    } catch (error) {
      request.stdout?.end();
      request.stderr?.end();
      await endCancelled();
      const isGone = engineFailure(error)?.status === 409 || engineFailure(error)?.status === 404;
      const death = isGone ? await whyGone(signal) : undefined;
      throw death ?? fail(error, signal, (failure) => buildError(catalog["exec-failed"], { reason: failure.reason }));
    }
  };

  const upload = async (archive: Readable, folder: string, shown: string, signal: AbortSignal): Promise<void> => {
    let localFailure: unknown;
    archive.on("error", (error) => (localFailure = error));
    try {
      await container.putArchive(archive, { path: folder, abortSignal: signal });
    } catch (error) {
      if (localFailure !== undefined && !signal.aborted) {
        throw buildError(catalog["upload-failed"], { path: shown, reason: oneLine(messageOf(localFailure)) }, { cause: localFailure });
      }
      throw fail(error, signal, (failure) => buildError(catalog["upload-failed"], { path: shown, reason: failure.reason }));
    }
  };

  const fixOwner = async (path: string, signal: AbortSignal): Promise<void> => {
    if (!options.fixUploadOwner || options.windows) return;
    const { user, group } = await containerUser(start, signal);
    const { done } = await startExec(
      engine.docker,
      options.containerId,
      { command: ["/bin/sh", "-c", `chown -R ${user}:${group} ${quote(path)}`], user: "root" },
      signal,
    );
    await done;
  };

  const archiveOf = async (remote: string, signal: AbortSignal): Promise<Readable> => {
    try {
      return (await container.getArchive({ path: remote, abortSignal: signal })) as unknown as Readable;
    } catch (error) {
      throw fail(error, signal, (failure) => buildError(catalog["download-failed"], { path: remote, reason: failure.reason }));
    }
  };

  const directoryExists = async (remote: string, signal: AbortSignal): Promise<boolean> => {
    try {
      const answer = (await container.infoArchive({ path: remote, abortSignal: signal })) as unknown as Readable;
      // An answer that nobody reads keeps its connection, and the program with it, alive.
      answer.resume();
      return true;
    } catch (error) {
      const translated = fail(error, signal, (failure) =>
        failure.status === 404 ? (undefined as never) : buildError(catalog["upload-failed"], { path: remote, reason: failure.reason }),
      );
      if (translated === undefined) return false;
      throw translated;
    }
  };

  return {
    kind: "docker",
    capabilities: new Set([
      "commands",
      "files",
      "pty",
      "shell",
      "exact-modes",
      ...(options.windows ? [] : (["posix-shell", "kill"] as const)),
    ]),
    start,
    async uploadFile(content: Readable, remote: string, uploadOptions: UploadOptions): Promise<void> {
      const { signal } = uploadOptions;
      signal.throwIfAborted();
      const spooled = uploadOptions.size === undefined ? await spoolContent(content, options.workDir, signal) : undefined;
      try {
        const archive = packFile(
          {
            name: posix.basename(remote),
            size: spooled?.size ?? uploadOptions.size ?? 0,
            mode: uploadOptions.mode ?? 0o644,
            mtime: new Date(uploadOptions.mtime ?? spooled?.mtime ?? 0),
            owner: options.owner,
          },
          spooled?.open() ?? content,
        );
        await upload(archive, posix.dirname(remote), remote, signal);
      } finally {
        await spooled?.remove();
      }
      await fixOwner(remote, signal);
    },
    async uploadDirectory(local: string, remote: string, directoryOptions: DirectoryOptions): Promise<void> {
      const { signal } = directoryOptions;
      signal.throwIfAborted();
      const target = posix.normalize(remote).replace(/(.)\/+$/, "$1");
      // An entry for a folder that exists already would change its mode, such as that of /tmp.
      const exists = target === "/" || (await directoryExists(target, signal));
      const archive = packDirectory({
        local,
        prefix: target === "/" ? "" : posix.basename(target),
        includeRoot: !exists,
        exclude: directoryOptions.exclude ?? [],
      });
      await upload(archive, posix.dirname(target), remote, signal);
      await fixOwner(target, signal);
    },
    async downloadFile(remote: string, content: Writable, { signal }): Promise<void> {
      let path = remote;
      for (let link = 0; link < longestLinkChain; link++) {
        const archive = await archiveOf(path, signal);
        const found = await unpackFile(archive, content).catch((error: unknown) => {
          throw fail(error, signal, (failure) => buildError(catalog["download-failed"], { path: remote, reason: failure.reason }));
        });
        if (found.kind === "file") return;
        if (found.kind !== "link") {
          throw buildError(catalog["download-failed"], { path: remote, reason: found.kind === "directory" ? "it is a directory" : "it is not a file" });
        }
        path = posix.resolve(posix.dirname(path), found.target);
      }
      throw buildError(catalog["download-failed"], { path: remote, reason: "too many symbolic links" });
    },
    async downloadDirectory(remote: string, local: string, directoryOptions: DirectoryOptions): Promise<void> {
      const { signal } = directoryOptions;
      const archive = await archiveOf(remote.replace(/(.)\/+$/, "$1"), signal);
      const destroy = (): void => void archive.destroy();
      signal.addEventListener("abort", destroy, { once: true });
      try {
        await unpackDirectory(archive, local, directoryOptions.exclude ?? []);
      } catch (error) {
        if (error instanceof UnsafeArchiveEntry) {
          throw buildError(catalog["download-failed"], { path: remote, reason: error.message });
        }
        throw fail(error, signal, (failure) => buildError(catalog["download-failed"], { path: remote, reason: failure.reason }));
      } finally {
        signal.removeEventListener("abort", destroy);
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      // Every call has a connection of its own: there is nothing to close.
    },
  };
}

async function containerUser(
  start: (request: StartRequest, signal: AbortSignal) => Promise<Running>,
  signal: AbortSignal,
): Promise<{ readonly user: string; readonly group: string }> {
  const output = new PassThrough();
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const running = await start({ command: "id -u; id -g", stdout: output }, signal);
  await running.done;
  const [user = "0", group = "0"] = text.split(/\s+/);
  return { user, group };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
