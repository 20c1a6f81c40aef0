import type { CliHost } from "../command.js";

/** Appends text to a file in batches. Never throws: a file that cannot be written must not end a build. */
export interface FileSink {
  write(text: string): void;
  /** Writes what is left and closes the file. */
  close(): void;
}

/** Text that is collected before it is written, in UTF-16 code units. */
const batchSize = 64 * 1024;

/**
 * Opens a file anew for the lines of a run; readable by its owner only. Throws what the system says when that fails.
 * Later failures are told once, and end the writing.
 */
export function createFileSink(
  host: Pick<CliHost, "fs">,
  path: string,
  onFailure: (path: string, error: unknown) => void,
): FileSink {
  const descriptor = host.fs.openSync(path, "w", 0o600);
  let pending = "";
  let scheduled = false;
  let broken = false;

  const attempt = (work: () => void): void => {
    if (broken) return;
    try {
      work();
    } catch (error) {
      broken = true;
      onFailure(path, error);
    }
  };
  const flush = (): void => {
    if (pending === "") return;
    const bytes = Buffer.from(pending, "utf8");
    pending = "";
    attempt(() => {
      for (let at = 0; at < bytes.length;) at += host.fs.writeSync(descriptor, bytes, at);
    });
  };
  return {
    write(text) {
      if (broken) return;
      pending += text;
      if (pending.length >= batchSize) flush();
      else if (!scheduled && pending !== "") {
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          flush();
        });
      }
    },
    close() {
      flush();
      attempt(() => host.fs.closeSync(descriptor));
      broken = true;
    },
  };
}
