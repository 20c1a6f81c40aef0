/** Joins a path to a directory; absolute paths stay as they are. `.` and `..` are resolved by name only. */
export function resolvePath(directory: string, path: string): string {
  const joined = path.startsWith("/") || /^[A-Za-z]:\//.test(path) ? path : `${directory}/${path}`;
  const prefix = /^(?:[A-Za-z]:)?\//.exec(joined)?.[0] ?? "";
  const parts: string[] = [];
  for (const part of joined.slice(prefix.length).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || prefix === "") parts.push(part);
  }
  return prefix + parts.join("/");
}

/** The directory part of an absolute path. */
export function parentDirectory(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** `path` as seen from `directory` when it lies in it, else as it is. */
export function relativeTo(directory: string, path: string): string {
  const prefix = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

/** The directory part of a path as it was given, cleaned by name: `.` when there is none. */
export function directoryPart(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return ".";
  const directory = resolvePath("", path.slice(0, slash + 1).replace(/^(?:\.\/)+/, ""));
  if (path.startsWith("/")) return directory === "" ? "/" : directory;
  return directory.replace(/^\//, "") || ".";
}
