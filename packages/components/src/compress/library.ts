import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import loadLibrary from "libarchive.js/src/webworker/wasm-gen/libarchive.js";
import { blocksOf } from "./blocks.js";

/** What the library can write. */
export type LibraryAlgorithm = "xz" | "bzip2";

/**
 * How much becomes one stream of the format. Both formats allow any number of streams one after the other, so that
 * memory stays small, cancellation is soon noticed, and what cannot be compressed never outgrows its buffer. bzip2's
 * own blocks have just this size.
 */
const blockSize = 900_000;

/**
 * A stream that compresses with libarchive, for machines without the usual programs. It is slower than they are and
 * knows no levels.
 */
export async function createLibraryCompressor(algorithm: LibraryAlgorithm, signal: AbortSignal): Promise<Duplex> {
  const compress = await openLibrary(algorithm);
  return Duplex.from(async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let empty = true;
    for await (const block of blocksOf(source, blockSize)) {
      // The work blocks the process: let an interrupt be heard between two blocks.
      await setImmediate();
      signal.throwIfAborted();
      empty = false;
      yield compress(block);
    }
    if (empty) yield compress(Buffer.alloc(0));
  });
}

/** Loads the library and gives a function that makes one whole stream of the format. */
async function openLibrary(algorithm: LibraryAlgorithm): Promise<(data: Buffer) => Buffer> {
  const wasm = createRequire(import.meta.url).resolve("libarchive.js/dist/libarchive.wasm");
  let complaint = "";
  const library = await loadLibrary({
    wasmBinary: await readFile(wasm),
    print: () => undefined,
    printErr: (text) => void (complaint = text),
    monitorRunDependencies: () => undefined,
  });
  const allocate = library.cwrap("malloc", "number", ["number"]);
  const release = library.cwrap("free", null, ["number"]);
  const begin = library.cwrap("start_archive_write", "number", [
    "string",
    "string",
    "number",
    "number",
    "number",
    "string",
  ]);
  const write = library.cwrap("write_archive_file", null, ["number", "string", "number", "number"]);
  const finish = library.cwrap("finish_archive_write", "number", ["number", "number"]);
  return (data) => {
    // Incompressible data grows by less than one part in a hundred, and by a header.
    const room = data.length + Math.ceil(data.length / 20) + 65_536;
    const [output, outputSize, input] = [allocate(room), allocate(8), allocate(Math.max(1, data.length))];
    try {
      library.HEAPU8.set(data, input);
      complaint = "";
      const archive = begin(algorithm, "raw", output, room, outputSize, null);
      write(archive, "data", data.length, input);
      const length = finish(archive, outputSize);
      if (length <= 0 || complaint !== "") throw new Error(`libarchive could not write ${algorithm}: ${complaint}`);
      return Buffer.from(library.HEAPU8.slice(output, output + length));
    } finally {
      for (const pointer of [output, outputSize, input]) release(pointer);
    }
  };
}
