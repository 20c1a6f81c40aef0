import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pack, type Pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packDirectory, packFile, unpackDirectory, unpackFile, UnsafeArchiveEntry } from "../../src/engine/archive.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hclbuild-archive-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function archiveOf(fill: (archive: Pack) => void): Readable {
  const archive = pack();
  fill(archive);
  archive.finalize();
  return archive as unknown as Readable;
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const piece of stream) text += String(piece);
  return text;
}

describe("packDirectory and unpackDirectory", () => {
  it("keep content, modes, times and links, and leave out what is excluded", async () => {
    const source = join(folder, "source");
    await mkdir(join(source, "sub/skip"), { recursive: true });
    await writeFile(join(source, "a.sh"), "echo a\n");
    await chmod(join(source, "a.sh"), 0o750);
    await writeFile(join(source, "sub/empty"), "");
    await writeFile(join(source, "sub/skip/x"), "x");
    await symlink("a.sh", join(source, "link"));
    await chmod(join(source, "sub"), 0o500);
    const archive = packDirectory({ local: source, prefix: "any", includeRoot: true, exclude: ["sub/skip"] });
    const target = join(folder, "target");
    await unpackDirectory(archive, target, []);
    expect(await readFile(join(target, "a.sh"), "utf8")).toBe("echo a\n");
    expect((await lstat(join(target, "a.sh"))).mode & 0o777).toBe(0o750);
    expect((await lstat(join(target, "sub"))).mode & 0o777).toBe(0o500);
    expect((await lstat(join(target, "sub/empty"))).size).toBe(0);
    expect(await readlink(join(target, "link"))).toBe("a.sh");
    await expect(lstat(join(target, "sub/skip"))).rejects.toThrow("ENOENT");
    await chmod(join(source, "sub"), 0o700);
    await chmod(join(target, "sub"), 0o700);
  });

  it("never write outside of the target through ..", async () => {
    const archive = archiveOf((tar) => {
      tar.entry({ name: "dir/", type: "directory" });
      tar.entry({ name: "dir/../../../escape" }, "bad");
    });
    await unpackDirectory(archive, join(folder, "target"), []).catch((error: unknown) =>
      expect(error).toBeInstanceOf(UnsafeArchiveEntry),
    );
    await expect(lstat(join(folder, "escape"))).rejects.toThrow("ENOENT");
    await expect(lstat(join(folder, "../escape"))).rejects.toThrow("ENOENT");
  });

  it("never write through a link that the archive made", async () => {
    const outside = join(folder, "outside");
    await mkdir(outside);
    const archive = archiveOf((tar) => {
      tar.entry({ name: "dir/link", type: "symlink", linkname: outside });
      tar.entry({ name: "dir/link/file" }, "bad");
    });
    await expect(unpackDirectory(archive, join(folder, "target"), [])).rejects.toThrow(UnsafeArchiveEntry);
    await expect(lstat(join(outside, "file"))).rejects.toThrow("ENOENT");
  });
});

describe("packFile and unpackFile", () => {
  it("carry one file", async () => {
    const archive = packFile(
      { name: "f", size: 5, mode: 0o640, mtime: new Date(1000), owner: { uid: 3, gid: 4 } },
      Readable.from([Buffer.from("hello")]),
    );
    const target = new PassThrough();
    const [found, text] = await Promise.all([unpackFile(archive, target), textOf(target)]);
    expect(found).toEqual({ kind: "file", size: 5, mode: 0o640 });
    expect(text).toBe("hello");
  });

  it("say what was found when it is no file", async () => {
    const link = archiveOf((tar) => tar.entry({ name: "l", type: "symlink", linkname: "to" }));
    expect(await unpackFile(link, new PassThrough())).toEqual({ kind: "link", target: "to" });
    const directory = archiveOf((tar) => tar.entry({ name: "d/", type: "directory" }));
    expect(await unpackFile(directory, new PassThrough())).toEqual({ kind: "directory" });
  });
});
