import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listContext, listDockerfile, packContext, type BuildContextRequest } from "../../src/engine/build-context.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-context-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function request(dockerfile = "context/Dockerfile"): BuildContextRequest {
  return { directory: join(folder, "context"), dockerfile: join(folder, dockerfile), host: {} };
}

/** Names and contents of an archive; links have their target as content. */
async function unpack(archive: Readable): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const reader = extract();
  archive.on("error", (error) => reader.destroy(error));
  archive.pipe(reader as unknown as NodeJS.WritableStream);
  for await (const entry of reader) {
    let text = entry.header.linkname ?? "";
    for await (const chunk of entry) text += String(chunk);
    found[entry.header.name] = text;
  }
  return found;
}

const failure = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as unknown });

describe("what cannot be read", () => {
  it("is named: a folder that is not there", async () => {
    const expected = failure("docker/build-input-unreadable", join(folder, "context"));
    await expect(listContext(request())).rejects.toEqual(expected);
    write({ Dockerfile: "FROM a\n" });
    await expect(packContext(request("Dockerfile"))).rejects.toEqual(expected);
  });

  it("is named: an ignore file that is a folder", async () => {
    write({ "context/Dockerfile": "FROM a\n", "context/.dockerignore/file": "" });
    const expected = failure("docker/build-input-unreadable", join(folder, "context/.dockerignore"));
    await expect(listContext(request())).rejects.toEqual(expected);
  });

  it("is named: a Dockerfile that is a folder, or gone", async () => {
    write({ "context/Dockerfile/file": "" });
    const expected = failure("docker/build-input-unreadable", join(folder, "context/Dockerfile"));
    await expect(listDockerfile(request().dockerfile)).rejects.toEqual(expected);
    rmSync(request().dockerfile, { recursive: true });
    await expect(listDockerfile(request().dockerfile)).rejects.toEqual(expected);
    await expect(packContext(request())).rejects.toEqual(expected);
  });

  // The archive is read only as far as it is asked for, so that what comes later can still change.
  it("is named: a file that is gone when its turn comes", async () => {
    write({ "context/Dockerfile": "FROM a\n", "context/a": "x".repeat(4_000_000), "context/b": "y" });
    const { archive } = await packContext(request());
    rmSync(join(folder, "context/b"));
    const expected = failure("docker/build-input-unreadable", join(folder, "context/b"));
    await expect(unpack(archive)).rejects.toEqual(expected);
  });

  it("is named: a file that has become shorter when its turn comes", async () => {
    write({ "context/Dockerfile": "FROM a\n", "context/a": "x".repeat(4_000_000), "context/b": "y".repeat(200_000) });
    const { archive } = await packContext(request());
    truncateSync(join(folder, "context/b"), 100_000);
    const expected = failure("docker/build-input-changed", join(folder, "context/b"));
    await expect(unpack(archive)).rejects.toEqual(expected);
  });
});

it("a context does not have the program's own folder, even if the ignore file asks for it", async () => {
  write({ "context/Dockerfile": "FROM a\n", "context/.dockerignore": "!.state\n", "context/.state/salt": "secret" });
  const own = { ...request(), host: { stateDirectory: join(folder, "context/.state") } };
  const { archive } = await packContext(own);
  expect(Object.keys(await unpack(archive))).toEqual([".dockerignore", "Dockerfile"]);
});

describe("a Dockerfile that is a link", () => {
  it("to a file outside of the context is packed as one from outside", async () => {
    write({ "elsewhere/My.Dockerfile": "FROM a\n", "context/file": "" });
    symlinkSync("../elsewhere/My.Dockerfile", join(folder, "context/Dockerfile"));
    const { archive, dockerfile } = await packContext(request());
    const packed = await unpack(archive);
    expect(packed[dockerfile]).toBe("FROM a\n");
    expect(packed["Dockerfile"]).toBe("../elsewhere/My.Dockerfile");
    expect(packed[".dockerignore"]?.split("\n")).toContain(dockerfile);
  });

  it("to a file of the context is packed as that file, even if both are ignored", async () => {
    write({ "context/deep/My.Dockerfile": "FROM a\n", "context/.dockerignore": "deep\nDockerfile\n" });
    symlinkSync("deep/My.Dockerfile", join(folder, "context/Dockerfile"));
    const { archive, dockerfile } = await packContext(request());
    expect(dockerfile).toBe("deep/My.Dockerfile");
    expect((await unpack(archive))[dockerfile]).toBe("FROM a\n");
  });

  it("and a context behind a link: the Dockerfile is inside of it", async () => {
    write({ "real/Dockerfile": "FROM a\n" });
    symlinkSync("real", join(folder, "context"));
    const { archive, dockerfile } = await packContext(request());
    archive.destroy();
    expect(dockerfile).toBe("Dockerfile");
  });
});
