import { availableParallelism } from "node:os";
import { Duplex } from "node:stream";

/** The same bytes in pieces of one size; the last one may be smaller. */
export async function* blocksOf(source: AsyncIterable<Buffer>, blockSize: number): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    pending.push(chunk);
    size += chunk.length;
    if (size < blockSize) continue;
    let rest = Buffer.concat(pending);
    for (; rest.length >= blockSize; rest = rest.subarray(blockSize)) yield rest.subarray(0, blockSize);
    pending = [rest];
    size = rest.length;
  }
  if (size > 0) yield Buffer.concat(pending);
}

/** How a format is written block by block. */
export interface BlockFormat {
  readonly blockSize: number;
  /** What comes before the first block. */
  readonly start: Buffer;
  /** Called for one block after the other; several may be under way. */
  compress(block: Buffer): Promise<Buffer>;
  /** What comes after the last block. */
  end(): Buffer;
}

/** A stream that compresses as many blocks at a time as the machine has cores, and gives them in their order. */
export function createBlockCompressor(format: BlockFormat): Duplex {
  // The cores that are not read into at the moment have something to do meanwhile.
  const most = availableParallelism() + 1;
  return Duplex.from(async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    if (format.start.length > 0) yield format.start;
    const running: Promise<Buffer>[] = [];
    for await (const block of blocksOf(source, format.blockSize)) {
      const compressed = format.compress(block);
      // Nobody waits for the others when one fails.
      compressed.catch(() => undefined);
      running.push(compressed);
      if (running.length >= most) yield await (running.shift() as Promise<Buffer>);
    }
    for (const compressed of running) yield await compressed;
    yield format.end();
  });
}
