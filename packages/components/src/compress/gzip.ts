import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { constants, crc32, deflateRaw } from "node:zlib";
import { createBlockCompressor } from "./blocks.js";

const compressRaw = promisify<Buffer, object, Buffer>(deflateRaw);

const blockSize = 1024 * 1024;
/** How far back deflate can refer. */
const windowSize = 32 * 1024;

/** No name, no time, made on Unix (RFC 1952, section 2.3). */
const header = Buffer.from("1f8b0800000000000003", "hex");
/** An empty block that is the last one (RFC 1951, section 3.2.6). */
const lastBlock = Buffer.from("0300", "hex");

/**
 * A stream that writes gzip: one member, whose blocks end at whole bytes, so that they can be compressed side by side.
 * Each begins with what the one before it ended with as its dictionary, so that little is lost.
 */
export function createGzipCompressor(level: number): Duplex {
  let crc = 0;
  let size = 0;
  let before: Buffer | undefined;
  return createBlockCompressor({
    blockSize,
    start: header,
    async compress(block) {
      const dictionary = before;
      before = block.subarray(-windowSize);
      crc = crc32(block, crc);
      size += block.length;
      const options = {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(dictionary === undefined ? {} : { dictionary }),
      };
      return await compressRaw(block, options);
    },
    end() {
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(crc, 0);
      trailer.writeUInt32LE(size % 2 ** 32, 4);
      return Buffer.concat([lastBlock, trailer]);
    },
  });
}
