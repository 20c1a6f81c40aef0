import { once } from "node:events";
import { finished } from "node:stream/promises";
import { createFakeClock } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { createOutputLines, type OutputLine } from "../../src/events/output-lines.js";
import { createRedactor } from "@hclbuild/executor";

function open(secrets: readonly string[] = [], backlog: () => Promise<void> | undefined = () => undefined) {
  const clock = createFakeClock();
  const redactor = createRedactor();
  redactor.add(secrets);
  const lines: OutputLine[] = [];
  const stream = createOutputLines({ clock, redactor, emit: (line) => lines.push(line), backlog });
  return { clock, lines, stream };
}

describe("lines of a command's output", () => {
  it("are cut at line ends and shown as a terminal would", async () => {
    const { lines, stream } = open();
    stream.write("one\ntwo  \n\nprogress 1%\rprogress 2%\r\nlast");
    stream.end();
    await finished(stream);
    expect(lines.map((line) => line.text)).toEqual(["one", "two", "", "progress 2%", "last"]);
  });

  it("may be split anywhere, also inside characters and secrets", async () => {
    const { lines, stream } = open(["geheim-ö"]);
    for (const byte of Buffer.from("ein geheim-ö\n€\n")) stream.write(Buffer.from([byte]));
    stream.end();
    await finished(stream);
    expect(lines.map((line) => line.text)).toEqual(["ein <sensitive>", "€"]);
  });

  it("are announced when they pause and shown when they pause for long", async () => {
    const { clock, lines, stream } = open();
    stream.write("Password: ");
    clock.advance(249);
    expect(lines).toEqual([]);
    clock.advance(1);
    expect(lines).toEqual([{ text: "Password:", partial: true }]);
    clock.advance(4750);
    expect(lines.slice(1)).toEqual([{ text: "Password:", continues: true }]);
    stream.write("ok\n");
    expect(lines.slice(2)).toEqual([{ text: "ok" }]);
    stream.end();
    await finished(stream);
    expect(clock.pending).toBe(0);
  });

  it("never show the beginning of a secret, however long it pauses", () => {
    const { clock, lines, stream } = open(["hunter2-hunter2"]);
    stream.write("pw hunter2-");
    clock.advance(10_000);
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });

  it("use bounded memory when they are long", async () => {
    const { lines, stream } = open();
    const chunk = Buffer.alloc(1024 * 1024, "x");
    for (let count = 0; count < 50; count += 1) if (!stream.write(chunk)) await once(stream, "drain");
    stream.end("\n");
    await finished(stream);
    expect(Math.max(...lines.map((line) => line.text.length))).toBe(65_536);
    expect(lines.reduce((sum, line) => sum + line.text.length, 0)).toBe(50 * 1024 * 1024);
    expect(lines.slice(0, -1).every((line) => line.continues)).toBe(true);
    expect(lines.at(-1)?.continues).toBeUndefined();
  });

  it("replace bytes that are no text", async () => {
    const { lines, stream } = open();
    stream.end(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]));
    await finished(stream);
    expect(lines).toEqual([{ text: "a\uFFFD\uFFFDb" }]);
  });

  it("wait for listeners that are behind", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { stream } = open([], () => gate);
    let done = false;
    stream.write("x\n", () => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    release();
    await new Promise(setImmediate);
    expect(done).toBe(true);
  });
});
