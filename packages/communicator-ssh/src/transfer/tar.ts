import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isExcluded, quoteShellWord } from "@hclbuild/sdk";
import { pack, type Pack } from "tar-stream";

/** What the machine's tar can do; `none` when there is no tar. */
export type RemoteTar = "full" | "plain" | "none";

/** Prints what {@link readTarProbe} reads. */
export const tarProbeCommand =
  "if tar --no-same-owner --no-same-permissions -cf /dev/null /dev/null 2>/dev/null; then echo full; elif command -v tar >/dev/null 2>&1; then echo plain; else echo none; fi";

export function readTarProbe(output: string): RemoteTar {
  const word = output.trim();
  return word === "full" || word === "plain" ? word : "none";
}

/** Unpacks into a folder, which is made when only its parent exists. Owner and umask are the user's, as with scp. */
export function unpackCommand(remote: string, tar: Exclude<RemoteTar, "none">): string {
  const target = quoteShellWord(remote);
  const flags = tar === "full" ? "--no-same-owner --no-same-permissions -xf -" : "-xof -";
  return `{ [ -d ${target} ] || mkdir ${target}; } && cd ${target} && tar ${flags}`;
}

/** An archive of what is inside a folder. Symbolic links stay links; special files are left out. */
export function packTree(local: string, exclude: readonly string[]): Readable {
  const archive = pack();
  const work = async (): Promise<void> => {
    await packChildren(archive, local, exclude, "");
    archive.finalize();
  };
  work().catch((error: Error) => archive.destroy(error));
  return archive as unknown as Readable;
}

async function packChildren(archive: Pack, local: string, exclude: readonly string[], relative: string): Promise<void> {
  for (const name of (await readdir(join(local, relative))).toSorted()) {
    const path = relative === "" ? name : `${relative}/${name}`;
    if (isExcluded(path, exclude)) continue;
    const full = join(local, path);
    const facts = await lstat(full);
    if (facts.isSymbolicLink()) {
      await header(archive, { name: path, type: "symlink", linkname: await readlink(full), mtime: facts.mtime });
    } else if (facts.isDirectory()) {
      await header(archive, { name: `${path}/`, type: "directory", mode: facts.mode & 0o7777, mtime: facts.mtime });
      await packChildren(archive, local, exclude, path);
    } else if (facts.isFile()) {
      const entry = archive.entry({ name: path, size: facts.size, mode: facts.mode & 0o7777, mtime: facts.mtime });
      const target = entry as unknown as Writable;
      if (facts.size === 0) target.end();
      else await pipeline(createReadStream(full, { end: facts.size - 1 }), target);
    }
  }
}

async function header(archive: Pack, entry: Parameters<Pack["entry"]>[0]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    archive.entry(entry, (error) => (error ? reject(error) : resolve()));
  });
}
