import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { packTree, tarMissing, unpackCommand } from "../../src/transfer/tar.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tar-"));
  mkdirSync(join(folder, "tree/deep/er"), { recursive: true });
  mkdirSync(join(folder, "tree/empty"));
  writeFileSync(join(folder, "tree/run.sh"), "#!/bin/sh\n");
  chmodSync(join(folder, "tree/run.sh"), 0o755);
  writeFileSync(join(folder, `tree/deep/${"long-".repeat(30)}`), "x".repeat(700_000));
  writeFileSync(join(folder, "tree/deep/er/ünï 'quoted'"), "content");
  writeFileSync(join(folder, "tree/deep/er/nothing"), "");
  symlinkSync("../run.sh", join(folder, "tree/deep/link"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("packs what tar unpacks: names, modes, links and contents", async () => {
  writeFileSync(join(folder, "archive"), await buffer(packTree(join(folder, "tree"), [])));
  mkdirSync(join(folder, "out"));
  execFileSync("tar", ["-xf", join(folder, "archive"), "-C", join(folder, "out")]);
  execFileSync("diff", ["-r", "--no-dereference", join(folder, "tree"), join(folder, "out")]);
  expect(statSync(join(folder, "out/run.sh")).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, "out/run.sh")).mtime.getTime()).toBe(
    Math.floor(statSync(join(folder, "tree/run.sh")).mtimeMs / 1000) * 1000,
  );
});

it("leaves out what is excluded, with all that is in it", async () => {
  const archive = await buffer(packTree(join(folder, "tree"), ["deep/er", "run.sh"]));
  const names = execFileSync("tar", ["-tf", "-"], { input: archive, encoding: "utf8" });
  expect(names.trim().split("\n").toSorted()).toEqual(["deep/", "deep/link", `deep/${"long-".repeat(30)}`, "empty/"]);
});

it("fails when a file goes away", async () => {
  rmSync(join(folder, "tree/deep"), { recursive: true });
  await expect(buffer(packTree(join(folder, "tree/deep"), []))).rejects.toThrow(/ENOENT/);
});

it("unpacks into a folder with any name, which it makes, and keeps what is there", async () => {
  const archive = await buffer(packTree(join(folder, "tree"), []));
  const target = join(folder, "a $(touch x) 'name'");
  for (const round of [1, 2]) {
    const { status, stderr } = spawnSync("/bin/sh", ["-c", unpackCommand(target)], { input: archive, cwd: folder });
    expect({ round, status, stderr: stderr.toString() }).toEqual({ round, status: 0, stderr: "" });
    if (round === 1) writeFileSync(join(target, "mine"), "kept");
  }
  expect(readFileSync(join(target, "mine"), "utf8")).toBe("kept");
  expect(readFileSync(join(target, "deep/er/ünï 'quoted'"), "utf8")).toBe("content");
  expect(existsSync(join(folder, "x"))).toBe(false);
});

it("says by its exit code that there is no tar, and fails where the parent is missing", () => {
  const run = (target: string, path: string) =>
    spawnSync("/bin/sh", ["-c", unpackCommand(target)], { env: { PATH: path }, input: "" }).status;
  mkdirSync(join(folder, "bin"));
  symlinkSync("/bin/mkdir", join(folder, "bin/mkdir"));
  expect(run(join(folder, "out"), join(folder, "bin"))).toBe(tarMissing);
  expect(run(join(folder, "no/such/parent"), "/usr/bin:/bin")).toBe(1);
});
