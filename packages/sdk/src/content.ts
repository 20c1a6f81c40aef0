import { createReadStream, type ReadStream } from "node:fs";

/**
 * The content of a file, for a transfer that begins to read it later. A file that cannot be read fails the reader, also
 * one that starts reading after the failure; without a reader nothing happens.
 */
export function readContent(file: string, options: { readonly highWaterMark?: number } = {}): ReadStream {
  const content = createReadStream(file, options);
  // Without a listener the failure would end the program.
  content.on("error", () => undefined);
  return content;
}
