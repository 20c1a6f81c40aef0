import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fillFile, writeTo } from "../../src/transfer/write.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that is filled", () => {
  it("is whole", async () => {
    const file = join(folder, "file");
    await fillFile(file, async (target) => {
      for (let n = 0; n < 50; n++) await writeTo(target, Buffer.alloc(100_000, n));
    });
    expect(readFileSync(file)).toHaveLength(5_000_000);
  });

  // Less than the stream holds back, and more.
  it.runIf(existsSync("/dev/full")).each([1, 64 * 1024, 5_000_000])("fails on a full disk: %i bytes", async (size) => {
    for (let round = 0; round < 20; round++) {
      const filled = fillFile("/dev/full", async (target) => {
        for (let left = size; left > 0; left -= 100_000) await writeTo(target, Buffer.alloc(Math.min(left, 100_000)));
      });
      await expect(filled).rejects.toMatchObject({ code: "ENOSPC" });
    }
  });

  it("fails where it cannot be made, and with the one who fills it", async () => {
    const missing = fillFile(join(folder, "no/file"), async (target) => writeTo(target, "x"));
    await expect(missing).rejects.toMatchObject({ code: "ENOENT" });
    const stopped = fillFile(join(folder, "file"), async () => {
      throw new Error("no more");
    });
    await expect(stopped).rejects.toThrow("no more");
  });
});
