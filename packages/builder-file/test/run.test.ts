import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext, type TestContext } from "@hclbuild/sdk/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runtime } from "../src/run.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "builder-file-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Config = Parameters<typeof runtime.launch>[1];

/** Builds and gives the artifact and what was said. */
async function build(config: Config): Promise<{
  readonly artifact: Awaited<ReturnType<typeof runtime.capture>>;
  readonly test: TestContext;
}> {
  const test = createTestContext({ folder });
  const machine = await runtime.launch(test.context, config);
  const artifact = await runtime.capture(test.context, machine, config);
  await test.close();
  return { artifact, test };
}

describe("the target", () => {
  it("holds the content, for its owner alone, in folders that are made", async () => {
    const { artifact, test } = await build({ target: "a/b/out.txt", content: "hello\n" });
    expect(readFileSync(join(folder, "a/b/out.txt"), "utf8")).toBe("hello\n");
    expect(statSync(join(folder, "a/b/out.txt")).mode & 0o777).toBe(0o600);
    expect(test.said).toEqual([]);
    expect(artifact?.describe()).toMatchObject({
      builderId: "packer.file",
      id: "File",
      description: "Stored file: a/b/out.txt",
      files: ["a/b/out.txt"],
    });
  });

  it("is empty without source and content", async () => {
    await build({ target: "out" });
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("");
  });

  it("is a copy of the source, byte for byte", async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));
    writeFileSync(join(folder, "in"), bytes);
    const { test } = await build({ target: "~/out", source: "in" });
    expect(readFileSync(join(folder, "out")).equals(bytes)).toBe(true);
    expect(test.said).toEqual(["Copying in to ~/out", "Copied 3000 bytes"]);
  });

  it("is written anew", async () => {
    writeFileSync(join(folder, "out"), "something longer than before");
    await build({ target: "out", content: "new" });
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("new");
  });

  it("goes away with the artifact", async () => {
    const { artifact } = await build({ target: "out", content: "x" });
    await artifact?.destroy(new AbortController().signal);
    expect(existsSync(join(folder, "out"))).toBe(false);
    // Somebody else may have removed it.
    await artifact?.destroy(new AbortController().signal);
  });
});

describe("a build fails", () => {
  it("when the source cannot be read, and leaves no target", async () => {
    await expect(build({ target: "out", source: "none" })).rejects.toMatchObject({
      code: "file-builder/source-unreadable",
      message: "The file none cannot be read: there is no such file or folder",
    });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("when the source is a folder", async () => {
    mkdirSync(join(folder, "in"));
    await expect(build({ target: "out", source: "in" })).rejects.toMatchObject({
      code: "file-builder/source-unreadable",
      message: "The file in cannot be read: it is a folder",
    });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it.each([
    ["a named pipe", "pipe"],
    ["a device", "/dev/zero"],
  ])("when the source is %s, which may be read for ever", async (kind, source) => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await expect(build({ target: "out", source })).rejects.toMatchObject({
      code: "file-builder/source-unreadable",
      message: `The file ${source} cannot be read: it is ${kind}`,
    });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it.each([{ content: "x" }, { source: "in" }])(
    "when the target is a named pipe, at which it might wait for ever: %j",
    async (config) => {
      writeFileSync(join(folder, "in"), "x");
      execFileSync("mkfifo", [join(folder, "pipe")]);
      await expect(build({ target: "pipe", ...config })).rejects.toMatchObject({
        code: "file-builder/target-unwritable",
        message: "The file pipe cannot be written: it is a named pipe",
      });
    },
  );

  it("when the target is a folder", async () => {
    await expect(build({ target: ".", content: "x" })).rejects.toMatchObject({
      code: "file-builder/target-unwritable",
      message: "The file . cannot be written: it is a folder",
    });
  });
});
