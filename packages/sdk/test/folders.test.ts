import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeFolders } from "@hclbuild/sdk";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "folders-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (place: string): string | undefined => {
  try {
    makeFolders(place);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

it("makes all that is missing, with the mode, and takes what is there", () => {
  makeFolders(path.join(folder, "a/b/c"), 0o700);
  for (const name of ["a", "a/b", "a/b/c"]) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o700);
  expect(codeOf(path.join(folder, "a/b/c"))).toBeUndefined();
  expect(codeOf("/")).toBeUndefined();
  mkdirSync(path.join(folder, "real"));
  symlinkSync("real", path.join(folder, "link"));
  expect(codeOf(path.join(folder, "link/below/it"))).toBeUndefined();
  expect(existsSync(path.join(folder, "real/below/it"))).toBe(true);
});

it("says what is in the way", () => {
  writeFileSync(path.join(folder, "file"), "");
  expect(codeOf(path.join(folder, "file"))).toBe("EEXIST");
  expect(codeOf(path.join(folder, "file/a/b"))).toBe("ENOTDIR");
  symlinkSync("nowhere", path.join(folder, "dangling"));
  expect(codeOf(path.join(folder, "dangling/a"))).toBe("EEXIST");
});

it.runIf(existsSync("/proc/self"))("ends where nothing can be made", () => {
  for (const place of ["/proc/x", "/proc/x/y/z", "/proc/self/x"]) {
    expect(["ENOENT", "EACCES", "EPERM"]).toContain(codeOf(place));
  }
  expect(codeOf("/dev/null/x")).toBe("ENOTDIR");
});
