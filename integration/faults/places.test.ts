import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { remainingProcesses } from "./kill-at-event.js";
import { localBuild, makeFolder, runBuild, type FinishedBuild } from "./run-build.js";

/** Places below which nothing can be made, and why. */
const places = [
  ["/proc/x", "there is no such file or folder"],
  ["/proc/x/y/z", "there is no such file or folder"],
  ["file", "something else is in its place"],
  ["file/below", "a part of the path is not a folder"],
] as const;

const step = `provisioner "shell-local" {\n  inline = ["echo fine"]\n}`;
const files = { "x.pkr.hcl": localBuild(step), file: "" };

interface Told {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
}

/** The one diagnostic of a build. */
function diagnosticOf({ events }: FinishedBuild): Told | undefined {
  const all = events.flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic as Told]));
  expect(all).toHaveLength(1);
  return all[0];
}

function expectRefused(build: FinishedBuild, place: string, reason: string): void {
  expect({ exit: build.code, outcome: build.outcome, told: diagnosticOf(build) }).toMatchObject({
    exit: 1,
    outcome: "failed",
    told: {
      code: "cli/unwritable-file",
      message: `The file ${place} cannot be written.`,
      detail: `The system says: ${reason}.`,
    },
  });
  expect(build.lines).toEqual([]);
  expect(readdirSync(join(build.folder, "tmp"))).toEqual([]);
}

/** A file system of 64 kB of its own, until the test ends. */
function mountSmall(path: string, mode: "ro" | "rw"): void {
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=64k,${mode}`, "tmpfs", path]);
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
}

describe("a place that nothing can be written to", () => {
  it.each(places)("for logs ends the build before it begins: %s", async (place, reason) => {
    const build = await runBuild({ files, flags: [`-log-dir=${place}`] });
    expectRefused(build, place, reason);
  });

  it.each([
    ["/proc/x/y.html", "there is no such file or folder"],
    ["file/report.html", "a part of the path is not a folder"],
    [".", "it is a folder"],
  ])("for the report ends the build before it begins: %s", async (place, reason) => {
    const build = await runBuild({ files, flags: [`-report=${place}`] });
    expectRefused(build, place, reason);
  });

  it.each([
    ["/proc/x", "there is no such file or folder"],
    ["file/x", "something else is in its place"],
    ["file/x/y", "a part of the path is not a folder"],
    [".", "it is a folder"],
  ])("for the target of the file builder fails the build: %s", async (target, reason) => {
    const template = `source "file" "x" {
  content = "x"
  target  = "${target}"
}
build {
  sources = ["source.file.x"]
}
`;
    const build = await runBuild({ files: { ...files, "x.pkr.hcl": template } });
    expect(build.code).toBe(1);
    expect(diagnosticOf(build)).toMatchObject({
      code: "file-builder/target-unwritable",
      message: `The file ${target} cannot be written: ${reason}.`,
    });
  });

  it.each(places)("for the state is a warning: %s", async (place, reason) => {
    const build = await runBuild({ files, env: { HCLBUILD_STATE_DIR: place } });
    expect({ code: build.code, lines: build.lines }).toEqual({ code: 0, lines: ["fine"] });
    expect(diagnosticOf(build)).toMatchObject({ code: "execute/state-unwritable" });
    expect(diagnosticOf(build)?.message).toMatch(
      new RegExp(`cannot be written: (${reason}|a part of the path .*)\\.$`),
    );
  });

  it.each(places)("for temporary files fails the build: %s", async (place) => {
    const build = await runBuild({ files, env: { TMPDIR: place } });
    expect({ code: build.code, outcome: build.outcome, lines: build.lines }).toEqual({
      code: 1,
      outcome: "failed",
      lines: [],
    });
    expect(diagnosticOf(build)).toMatchObject({
      code: "execute/temporary-unwritable",
      detail: "Set TMPDIR to a folder that can be written to and has space left.",
    });
  });

  it.each(["out.zip", "out.tar", "out.tar.gz", "out.tar.bz2", "out.gz"])(
    "for compress fails the build: %s",
    async (name) => {
      const template = `source "file" "x" {
  content = "x"
  target  = "made"
}
build {
  sources = ["source.file.x"]
  post-processor "compress" {
    output = "${name}"
  }
}
`;
      const build = await runBuild({
        files: { "x.pkr.hcl": template },
        before: (folder) => mkdirSync(join(folder, name)),
      });
      expect(build.code).toBe(1);
      expect({ errors: build.errors, stderr: build.stderr }).toEqual({
        errors: ["artifact/output-unwritable"],
        stderr: "",
      });
      expect(readdirSync(build.folder)).toContain("made");
    },
  );

  it("for a checksum fails the build and keeps what was built", async () => {
    const template = `source "file" "x" {
  content = "x"
  target  = "out"
}
build {
  sources = ["source.file.x"]
  post-processor "checksum" {
    output = "/proc/x/y"
  }
}
`;
    const build = await runBuild({ files: { ...files, "x.pkr.hcl": template } });
    expect(build.code).toBe(1);
    expect(JSON.stringify(build.events)).toContain("artifact/output-unwritable");
    expect(readdirSync(build.folder)).toContain("out");
  });
});

describe("a disk that gets full", () => {
  it.each(["zip", "tar", "tar.gz", "tar.bz2", "tar.lz4", "tar.xz", "gz"])("fails to compress: %s", async (ending) => {
    const template = `source "file" "x" {
  source = "random"
  target = "made"
}
build {
  sources = ["source.file.x"]
  post-processor "compress" {
    output = "small/out.${ending}"
  }
}
`;
    const build = await runBuild({
      files: { "x.pkr.hcl": template },
      before(folder) {
        writeFileSync(join(folder, "random"), randomBytes(4_000_000));
        mountSmall(join(folder, "small"), "rw");
      },
    });
    expect({ code: build.code, errors: build.errors, stderr: build.stderr }).toEqual({
      code: 1,
      errors: ["artifact/output-unwritable"],
      stderr: "",
    });
    expect(JSON.stringify(build.events)).toContain("no space left on device");
    expect(readdirSync(join(build.folder, "small"))).toEqual([]);
    expect(remainingProcesses(build.folder)).toEqual([]);
  });
});

describe("a file system that is read-only", () => {
  it.each([
    ["log-dir", "ro/logs"],
    ["report", "ro/report.html"],
  ])("ends a build before it begins: -%s=%s", async (flag, place) => {
    const before = (folder: string): void => mountSmall(join(folder, "ro"), "ro");
    expectRefused(
      await runBuild({ files, flags: [`-${flag}=${place}`], before }),
      place,
      "the file system is read-only",
    );
  });

  it("is read from: the template may lie on it, its state goes to the user's cache", async () => {
    const home = makeFolder({});
    const build = await runBuild({
      files,
      env: { HOME: home, XDG_CACHE_HOME: "" },
      before(folder) {
        execFileSync("mount", ["--bind", folder, folder]);
        onTestFinished(() => void execFileSync("umount", ["-l", folder]));
        execFileSync("mount", ["-t", "tmpfs", "tmpfs", join(folder, "tmp")]);
        onTestFinished(() => void execFileSync("umount", ["-l", join(folder, "tmp")]));
        execFileSync("mount", ["-o", "remount,ro,bind", folder]);
      },
    });
    expect({ code: build.code, lines: build.lines }).toEqual({ code: 0, lines: ["fine"] });
    expect(diagnosticOf(build)?.code).toBe("execute/state-elsewhere");
  });
});
