import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";

/**
 * Writes and waits until the stream can take more, not until the data is gone: that would empty the connection between
 * two blocks. Rejects when the stream closes meanwhile, with its error if it has one.
 */
export async function writeTo(target: Writable, data: Buffer | string): Promise<void> {
  if (target.destroyed || target.writableEnded) throw closedError(target);
  if (target.write(data)) return;
  await new Promise<void>((resolve, reject) => {
    const drained = (): void => {
      target.off("close", closed);
      resolve();
    };
    const closed = (): void => {
      target.off("drain", drained);
      reject(closedError(target));
    };
    target.once("drain", drained);
    target.once("close", closed);
  });
}

/**
 * Writes everything there is and ends the target. Unlike Node's pipeline it never destroys the target, whose own end
 * tells why it closed; rejects as soon as that happens.
 */
export async function writeAllTo(target: Writable, source: AsyncIterable<Buffer>): Promise<void> {
  let closed = false;
  const close = (): void => void (closed = true);
  target.once("close", close);
  try {
    for await (const piece of source) {
      if (closed) throw closedError(target);
      await writeTo(target, piece);
    }
    target.end();
  } finally {
    target.off("close", close);
  }
}

/** Has a file on this machine filled, and waits until everything is written. Closes the file in any case. */
export async function fillFile(path: string, fill: (file: Writable) => Promise<void>): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  // Whoever writes learns of a failure from the stream; without a listener it would end the program.
  file.on("error", () => undefined);
  try {
    await fill(file);
    await finishWriting(file);
  } catch (error) {
    file.destroy();
    throw error;
  }
}

/** Ends a stream and waits until everything is written. */
export async function finishWriting(target: Writable): Promise<void> {
  if (target.destroyed) throw closedError(target);
  await new Promise<void>((resolve, reject) => {
    const closed = (): void => reject(closedError(target));
    target.once("close", closed);
    target.once("error", reject);
    target.end((error?: Error | null) => {
      target.off("close", closed);
      // Called for a write that failed as well, and then before the stream's own event.
      if (error) reject(error);
      else resolve();
    });
  });
}

function closedError(target: Writable): Error {
  return target.errored ?? new Error("the connection was closed");
}
