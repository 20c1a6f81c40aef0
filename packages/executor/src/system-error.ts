import { messageOf, systemErrorCode } from "@hclbuild/sdk";

// How the usual errors of writing state read in a sentence.
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
};

/** A system error in words, for the end of a sentence; without a period. */
export function describeSystemError(error: unknown): string {
  return reasons[systemErrorCode(error) ?? ""] ?? messageOf(error);
}
