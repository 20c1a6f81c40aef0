import { Transform } from "node:stream";

const carriageReturn = 13;
const lineFeed = 10;

/** A stream that turns CRLF into LF and leaves all other bytes alone, also where a chunk ends between the two. */
export function crlfToLf(): Transform {
  let held = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!held && !chunk.includes(carriageReturn)) {
        done(null, chunk);
        return;
      }
      const out = Buffer.allocUnsafe(chunk.length + 1);
      let length = 0;
      for (const byte of chunk) {
        if (held && byte !== lineFeed) out[length++] = carriageReturn;
        held = byte === carriageReturn;
        if (!held) out[length++] = byte;
      }
      done(null, out.subarray(0, length));
    },
    flush(done) {
      done(null, held ? Buffer.from([carriageReturn]) : undefined);
    },
  });
}
