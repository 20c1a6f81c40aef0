import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDigestMemory } from "../../src/checkpoints/digest-memory.js";
import { digestFiles, stampFiles, type FilesDigest } from "../../src/checkpoints/file-digest.js";
import { baseKey, stepKey } from "../../src/checkpoints/keys.js";
import { projectSalt } from "../../src/checkpoints/salt.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-inputs-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const { signal } = new AbortController();
const host = {};

async function digest(...names: readonly string[]): Promise<FilesDigest> {
  const known = createDigestMemory(undefined, () => 0);
  return await digestFiles([{ files: names.map((name) => join(folder, name)) }], { signal, known, host });
}

describe("files", () => {
  beforeEach(() => {
    mkdirSync(join(folder, "d/sub"), { recursive: true });
    writeFileSync(join(folder, "d/sub/a"), "one");
    symlinkSync("sub/a", join(folder, "d/link"));
  });

  test.each([
    ["bytes", () => writeFileSync(join(folder, "d/sub/a"), "two")],
    ["mode", () => chmodSync(join(folder, "d/sub/a"), 0o600)],
    ["name", () => writeFileSync(join(folder, "d/b"), "")],
    ["folder", () => mkdirSync(join(folder, "d/empty"))],
    [
      "target of a link",
      () => {
        rmSync(join(folder, "d/link"));
        symlinkSync("sub", join(folder, "d/link"));
      },
    ],
  ])("%s of what is in a folder counts", async (_what, change) => {
    const before = await digest("d");
    change();
    expect((await digest("d")).content).not.toEqual(before.content);
  });

  test("times do not count, but tell that a file was written", async () => {
    const before = await digest("d/sub/a");
    utimesSync(join(folder, "d/sub/a"), 1, 2);
    expect((await digest("d/sub/a")).content).toEqual(before.content);
    expect(await stampFiles([{ files: [join(folder, "d/sub/a")] }], { signal, host })).not.toBe(before.stamp);
  });

  test("the program's own folder does not count, nor does what happens in it", async () => {
    const files = [{ files: [folder] }];
    const own = {
      signal,
      host: { stateDirectory: join(folder, "d/.state") },
      known: createDigestMemory(undefined, () => 0),
    };
    mkdirSync(join(folder, "d/.state"));
    const before = await digestFiles(files, own);
    writeFileSync(join(folder, "d/.state/journal"), "x");
    expect(await digestFiles(files, own)).toEqual(before);
    expect(JSON.stringify(before.content)).not.toContain(".state");
    writeFileSync(join(folder, "d/.statement"), "x");
    expect((await digestFiles(files, own)).content).not.toEqual(before.content);
  });

  test("what the component leaves out does not count, nor that it comes and goes", async () => {
    const reading = { signal, host, known: createDigestMemory(undefined, () => 0) };
    const leavesOut = (path: string, isFolder: boolean): boolean => isFolder && path === join(folder, "d/made");
    const inputs = [{ files: [join(folder, "d")], leavesOut }];
    const before = await digestFiles(inputs, reading);
    mkdirSync(join(folder, "d/made"));
    writeFileSync(join(folder, "d/made/x"), "x");
    expect(await digestFiles(inputs, reading)).toEqual(before);
    expect(await stampFiles(inputs, reading)).toBe(before.stamp);
    writeFileSync(join(folder, "d/more"), "x");
    expect(await stampFiles(inputs, reading)).not.toBe(before.stamp);
  });

  test("a missing file is an error now, and a changed one later", async () => {
    await expect(digest("none")).rejects.toThrow("ENOENT");
    expect(await stampFiles([{ files: [join(folder, "none")] }], { signal, host })).toBe("");
  });
});

describe("the memory of digests", () => {
  const large = { stamp: "s", size: 2_000_000n, changed: 0n };
  const answer = (text: string) => async (): Promise<string> => text;

  test("outlives the run for a large file that has been there for a while", async () => {
    const now = (): number => 10_000;
    const first = createDigestMemory(folder, now);
    expect(await first.digestOf(large, answer("x"))).toBe("x");
    first.save();
    expect(await createDigestMemory(folder, now).digestOf(large, answer("y"))).toBe("x");
    expect(await createDigestMemory(folder, now).digestOf({ ...large, stamp: "t" }, answer("y"))).toBe("y");
  });

  test("does not for one that may still be changing", async () => {
    const now = (): number => 1000;
    const first = createDigestMemory(folder, now);
    await first.digestOf(large, answer("x"));
    first.save();
    expect(await createDigestMemory(folder, now).digestOf(large, answer("y"))).toBe("y");
  });
});

describe("keys", () => {
  const component = { plugin: "core", kind: "provisioner", name: "shell", schema: "sha256:0" } as const;
  const build = { sourceName: "a", builderType: "docker", coreVersion: "1.16.0" };
  const base = { component: { ...component, kind: "builder" }, base: { image: "i" }, build } as const;
  const files = { content: [["", "file", 420, "00"]], stamp: "" };
  const facts = {
    component,
    options: { config: { inline: ["a"], secret: "s" }, sensitive: new Set(["secret"]) },
    files,
    values: undefined,
    salt: Buffer.alloc(32),
  };

  test("differ with each input", () => {
    const key = stepKey(baseKey(base), facts);
    const others = [
      stepKey(baseKey({ ...base, base: { image: "j" } }), facts),
      stepKey(baseKey({ ...base, build: { ...build, sourceName: "b" } }), facts),
      stepKey(baseKey(base), { ...facts, component: { ...component, schema: "sha256:1" } }),
      stepKey(baseKey(base), { ...facts, options: { ...facts.options, config: { inline: ["b"], secret: "s" } } }),
      stepKey(baseKey(base), { ...facts, options: { ...facts.options, config: { inline: ["a"], secret: "t" } } }),
      stepKey(baseKey(base), { ...facts, files: { ...files, content: [] } }),
      stepKey(baseKey(base), { ...facts, salt: Buffer.alloc(32, 1) }),
      stepKey(baseKey(base), { ...facts, values: { STAMP: "1" } }),
      stepKey(baseKey(base), { ...facts, values: { STAMP: "2" } }),
      stepKey(key, facts),
    ];
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set([key, ...others]).size).toBe(others.length + 1);
  });

  test("do not depend on the salt where nothing is sensitive, nor on the order of options", () => {
    const plain = { ...facts, options: { config: { a: 1, b: 2 }, sensitive: new Set<string>() } };
    const other = {
      ...plain,
      salt: Buffer.alloc(32, 1),
      options: { config: { b: 2, a: 1 }, sensitive: new Set<string>() },
    };
    expect(stepKey("k", plain)).toBe(stepKey("k", other));
  });
});

test("the salt is made once, for its user alone", () => {
  const salt = projectSalt(folder);
  expect(salt).toHaveLength(32);
  expect(projectSalt(folder)).toEqual(salt);
  expect(statSync(join(folder, "salt")).mode & 0o777).toBe(0o600);
});
