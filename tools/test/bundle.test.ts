import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { wrap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { chunkGraphFile, type ChunkRecord } from "../bundle.js";
import { repositoryRoot } from "../run-tool.js";

const directory = join(repositoryRoot, "packages/cli/dist/chunks");
let records: readonly ChunkRecord[];

beforeAll(() => {
  const fresh = spawnSync(process.execPath, [join(repositoryRoot, "tools/bootstrap.mjs"), "is-bundled"]);
  if (fresh.status !== 0) throw new Error("The bundle is out of date: npm run build");
  records = JSON.parse(readFileSync(chunkGraphFile, "utf8")) as readonly ChunkRecord[];
});

function chunkWith(module: string): string {
  const record = records.find(({ modules }) => modules.includes(module));
  if (record === undefined) throw new Error(`no chunk holds ${module}`);
  return join(repositoryRoot, "packages/cli/dist", record.file);
}

test.each([
  "packages/cli/src/dispatch.ts",
  "packages/cli/src/commands/validate.ts",
  "packages/cli/src/commands/build.ts",
  "packages/syntax/src/parse.ts",
  "packages/compiler/src/index.ts",
  "packages/executor/src/index.ts",
])("the chunk that holds %s has a compiled form beside it", (module) => {
  expect(existsSync(`${chunkWith(module)}.cache`)).toBe(true);
});

test("V8 accepts every compiled form", () => {
  const cached = readdirSync(directory).filter((file) => file.endsWith(".cache"));
  const rejected = cached.filter((file) => {
    const chunk = join(directory, file.slice(0, -".cache".length));
    const cachedData = readFileSync(join(directory, file));
    return new Script(wrap(readFileSync(chunk, "utf8")), { filename: chunk, cachedData }).cachedDataRejected;
  });
  expect(rejected).toEqual([]);
});

test("no compiled form tells where it was made", () => {
  const cached = readdirSync(directory).filter((file) => file.endsWith(".cache"));
  expect(cached.filter((file) => readFileSync(join(directory, file)).includes(repositoryRoot))).toEqual([]);
});

test("no chunk has a character that would make V8 keep its text in two bytes for each", () => {
  const chunks = records.map(({ file }) => join(repositoryRoot, "packages/cli/dist", file));
  expect(chunks.filter((chunk) => /[^\0-\x7f]/.test(readFileSync(chunk, "latin1")))).toEqual([]);
});

test.each(["yaml", "re2js", "bcryptjs"])("%s is deferred", (library) => {
  expect(records.some(({ modules }) => modules.includes(`\0deferred:${library}`))).toBe(true);
});

test("a command that hashes, packs and starts nothing does not load what does", () => {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a.pkr.hcl"), "a = 1\n");
  writeFileSync(
    join(folder, "probe.cjs"),
    `const { exit } = process;
    process.exit = (code) => {
      console.error(JSON.stringify(process.moduleLoadList));
      exit.call(process, code);
    };`,
  );
  const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
  const args = ["--require", join(folder, "probe.cjs"), program, "fmt", "-check", "a.pkr.hcl"];
  const { stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const loaded = JSON.parse(stderr) as readonly string[];
  expect(loaded).toContain("NativeModule fs");
  expect(loaded.filter((name) => /^NativeModule (crypto|zlib|child_process)$/.test(name))).toEqual([]);
});
