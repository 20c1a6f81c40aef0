import { Writable } from "node:stream";
import { createTextSink } from "@hclbuild/executor";
import { describe, expect, it } from "vitest";

describe("a text sink", () => {
  it("writes what arrives in one turn at once", async () => {
    const chunks: string[] = [];
    const sink = createTextSink(
      new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk.toString("utf8")), done()) }),
    );
    sink.write("a");
    sink.write("b");
    expect(chunks).toEqual([]);
    await new Promise(setImmediate);
    sink.write("c");
    sink.flush();
    sink.flush();
    expect(chunks).toEqual(["ab", "c"]);
  });

  it("says when the stream is behind", async () => {
    let release: (() => void) | undefined;
    const slow = new Writable({ highWaterMark: 10, write: (_chunk, _encoding, done) => void (release = done) });
    const sink = createTextSink(slow);
    expect(sink.backlog()).toBeUndefined();
    sink.write("x".repeat(70_000));
    const wait = sink.backlog();
    expect(wait).toBeInstanceOf(Promise);
    release?.();
    await wait;
    expect(sink.backlog()).toBeUndefined();
  });
});
