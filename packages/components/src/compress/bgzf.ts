import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import { createBlockCompressor } from "./blocks.js";

const compressRaw = promisify<Buffer, object, Buffer>(deflateRaw);

/** Most input of one block: whatever comes out of it fits into the 16 bits of a block's length. */
const blockSize = 0xff00;

/** The empty block that ends a file. */
const endBlock = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");

/** A stream that writes blocked gzip: gzip members of bounded size that carry their length, so that readers can seek. */
export function createBgzf(level: number): Duplex {
  return createBlockCompressor({
    blockSize,
    start: Buffer.alloc(0),
    compress: (block) => compressBlock(block, level),
    end: () => endBlock,
  });
}

async function compressBlock(data: Buffer, level: number): Promise<Buffer> {
  let packed = await compressRaw(data, { level });
  // Data that does not compress is stored, which never takes more than five bytes in 16 kB.
  if (packed.length + 26 > 0x10000) packed = await compressRaw(data, { level: 0 });
  const header = Buffer.from("1f8b08040000000000ff060042430200" + "0000", "hex");
  header.writeUInt16LE(header.length + packed.length + 8 - 1, 16);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, packed, trailer]);
}
