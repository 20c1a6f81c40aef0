import type { Stats } from "node:fs";
import { access, constants, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode, type Random } from "@hclbuild/sdk";

/** What a file is to hold. */
export interface FileContent {
  readonly text: string;
  /** Permissions of a file that is new; those of an existing one stay. */
  readonly mode: number;
}

/**
 * Makes a file hold a text so that it holds either the old or the new one at every moment, also on a full disk: a new
 * file beside it takes its name. Links are followed, also to a file that does not exist yet; mode and owner stay. Where no file can take its place (devices,
 * several hard links, a folder that takes no files, another owner) it is overwritten. Throws the system's error, and
 * leaves nothing behind then.
 */
export async function replaceFile(file: string, content: FileContent, random: Random): Promise<void> {
  const found = await lookUp(file);
  if (found !== undefined) {
    // Renaming asks for no permission on the file itself, but a file that is protected is not ours to change.
    await access(found.path, constants.W_OK);
    if (!found.stats.isFile() || found.stats.nlink > 1) return await writeFile(file, content.text);
  }
  const target = found?.path ?? (await followLinks(file));
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${random.uuid().slice(0, 8)}.tmp`);
  if (!(await tryReplace({ target, temporary, stats: found?.stats }, content))) {
    await writeFile(file, content.text, { mode: content.mode });
  }
}

async function lookUp(file: string): Promise<{ readonly path: string; readonly stats: Stats } | undefined> {
  try {
    return { path: await realpath(file), stats: await stat(file) };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** As many as Linux follows. */
const mostLinks = 40;

/** The name that a new file is to have: where links that lead to no file lead. */
async function followLinks(file: string): Promise<string> {
  let target = file;
  for (let count = 0; count < mostLinks; count += 1) {
    const link = await readlink(target).catch((error: unknown) => {
      // It is missing, or no link.
      if (isOneOf(error, ["ENOENT", "EINVAL"])) return undefined;
      throw error;
    });
    if (link === undefined) break;
    // What the name of the folder means is settled before `..` is taken from it.
    const folder = await realpath(path.dirname(target));
    target = path.resolve(folder, link);
  }
  return target;
}

interface Replacement {
  readonly target: string;
  readonly temporary: string;
  /** Of the file whose place is taken. */
  readonly stats: Stats | undefined;
}

async function tryReplace({ target, temporary, stats }: Replacement, { text, mode }: FileContent): Promise<boolean> {
  const file = await open(temporary, "wx", mode).catch((error: unknown) => {
    if (isOneOf(error, ["EACCES", "EPERM", "EROFS", "ENAMETOOLONG"])) return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    try {
      await file.writeFile(text);
      if (stats !== undefined) {
        const made = await file.stat();
        if (made.uid !== stats.uid || made.gid !== stats.gid) await file.chown(stats.uid, stats.gid);
        await file.chmod(stats.mode & 0o7777);
      }
      // Some file systems say only now that there is no space.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    return true;
  } catch (error) {
    await rm(temporary, { force: true });
    if (isOneOf(error, ["EPERM"])) return false;
    throw error;
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes(systemErrorCode(error) ?? "");
}
