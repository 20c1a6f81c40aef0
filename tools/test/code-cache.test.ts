import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { wrap } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { beforeAll, expect, test } from "vitest";
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
