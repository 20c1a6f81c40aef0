import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { localBuilder, localMachine, makeFolder, runComponents, step } from "./harness.js";

function layout(folder: string): void {
  mkdirSync(path.join(folder, "src/inner"), { recursive: true });
  mkdirSync(path.join(folder, "remote"), { recursive: true });
  writeFileSync(path.join(folder, "src/a.txt"), "a");
  writeFileSync(path.join(folder, "src/inner/b.txt"), "b");
  writeFileSync(path.join(folder, "one.sh"), "one", { mode: 0o755 });
}

const run = (folder: string, ...configs: Parameters<typeof step>[1][]) =>
  runComponents({
    folder,
    machine: localMachine,
    plugins: [localBuilder(path.join(folder, "remote"))],
    steps: configs.map((config) => step("file", config)),
  });

const tree = (folder: string): readonly string[] => {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(path.join(folder, name)).isFile()).toSorted();
};

describe("file upload", () => {
  it("copies a file with its mode, and keeps its name below a trailing slash", async () => {
    using folder = makeFolder();
    layout(folder.path);
    const result = await run(
      folder.path,
      { source: "one.sh", destination: "x" },
      { source: "one.sh", destination: "./" },
    );
    expect(result.lines).toEqual([
      "==> null.n: Uploading one.sh => x",
      "==> null.n: Uploading one.sh => ./",
      "Build 'null.n' ended.",
    ]);
    expect(tree(path.join(folder.path, "remote"))).toEqual(["one.sh", "x"]);
    expect(statSync(path.join(folder.path, "remote/x")).mode & 0o777).toBe(0o755);
  });

  it("copies a directory itself, or what is inside it after a trailing slash", async () => {
    using folder = makeFolder();
    layout(folder.path);
    mkdirSync(path.join(folder.path, "remote/d"));
    mkdirSync(path.join(folder.path, "remote/e"));
    await run(folder.path, { source: "src", destination: "d" }, { source: "src/", destination: "e" });
    expect(tree(path.join(folder.path, "remote"))).toEqual([
      "d/src/a.txt",
      "d/src/inner/b.txt",
      "e/a.txt",
      "e/inner/b.txt",
    ]);
  });

  it("uploads a text", async () => {
    using folder = makeFolder();
    layout(folder.path);
    await run(folder.path, { content: "hello", destination: "c" });
    expect(readFileSync(path.join(folder.path, "remote/c"), "utf8")).toBe("hello");
  });

  it("names the failure", async () => {
    using folder = makeFolder();
    layout(folder.path);
    const result = await run(folder.path, { source: "one.sh", destination: "missing/x" });
    expect(result.error).toMatch(/^Upload failed: Uploading to missing\/x failed: ENOENT/);
    expect(result.lines[1]).toMatch(/^==> null.n: Upload failed: /);
  });

  it("does nothing without a source", async () => {
    using folder = makeFolder();
    layout(folder.path);
    expect((await run(folder.path, { destination: "x" })).outcome).toBe("succeeded");
  });
});

describe("file download", () => {
  it("copies a file into a folder that it makes", async () => {
    using folder = makeFolder();
    layout(folder.path);
    writeFileSync(path.join(folder.path, "remote/r.txt"), "remote");
    const result = await run(folder.path, { source: "r.txt", destination: "got/here/", direction: "download" });
    expect(result.lines[0]).toBe("==> null.n: Downloading r.txt => got/here/");
    expect(readFileSync(path.join(folder.path, "got/here/r.txt"), "utf8")).toBe("remote");
  });

  it("ends after a directory, as Packer does", async () => {
    using folder = makeFolder();
    layout(folder.path);
    mkdirSync(path.join(folder.path, "remote/dir"));
    writeFileSync(path.join(folder.path, "remote/dir/x"), "x");
    writeFileSync(path.join(folder.path, "remote/y"), "y");
    await run(folder.path, { sources: ["dir/", "y"], destination: "got/", direction: "download" });
    expect(tree(path.join(folder.path, "got"))).toEqual(["x"]);
  });

  it("names the failure", async () => {
    using folder = makeFolder();
    layout(folder.path);
    const result = await run(folder.path, { source: "none", destination: "got", direction: "download" });
    expect(result.error).toMatch(/^Download failed: Downloading none failed: ENOENT/);
  });
});
