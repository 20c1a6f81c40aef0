import { Transform } from "node:stream";

/** Content of one block, in bytes; 4 MiB is the largest that the format has. */
const blockSize = 4 * 1024 * 1024;

/** Frame descriptor: version 1, independent blocks, no checksums; 4 MiB blocks; its header checksum. */
const descriptor = Buffer.from([0x60, 0x70]);

/** A stream that writes the LZ4 frame format. */
export function createLz4(): Transform {
  let pending: Buffer[] = [];
  let size = 0;
  let begun = false;
  const begin = (stream: Transform): void => {
    if (begun) return;
    begun = true;
    stream.push(frameHeader());
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      begin(this);
      pending.push(chunk);
      size += chunk.length;
      if (size >= blockSize) {
        const all = Buffer.concat(pending);
        let start = 0;
        for (; all.length - start >= blockSize; start += blockSize)
          this.push(frameBlock(all.subarray(start, start + blockSize)));
        pending = [all.subarray(start)];
        size = all.length - start;
      }
      done();
    },
    flush(done) {
      begin(this);
      if (size > 0) this.push(frameBlock(Buffer.concat(pending)));
      done(null, Buffer.alloc(4));
    },
  });
}

function frameHeader(): Buffer {
  const magic = Buffer.from([0x04, 0x22, 0x4d, 0x18]);
  return Buffer.concat([magic, descriptor, Buffer.from([(xxHash32(descriptor) >>> 8) & 0xff])]);
}

function frameBlock(data: Buffer): Buffer {
  const packed = compressBlock(data);
  const useless = packed.length >= data.length;
  const header = Buffer.alloc(4);
  header.writeUInt32LE(useless ? (data.length | 0x8000_0000) >>> 0 : packed.length, 0);
  return Buffer.concat([header, useless ? data : packed]);
}

const minimumMatch = 4;
/** The last match must begin this far from the end, and the last five bytes are literals. */
const endDistance = 12;
const lastLiterals = 5;
const hashBits = 16;

/** Compresses one block: greedy, with one candidate for each hash of four bytes. */
export function compressBlock(data: Buffer): Buffer {
  const out = Buffer.allocUnsafe(data.length + Math.ceil(data.length / 255) + 16);
  const table = new Int32Array(1 << hashBits).fill(-1);
  let written = 0;
  let anchor = 0;
  let position = 0;
  const limit = data.length - endDistance;
  while (position < limit) {
    const word = data.readUInt32LE(position);
    const hash = Math.imul(word, 2_654_435_761) >>> (32 - hashBits);
    const candidate = table[hash] ?? -1;
    table[hash] = position;
    if (candidate < 0 || position - candidate > 0xffff || data.readUInt32LE(candidate) !== word) {
      // Search faster through data that does not compress.
      position += 1 + ((position - anchor) >> 6);
      continue;
    }
    let length = minimumMatch;
    const longest = data.length - lastLiterals - position;
    while (length < longest && data[candidate + length] === data[position + length]) length += 1;
    written = writeSequence(out, written, {
      literals: data.subarray(anchor, position),
      offset: position - candidate,
      length,
    });
    position += length;
    anchor = position;
  }
  written = writeSequence(out, written, { literals: data.subarray(anchor), offset: 0, length: 0 });
  return out.subarray(0, written);
}

interface Sequence {
  readonly literals: Buffer;
  /** 0 for the last sequence, which has no match. */
  readonly offset: number;
  readonly length: number;
}

function writeSequence(out: Buffer, start: number, { literals, offset, length }: Sequence): number {
  let at = start + 1;
  const matchCode = offset === 0 ? 0 : length - minimumMatch;
  out[start] = (Math.min(literals.length, 15) << 4) | Math.min(matchCode, 15);
  if (literals.length >= 15) at = writeLength(out, at, literals.length - 15);
  literals.copy(out, at);
  at += literals.length;
  if (offset === 0) return at;
  at = out.writeUInt16LE(offset, at);
  return matchCode >= 15 ? writeLength(out, at, matchCode - 15) : at;
}

function writeLength(out: Buffer, start: number, rest: number): number {
  let at = start;
  let left = rest;
  for (; left >= 255; left -= 255) out[at++] = 255;
  out[at++] = left;
  return at;
}

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime5 = 0x165667b1;

/** xxHash32 of fewer than four bytes with seed 0, which is all that a frame header needs. */
function xxHash32(data: Buffer): number {
  let hash = (prime5 + data.length) >>> 0;
  for (const byte of data) {
    hash = (hash + Math.imul(byte, prime5)) >>> 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), prime1) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), prime3) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}
