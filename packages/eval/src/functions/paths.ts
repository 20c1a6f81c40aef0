import type { FunctionHost } from "./definition.js";

/** Go's `path.Clean`: removes `.`, `..` and repeated slashes; the empty path becomes `.`. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  const joined = parts.join("/");
  if (isAbsolute) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** Go's `filepath.Base`. */
export function baseName(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (path.charAt(end - 1) === "/") end--;
  const trimmed = path.slice(0, end);
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** Go's `filepath.Dir`. */
export function directoryName(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/** A leading `~` or `~/` stands for the home directory; `undefined` for another user's home or when there is none. */
export function expandHome(path: string, host: FunctionHost): string | undefined {
  if (!path.startsWith("~")) return path;
  if (path.length > 1 && path[1] !== "/") return undefined;
  if (host.homeDir === undefined) return undefined;
  return path.length === 1 ? host.homeDir : cleanPath(`${host.homeDir}/${path.slice(2)}`);
}

/** Absolute and clean form of a path that is relative to `directory`. */
export function resolveFrom(directory: string, path: string): string {
  return cleanPath(path.startsWith("/") ? path : `${directory}/${path}`);
}
