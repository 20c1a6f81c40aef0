import path from "node:path";

/**
 * The trailing-slash rule of directory uploads: a source that ends with a slash stands for what is inside it; without
 * one it stands for the directory itself, which then gets its own name below the destination.
 */
export function directoryTarget(source: string, destination: string): string {
  if (source.endsWith("/")) return destination;
  return path.posix.join(destination, path.posix.basename(source));
}

/** Expands a leading `~/` as options with paths on the local machine do. */
export function expandHome(file: string, homeDirectory: string): string {
  if (file === "~") return homeDirectory;
  return file.startsWith("~/") ? path.join(homeDirectory, file.slice(2)) : file;
}

/** Whether a path relative to a directory, written with `/`, is left out by `exclude`. */
export function isExcluded(relative: string, exclude: readonly string[] | undefined): boolean {
  return (exclude ?? []).some((entry) => relative === entry || relative.startsWith(`${entry}/`));
}
