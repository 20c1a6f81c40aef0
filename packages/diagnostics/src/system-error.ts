// How the usual errors of the operating system read in a sentence.
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EEXIST: "something else is in its place",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the other side cut the connection",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ETIMEDOUT: "no answer in time",
};

/** A system error in words, for the end of a sentence; without a period, and without names of calls or full paths. */
export function describeSystemError(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const known = typeof code === "string" ? reasons[code] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}
