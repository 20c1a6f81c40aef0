import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable, Transform, type Writable } from "node:stream";
import { once } from "node:events";
import { crc32, createDeflateRaw } from "node:zlib";

/** A file to put into an archive. */
export interface ZipSource {
  /** Where it is. */
  readonly path: string;
  /** What it is called in the archive. */
  readonly name: string;
}

interface WrittenEntry {
  readonly name: Buffer;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
  readonly time: DosTime;
  readonly mode: number;
}

interface DosTime {
  readonly date: number;
  readonly time: number;
}

const largest32 = 0xffff_ffff;
const largest16 = 0xffff;
/** General purpose flags: sizes follow the data, names are UTF-8. */
const flags = 0x0808;
const deflated = 8;
const versionZip64 = 45;

/** Writes a zip archive as a stream, with the 64-bit extensions for whatever needs them. */
export async function writeZip(
  files: readonly ZipSource[],
  out: Writable,
  options: { readonly level: number; readonly signal: AbortSignal },
): Promise<void> {
  const entries: WrittenEntry[] = [];
  let offset = 0;
  const emit = async (bytes: Buffer): Promise<void> => {
    offset += bytes.length;
    if (!out.write(bytes)) await once(out, "drain", { signal: options.signal });
  };
  for (const file of files) {
    const info = await stat(file.path);
    const entry = { name: Buffer.from(file.name, "utf8"), offset, time: dosTime(info.mtime), mode: info.mode };
    await emit(localHeader(entry.name, entry.time));
    let crc = 0;
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        crc = crc32(chunk, crc);
        size += chunk.length;
        done(null, chunk);
      },
    });
    const source = createReadStream(file.path, { signal: options.signal });
    const packed = Readable.from(source)
      .pipe(measure)
      .pipe(createDeflateRaw({ level: options.level }));
    source.once("error", (error) => packed.destroy(error));
    let compressed = 0;
    for await (const chunk of packed) {
      compressed += (chunk as Buffer).length;
      await emit(chunk as Buffer);
    }
    await emit(dataDescriptor(crc, compressed, size));
    entries.push({ ...entry, crc, compressed, size });
  }
  const start = offset;
  for (const entry of entries) await emit(centralHeader(entry));
  await emit(endRecords({ count: entries.length, start, size: offset - start }));
}

/** MS-DOS date and time, in UTC so that archives do not depend on the machine's time zone. */
function dosTime(time: Date): DosTime {
  const year = Math.min(2107, Math.max(1980, time.getUTCFullYear()));
  return {
    date: ((year - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate(),
    time: (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1),
  };
}

/** The header before a file's data. Its sizes are unknown yet and come in the descriptor after it, in 64 bits. */
function localHeader(name: Buffer, time: DosTime): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(versionZip64, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt16LE(time.time, 10);
  header.writeUInt16LE(time.date, 12);
  header.writeUInt32LE(largest32, 18);
  header.writeUInt32LE(largest32, 22);
  header.writeUInt16LE(name.length, 26);
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(16, 2);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function dataDescriptor(crc: number, compressed: number, size: number): Buffer {
  const descriptor = Buffer.alloc(24);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  descriptor.writeBigUInt64LE(BigInt(compressed), 8);
  descriptor.writeBigUInt64LE(BigInt(size), 16);
  return descriptor;
}

function centralHeader(entry: WrittenEntry): Buffer {
  const large = [entry.size, entry.compressed, entry.offset].map((value) => value >= largest32);
  const values = [entry.size, entry.compressed, entry.offset].filter((_, index) => large[index]);
  const extra = Buffer.alloc(values.length === 0 ? 0 : 4 + values.length * 8);
  if (values.length > 0) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(values.length * 8, 2);
    for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  // Made on Unix: the mode in the external attributes counts.
  header.writeUInt16LE((3 << 8) | versionZip64, 4);
  header.writeUInt16LE(versionZip64, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(deflated, 10);
  header.writeUInt16LE(entry.time.time, 12);
  header.writeUInt16LE(entry.time.date, 14);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(Math.min(entry.compressed, largest32), 20);
  header.writeUInt32LE(Math.min(entry.size, largest32), 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((entry.mode & 0xffff) << 16) >>> 0, 38);
  header.writeUInt32LE(Math.min(entry.offset, largest32), 42);
  return Buffer.concat([header, entry.name, extra]);
}

function endRecords(directory: { readonly count: number; readonly start: number; readonly size: number }): Buffer {
  const { count, start, size } = directory;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, largest16), 8);
  end.writeUInt16LE(Math.min(count, largest16), 10);
  end.writeUInt32LE(Math.min(size, largest32), 12);
  end.writeUInt32LE(Math.min(start, largest32), 16);
  if (count < largest16 && size < largest32 && start < largest32) return end;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(0x06064b50, 0);
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE((3 << 8) | versionZip64, 12);
  wide.writeUInt16LE(versionZip64, 14);
  wide.writeBigUInt64LE(BigInt(count), 24);
  wide.writeBigUInt64LE(BigInt(count), 32);
  wide.writeBigUInt64LE(BigInt(size), 40);
  wide.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([wide, locator, end]);
}
