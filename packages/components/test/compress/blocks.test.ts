import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createBgzf } from "../../src/compress/bgzf.js";
import { createGzipCompressor } from "../../src/compress/gzip.js";

const megabyte = 1024 * 1024;

/** Text that compresses, in front of bytes that do not; the same every time. */
function contentOf(size: number): Buffer {
  const text = Array.from({ length: Math.ceil(size / 40) }, (_, index) => `line ${index % 997} of ${index}\n`).join("");
  const noise = Array.from({ length: 8192 }, (_, index) => createHash("sha256").update(String(index)).digest());
  return Buffer.concat([Buffer.from(text).subarray(0, Math.floor(size / 2)), ...noise, Buffer.alloc(size)]).subarray(
    0,
    size,
  );
}

async function compressed(content: Buffer, compressor: ReturnType<typeof createBgzf>): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(content.length / 70_001) }, (_, index) =>
    content.subarray(index * 70_001, (index + 1) * 70_001),
  );
  return await buffer(Readable.from(pieces).pipe(compressor));
}

const sizes = [0, 1, 0xfeff, 0xff00, 0xff01, megabyte - 1, megabyte, megabyte + 1, 3 * megabyte + 5];

describe.each([
  ["gzip", createGzipCompressor],
  ["bgzf", createBgzf],
])("%s", (_name, create) => {
  it.each(sizes)("of %i bytes is read by zlib and gzip", async (size) => {
    const content = contentOf(size);
    for (const level of [-1, 1, 9]) {
      const packed = await compressed(content, create(level));
      expect(gunzipSync(packed).equals(content)).toBe(true);
      if (level === -1) execFileSync("gzip", ["-t"], { input: packed });
    }
  });
});

it("gzip is one member, hardly larger than that of zlib, which compresses as a whole", async () => {
  const content = contentOf(4 * megabyte);
  const packed = await compressed(content, createGzipCompressor(-1));
  expect(packed.subarray(0, 10).toString("hex")).toBe("1f8b0800000000000003");
  expect(packed.readUInt32LE(packed.length - 4)).toBe(content.length);
  expect(packed.length).toBeLessThan(gzipSync(content).length * 1.01);
});
