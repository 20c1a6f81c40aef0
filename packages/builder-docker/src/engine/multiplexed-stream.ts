import type { Readable } from "node:stream";

/** One piece of a container's output. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

const headerLength = 8;

/**
 * Splits the engine's multiplexed stream (Docker Engine API, "Attach to a container", stream format): every frame has
 * an eight-byte header whose first byte names the stream and whose last four give the length.
 *
 * Pulls from the connection only as fast as the consumer takes chunks, so output of any size needs constant memory.
 * A frame's data is passed on as it arrives; a line may be split over chunks.
 */
export async function* demultiplex(source: Readable): AsyncGenerator<OutputChunk> {
  let pending: Buffer = Buffer.alloc(0);
  let stream: OutputChunk["stream"] = "stdout";
  let remaining = 0;
  for await (const piece of source) {
    pending = pending.length === 0 ? (piece as Buffer) : Buffer.concat([pending, piece as Buffer]);
    for (;;) {
      if (remaining > 0 && pending.length > 0) {
        const data = pending.subarray(0, remaining);
        pending = pending.subarray(data.length);
        remaining -= data.length;
        yield { stream, data };
        continue;
      }
      if (remaining > 0 || pending.length < headerLength) break;
      stream = pending[0] === 2 ? "stderr" : "stdout";
      remaining = pending.readUInt32BE(4);
      pending = pending.subarray(headerLength);
    }
  }
}

/** A terminal's output has no frames: everything is stdout. */
export async function* plainOutput(source: Readable): AsyncGenerator<OutputChunk> {
  for await (const piece of source) yield { stream: "stdout", data: piece as Buffer };
}
