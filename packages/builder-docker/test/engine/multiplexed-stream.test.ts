import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { demultiplex } from "../../src/engine/multiplexed-stream.js";

function frame(stream: 1 | 2, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

describe("demultiplex", () => {
  it("gives each stream's bytes in order for any cut of the connection's bytes", async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ unit: "binary" })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        frames,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 50 }),
        async (items, cuts) => {
          const bytes = Buffer.concat(items.map(([stream, text]) => frame(stream, text)));
          const pieces: Buffer[] = [];
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const size = cuts[cut % cuts.length] as number;
            pieces.push(bytes.subarray(at, at + size));
            at += size;
          }
          const out = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
          for await (const chunk of demultiplex(Readable.from(pieces))) out[chunk.stream].push(chunk.data);
          const expected = (stream: 1 | 2): string =>
            Buffer.concat(items.filter((item) => item[0] === stream).map((item) => Buffer.from(item[1]))).toString(
              "hex",
            );
          expect(Buffer.concat(out.stdout).toString("hex")).toBe(expected(1));
          expect(Buffer.concat(out.stderr).toString("hex")).toBe(expected(2));
        },
      ),
    );
  });
});
