import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { createRandom } from "@hclbuild/sdk";
import { expect, it } from "vitest";
import { replaceFile } from "../../src/files/replace-file.js";
import { makeFolder } from "../harness.js";

const random = createRandom((length) => crypto.getRandomValues(new Uint8Array(length)));
const replace = async (file: string, text: string): Promise<void> => replaceFile(file, { text, mode: 0o664 }, random);

it("never changes the old content in place, and keeps the mode", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.json");
  writeFileSync(file, "old");
  chmodSync(file, 0o640);
  const reader = openSync(file, "r");
  await replace(file, "new");
  expect(readFileSync(reader, "utf8")).toBe("old");
  closeSync(reader);
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder.path)).toEqual(["m.json"]);
});

it("makes a file that is missing", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.json");
  await replace(file, "new");
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o664 & ~process.umask());
});

it("follows links, and writes into files that have several names", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.json");
  writeFileSync(file, "old");
  mkdirSync(path.join(folder.path, "sub"));
  const symbolic = path.join(folder.path, "sub", "symbolic");
  symlinkSync("../m.json", symbolic);
  await replace(symbolic, "one");
  expect(lstatSync(symbolic).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("one");
  const hard = path.join(folder.path, "hard");
  linkSync(file, hard);
  await replace(file, "two");
  expect(readFileSync(hard, "utf8")).toBe("two");
});

it("makes the file that a link leads to", async () => {
  using folder = makeFolder();
  mkdirSync(path.join(folder.path, "out/deep"), { recursive: true });
  symlinkSync("out/deep", path.join(folder.path, "short"));
  symlinkSync("../real.json", path.join(folder.path, "out/deep/second"));
  const link = path.join(folder.path, "m.json");
  symlinkSync("short/second", link);
  await replace(link, "one");
  await replace(link, "two");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(lstatSync(path.join(folder.path, "out/deep/second")).isSymbolicLink()).toBe(true);
  expect(readFileSync(path.join(folder.path, "out/real.json"), "utf8")).toBe("two");
  const lost = path.join(folder.path, "lost.json");
  symlinkSync("missing/m.json", lost);
  await expect(replace(lost, "x")).rejects.toThrow("ENOENT");
  expect(lstatSync(lost).isSymbolicLink()).toBe(true);
});

it.runIf(existsSync("/dev/full"))("writes to devices", async () => {
  await replace("/dev/null", "gone");
  await expect(replace("/dev/full", "no")).rejects.toThrow("ENOSPC");
});

it("leaves nothing behind when the folder is missing or something else is in the way", async () => {
  using folder = makeFolder();
  await expect(replace(path.join(folder.path, "missing", "m.json"), "x")).rejects.toThrow("ENOENT");
  await expect(replace(folder.path, "x")).rejects.toThrow("EISDIR");
  expect(readdirSync(folder.path)).toEqual([]);
});
