/** A file that could not be read, in words for a message (`no such file`), never with a stack. */
export interface HostFailure {
  readonly kind: "failure";
  readonly reason: string;
}

/**
 * All input and output of loading. Paths are absolute or relative to `cwd`, with `/` as separator. Contents are bytes, or
 * text where the host has nothing else; only in bytes can the loader find what is no UTF-8.
 */
export interface LoadHost {
  readonly cwd: string;
  readFile(path: string): Promise<string | Uint8Array | HostFailure>;
  kindOf(path: string): Promise<"file" | "directory" | "missing" | HostFailure>;
  /** Names of the entries, directories left out, in any order. */
  listFiles(path: string): Promise<readonly string[] | HostFailure>;
  readStandardInput(): Promise<string | Uint8Array>;
}
