import { expect, test } from "vitest";
import { linesOf } from "../../src/host/lines.js";

async function split(...chunks: readonly string[]): Promise<readonly string[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: string[] = [];
  for await (const line of linesOf(stream())) lines.push(Buffer.from(line).toString());
  return lines;
}

test("lines end at line feeds wherever the chunks end", async () => {
  expect(await split()).toEqual([]);
  expect(await split("a\nb\n")).toEqual(["a", "b"]);
  expect(await split("a", "b\nc", "", "d", "\n\ne")).toEqual(["ab", "cd", "", "e"]);
  expect(await split("\r\n\u2028x\r")).toEqual(["\r", "\u2028x\r"]);
});
