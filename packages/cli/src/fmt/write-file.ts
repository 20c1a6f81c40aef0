import type { Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CliHost } from "../command.js";

/**
 * Replaces a file's contents so that at every moment it holds either the old or the new text: a new file beside it takes
 * its name. Mode and owner stay. Where that is not possible (several hard links, a folder that takes no files, another
 * owner) the file is overwritten, and gets its old text back should the new one not fit. Throws the system's error, or a
 * {@link FileLost}, and a failed replacement leaves nothing behind.
 */
export function replaceFile(path: string, text: string, host: CliHost): void {
  const { fs } = host;
  const stats = fs.statSync(path);
  // Renaming asks for no permission on the file itself, but a file protected by its owner is not ours to change.
  fs.accessSync(path, fs.constants.W_OK);
  if (stats.nlink > 1 || !tryReplace(path, text, stats, host)) overwrite(path, text, host);
}

function overwrite(path: string, text: string, { fs }: CliHost): void {
  const old = fs.readFileSync(path);
  // Not emptied first, so that what the old text takes of a full disk stays its own.
  const file = fs.openSync(path, "r+");
  try {
    fs.writeFileSync(file, text);
    fs.ftruncateSync(file, Buffer.byteLength(text));
    fs.fsyncSync(file);
  } catch (error) {
    try {
      for (let done = 0; done < old.length;) done += fs.writeSync(file, old, done, old.length - done, done);
      fs.ftruncateSync(file, old.length);
    } catch (second) {
      throw new FileLost(error, second);
    }
    throw error;
  } finally {
    fs.closeSync(file);
  }
}

/** A file that could neither be written nor get its old text back. */
export class FileLost extends Error {
  override readonly name = "FileLost";

  readonly first: unknown;
  readonly second: unknown;

  constructor(first: unknown, second: unknown) {
    super("the old text could not be written back");
    this.first = first;
    this.second = second;
  }
}

function tryReplace(path: string, text: string, stats: Stats, { fs, random }: CliHost): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${random.uuid().slice(0, 8)}.tmp`);
  let file: number;
  try {
    file = fs.openSync(temporary, "wx", 0o600);
  } catch (error) {
    if (isOneOf(error, ["EACCES", "EPERM", "EROFS", "ENAMETOOLONG"])) return false;
    throw error;
  }
  try {
    try {
      fs.writeFileSync(file, text);
      const created = fs.fstatSync(file);
      if (created.uid !== stats.uid || created.gid !== stats.gid) fs.fchownSync(file, stats.uid, stats.gid);
      fs.fchmodSync(file, stats.mode & 0o7777);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
    return true;
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    if (isOneOf(error, ["EPERM"])) return false;
    throw error;
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
