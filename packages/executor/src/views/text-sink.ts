import type { Writable } from "node:stream";

/** Writes the texts of a view to a stream. */
export interface TextSink {
  write(text: string): void;
  /** For `EventBus.subscribe`: resolves when the stream can take more; `undefined` when it can. */
  backlog(): Promise<void> | undefined;
  /** Hands everything to the stream at once. Call it before the process ends. */
  flush(): void;
}

/** Text that is collected before it is written, in UTF-16 code units. */
const batchSize = 64 * 1024;

/**
 * Makes a sink that writes in batches: what arrives in one turn of the event loop, or 64 KiB. A command that prints a
 * million lines then costs a few writes instead of a million, and one line still appears at once.
 */
export function createTextSink(stream: Writable): TextSink {
  let pending = "";
  let scheduled = false;
  let drained: Promise<void> | undefined;

  const flush = (): void => {
    if (pending === "") return;
    const text = pending;
    pending = "";
    if (stream.write(text) || drained !== undefined) return;
    drained = new Promise((resolve) => {
      const done = (): void => {
        drained = undefined;
        stream.off("drain", done);
        stream.off("close", done);
        stream.off("error", done);
        resolve();
      };
      stream.on("drain", done);
      stream.on("close", done);
      stream.on("error", done);
    });
  };

  return {
    write(text) {
      pending += text;
      if (pending.length >= batchSize) flush();
      else if (!scheduled) {
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          flush();
        });
      }
    },
    backlog: () => drained,
    flush,
  };
}
