import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { appendWhole } from "../../src/files/append-whole.js";
import { makeFolder } from "../harness.js";

it("adds to what is there, and makes what is not", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "sums");
  await appendWhole(file, "one\n");
  await appendWhole(file, "two\n");
  expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
});

it.each([
  ["takes its own part back when it fails", "", "old\n"],
  ["leaves what another process has added meanwhile", "other\n", "old\nneother\n"],
])("%s", async (_, added, left) => {
  using folder = makeFolder();
  const file = path.join(folder.path, "sums");
  writeFileSync(file, "old\n");
  await using handle = await open(file);
  // A disk that is full after two bytes.
  const write = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, "write");
  write.mockImplementationOnce(async (buffer) => {
    appendFileSync(file, "ne");
    return { bytesWritten: 2, buffer };
  });
  write.mockImplementationOnce(async () => {
    appendFileSync(file, added);
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  });
  try {
    await expect(appendWhole(file, "new\n")).rejects.toThrow("ENOSPC");
  } finally {
    write.mockRestore();
  }
  expect(readFileSync(file, "utf8")).toBe(left);
});
