import { Transform } from "node:stream";
import { crc32, deflateRawSync } from "node:zlib";

/** Most input of one block: whatever comes out of it fits into the 16 bits of a block's length. */
const blockSize = 0xff00;

/** The empty block that ends a file. */
const endBlock = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");

/** A stream that writes blocked gzip: gzip members of bounded size that carry their length, so that readers can seek. */
export function createBgzf(level: number): Transform {
  let pending: Buffer[] = [];
  let size = 0;
  const take = (): Buffer => {
    const all = Buffer.concat(pending);
    pending = [];
    size = 0;
    return all;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending.push(chunk);
      size += chunk.length;
      if (size >= blockSize) {
        const all = take();
        let start = 0;
        for (; all.length - start >= blockSize; start += blockSize) {
          this.push(compressBlock(all.subarray(start, start + blockSize), level));
        }
        pending = [all.subarray(start)];
        size = all.length - start;
      }
      done();
    },
    flush(done) {
      if (size > 0) this.push(compressBlock(take(), level));
      done(null, endBlock);
    },
  });
}

function compressBlock(data: Buffer, level: number): Buffer {
  let packed = deflateRawSync(data, { level });
  // Data that does not compress is stored, which never takes more than five bytes in 16 kB.
  if (packed.length + 26 > 0x10000) packed = deflateRawSync(data, { level: 0 });
  const header = Buffer.from("1f8b08040000000000ff060042430200" + "0000", "hex");
  header.writeUInt16LE(header.length + packed.length + 8 - 1, 16);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, packed, trailer]);
}
