import { createReadStream, createWriteStream } from "node:fs";
import { chmod, lstat, mkdir, readdir, readlink, rm, stat, symlink, utimes } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { buildError, messageOf } from "./errors.js";
import { runCatalog } from "./catalog.js";
import type { Communicator, DirectoryOptions } from "./communicator.js";
import type { Clock, Host } from "./host.js";
import { isExcluded } from "./paths.js";
import { startProcess } from "./process.js";

/** Where a local communicator works. */
export interface LocalCommunicatorOptions {
  readonly host: Host;
  readonly clock: Clock;
  /** Environment of commands; the host's when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths and commands start in; the host's working directory when absent. */
  readonly root?: string;
}

/** A communicator to this very machine: commands run in `/bin/sh`, transfers are copies. */
export function createLocalCommunicator(options: LocalCommunicatorOptions): Communicator {
  const root = options.root ?? options.host.cwd;
  const resolve = (file: string): string => path.resolve(root, file);
  return {
    kind: "local",
    capabilities: new Set(["commands", "files", "kill"] as const),
    async start(request, signal) {
      return await startProcess(
        {
          program: "/bin/sh",
          args: ["-c", request.command],
          env: options.env ?? options.host.env,
          cwd: root,
          stdin: request.stdin,
          stdout: request.stdout,
          stderr: request.stderr,
          clock: options.clock,
        },
        signal,
      );
    },
    async uploadFile(content, remote, { signal, mode, mtime }) {
      await transfer(`Uploading to ${remote}`, signal, async () => {
        await pipeline(content, createWriteStream(resolve(remote)), { signal });
        await chmod(resolve(remote), mode ?? 0o644);
        if (mtime !== undefined) await utimes(resolve(remote), mtime / 1000, mtime / 1000);
      });
    },
    async uploadDirectory(local, remote, directory) {
      await transfer(`Uploading ${local} to ${remote}`, directory.signal, async () =>
        copyTree(path.resolve(options.host.cwd, local), resolve(remote), "", directory),
      );
    },
    async downloadFile(remote, content, { signal }) {
      await transfer(`Downloading ${remote}`, signal, async () =>
        pipeline(createReadStream(resolve(remote)), content, { signal }),
      );
    },
    async downloadDirectory(remote, local, directory) {
      await transfer(`Downloading ${remote} to ${local}`, directory.signal, async () => {
        await mkdir(path.resolve(options.host.cwd, local), { recursive: true });
        await copyTree(resolve(remote), path.resolve(options.host.cwd, local), "", directory);
      });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function transfer(what: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  signal.throwIfAborted();
  try {
    await work();
  } catch (error) {
    signal.throwIfAborted();
    throw buildError(runCatalog["transfer-failed"], { what, reason: messageOf(error) }, { cause: error });
  }
}

async function copyTree(from: string, to: string, relative: string, options: DirectoryOptions): Promise<void> {
  options.signal.throwIfAborted();
  await mkdir(to).catch(async (error: unknown) => {
    if (!(await stat(to).catch(() => undefined))?.isDirectory()) throw error;
  });
  for (const name of (await readdir(from)).toSorted()) {
    const inner = relative === "" ? name : `${relative}/${name}`;
    if (isExcluded(inner, options.exclude)) continue;
    const source = path.join(from, name);
    const target = path.join(to, name);
    const info = await lstat(source);
    if (info.isDirectory()) {
      await copyTree(source, target, inner, options);
      continue;
    }
    await rm(target, { force: true });
    if (info.isSymbolicLink()) await symlink(await readlink(source), target);
    else await pipeline(createReadStream(source), createWriteStream(target, { mode: info.mode & 0o777 }), options);
  }
}
