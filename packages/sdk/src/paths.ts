import { realpathSync } from "node:fs";
import path from "node:path";
import type { Host } from "./host.js";

/**
 * The trailing-slash rule of directory uploads: a source that ends with a slash stands for what is inside it; without
 * one it stands for the directory itself, which then gets its own name below the destination.
 */
export function directoryTarget(source: string, destination: string): string {
  if (source.endsWith("/")) return destination;
  return path.posix.join(destination, path.posix.basename(source));
}

/** Expands a leading `~/`. */
function expandHome(file: string, homeDirectory: string): string {
  if (file === "~") return homeDirectory;
  return file.startsWith("~/") ? path.join(homeDirectory, file.slice(2)) : file;
}

/** A path on this machine, as options write it: relative to the working directory, `~/` for the home directory. */
export function resolveLocal(file: string, { host }: { readonly host: Pick<Host, "cwd" | "homeDirectory"> }): string {
  return path.resolve(host.cwd, expandHome(file, host.homeDirectory));
}

/**
 * The program's own folder, if it is somewhere below `folder`: its path from there, with `/`, as a list to leave out of
 * what is read of that folder. It holds secrets, and differs after every run.
 */
export function stateInside(folder: string, { stateDirectory }: Pick<Host, "stateDirectory">): readonly string[] {
  if (stateDirectory === undefined) return [];
  const inside = path.relative(realPath(folder), realPath(stateDirectory));
  if (inside === "" || inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) return [];
  return [inside.split(path.sep).join("/")];
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/** Whether a path relative to a directory, written with `/`, is left out by `exclude`. */
export function isExcluded(relative: string, exclude: readonly string[] | undefined): boolean {
  return (exclude ?? []).some((entry) => relative === entry || relative.startsWith(`${entry}/`));
}
