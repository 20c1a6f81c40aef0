import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { createFakeHost, fakeComponent } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { detectFormat } from "../src/compress/detect.js";
import { makeFolder, post, runComponents } from "./harness.js";

describe("detectFormat", () => {
  // Each line was seen in the messages of Debian's packer 1.6.6, except bzip2 and zst, which it does not have.
  it.each([
    ["x.tar.gz", "", { archive: "tar", algorithm: "pgzip" }],
    ["x.zip", "", { archive: "zip" }],
    ["x.gz", "", { algorithm: "pgzip" }],
    ["x.lz4", "", { algorithm: "lz4" }],
    ["x.tar", "", { archive: "tar" }],
    ["x.tar.lz4", "", { archive: "tar", algorithm: "lz4" }],
    ["x.tar.bz2", "", { archive: "tar", algorithm: "pgzip" }],
    ["x.1.2", "", { archive: "tar", algorithm: "pgzip" }],
    ["x.xz", "", { algorithm: "xz" }],
    ["x.bgzf", "", { algorithm: "bgzf" }],
    ["x.tar.xz", "", { archive: "tar", algorithm: "xz" }],
    ["x", "", { archive: "tar", algorithm: "pgzip" }],
    ["packer_{{.BuildName}}_{{.BuilderType}}", "", { archive: "tar", algorithm: "pgzip" }],
    ["x.bzip2", "", { algorithm: "bzip2" }],
    ["x", "zip", { archive: "zip" }],
    ["x.tar", "gz", { archive: "tar", algorithm: "pgzip" }],
    ["x.tar", "zst", { archive: "tar", algorithm: "zstd" }],
    ["x.zst", "", { archive: "tar", algorithm: "pgzip" }],
  ])("%s with format %j", (output, format, expected) => {
    expect(detectFormat(output, format)).toEqual(expected);
  });
});

const content = Array.from({ length: 40_000 }, (_, index) => `line ${index % 997} of ${index}\n`).join("");
const machine = { component: fakeComponent("builder", "file", "core"), config: { target: "in/a.txt", content } };

describe("compress", () => {
  const pack = (folder: string, config: Record<string, string | number>, rest = {}) =>
    runComponents({ folder, machine, posts: [post("compress", config, rest)] });
  const unpack = (folder: string, program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });

  it("makes a gzipped tar by default and lets the input go", async () => {
    using folder = makeFolder();
    const run = await pack(folder.path, {});
    expect(run.artifacts).toEqual([
      {
        builderId: "packer.post-processor.compress",
        id: "",
        description: "compressed artifacts in: packer_n_file",
        files: ["packer_n_file"],
      },
    ]);
    expect(run.lines[2]).toBe("==> null.n (compress): Tarring packer_n_file with pgzip");
    expect(run.lines[3]).toBe("==> null.n (compress): Archive packer_n_file completed");
    expect(unpack(folder.path, "tar", "-xzOf", "packer_n_file", "a.txt")).toBe(content);
    expect(existsSync(path.join(folder.path, "in/a.txt"))).toBe(false);
  });

  it("makes an empty archive of an artifact without files, as Packer does, but compresses nothing", async () => {
    using folder = makeFolder();
    const run = await runComponents({ folder: folder.path, posts: [post("compress", { output: "x.tar.gz" })] });
    expect(run.outcome).toBe("succeeded");
    expect(unpack(folder.path, "tar", "-tzf", "x.tar.gz")).toBe("");
    const single = await runComponents({ folder: folder.path, posts: [post("compress", { output: "x.gz" })] });
    expect(single.error).toContain("Post-processor failed: The artifact Null has no files");
  });

  it("keeps the input when asked to", async () => {
    using folder = makeFolder();
    const run = await pack(folder.path, { output: "x.tar" }, { keepInput: true });
    expect(run.artifacts).toHaveLength(2);
    expect(unpack(folder.path, "tar", "-tf", "x.tar")).toBe("a.txt\n");
  });

  it.each([
    ["x.lz4", ["lz4", "-dc", "x.lz4"]],
    ["x.xz", ["xz", "-dc", "x.xz"]],
    ["x.bzip2", ["sh", "-c", "bzip2 -dc < x.bzip2"]],
    ["x.gz", ["gzip", "-dc", "x.gz"]],
    ["x.bgzf", ["sh", "-c", "gzip -dc < x.bgzf"]],
    ["x.zip", ["unzip", "-p", "x.zip", "in/a.txt"]],
  ])("writes %s so that the usual program reads it", async (output, [program = "", ...args]) => {
    using folder = makeFolder();
    const run = await pack(folder.path, { output, compression_level: 12 });
    expect(run.error).toBeUndefined();
    if (!hasProgram(program === "sh" ? ((args[1] ?? "").split(" ")[0] ?? "") : program)) return;
    expect(unpack(folder.path, program, ...args) === content).toBe(true);
  });

  it("writes zst through format only", async () => {
    if (!hasProgram("zstd")) return;
    using folder = makeFolder();
    await pack(folder.path, { output: "x", format: "zst" });
    expect(unpack(folder.path, "zstd", "-dcq", "x") === content).toBe(true);
  });

  it("writes blocks that carry their own length", async () => {
    using folder = makeFolder();
    await pack(folder.path, { output: "x.bgzf" });
    const bytes = readFileSync(path.join(folder.path, "x.bgzf"));
    let blocks = 0;
    let text = "";
    for (let at = 0; at < bytes.length; blocks += 1) {
      const size = bytes.readUInt16LE(at + 16) + 1;
      text += gunzipSync(bytes.subarray(at, at + size)).toString("utf8");
      at += size;
    }
    expect(text === content).toBe(true);
    expect(blocks).toBe(Math.ceil(Buffer.byteLength(content) / 0xff00) + 1);
  });

  it("refuses several files without an archive", async () => {
    using folder = makeFolder();
    for (const name of ["a", "b"]) writeFileSync(path.join(folder.path, name), name);
    const posts = [post("artifice", { files: ["a", "b"] }), post("compress", { output: "x.gz" })];
    const run = await runComponents({ folder: folder.path, posts });
    expect(run.error).toBe(
      "1 error(s) occurred:\n\n* Post-processor failed: Only one file can be compressed without an archive, but the artifact has 2",
    );
  });

  describe("without the usual programs", () => {
    const withoutPrograms = (folder: string) => ({
      host: createFakeHost({ cwd: folder, temporary: folder }, { PATH: "" }),
    });
    // Longer than two blocks of the library, and half of it cannot be compressed.
    const mixed = Buffer.concat([Buffer.from("again and again\n".repeat(60_000)), randomBytes(1_000_000)]);

    it.each([
      ["x.xz", "xz"],
      ["x.bzip2", "bzip2"],
    ])("writes %s with a library, so that the usual program reads it", async (output, program) => {
      for (const data of [mixed, Buffer.alloc(0), Buffer.from("x")]) {
        using folder = makeFolder();
        writeFileSync(path.join(folder.path, "data"), data);
        const posts = [post("artifice", { files: ["data"] }), post("compress", { output })];
        const run = await runComponents({ folder: folder.path, posts, options: withoutPrograms(folder.path) });
        expect(run.error).toBeUndefined();
        expect(run.lines).toContain(
          `==> null.n (compress): The program ${program} is not installed: compressing with a library, which takes longer`,
        );
        const input = readFileSync(path.join(folder.path, output));
        expect(execFileSync(program, ["-dc"], { input, maxBuffer: 2 ** 26 }).equals(data)).toBe(true);
      }
    });

    it("writes a tar through the library", async () => {
      using folder = makeFolder();
      const posts = [post("compress", { output: "x.tar.xz" })];
      const run = await runComponents({ folder: folder.path, machine, posts, options: withoutPrograms(folder.path) });
      expect(run.error).toBeUndefined();
      expect(unpack(folder.path, "tar", "-xJOf", "x.tar.xz", "a.txt")).toBe(content);
    });

    it("says which program is missing from 1 GiB on and leaves no half-written file", async () => {
      using folder = makeFolder();
      const file = path.join(folder.path, "data");
      writeFileSync(file, "");
      const posts = [post("artifice", { files: ["data"] }), post("compress", { output: "x.tar.xz" })];
      truncateSync(file, 1024 ** 3);
      const run = await runComponents({ folder: folder.path, posts, options: withoutPrograms(folder.path) });
      expect(run.error).toContain("The program xz is needed to write xz files and is not installed");
      expect(run.codes).toEqual(["compress/tool-missing"]);
      expect(existsSync(path.join(folder.path, "x.tar.xz"))).toBe(false);
      expect(existsSync(file)).toBe(true);
    });

    it("says which program is missing for zst, which the library cannot write", async () => {
      using folder = makeFolder();
      const posts = [post("compress", { output: "x", format: "zst" })];
      const run = await runComponents({ folder: folder.path, machine, posts, options: withoutPrograms(folder.path) });
      expect(run.error).toContain("The program zstd is needed to write zstd files and is not installed");
    });
  });
});

function hasProgram(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
