import { describe, expect, test } from "vitest";
import type { ChunkRecord } from "../bundle.js";
import { findBudgetFaults, staticClosure } from "../size-budget.js";

function chunk(file: string, record: Partial<ChunkRecord> = {}): ChunkRecord {
  return { file, bytes: 10, isEntry: false, modules: [], imports: [], dynamicImports: [], ...record };
}

const entry = chunk("cli.cjs", { isEntry: true, imports: ["a.cjs"], dynamicImports: ["heavy.cjs"] });
const heavy = chunk("heavy.cjs", { bytes: 500_000, modules: ["node_modules/chevrotain/lib/index.js"] });

describe("what loads with the entry", () => {
  test("follows imports through circles and leaves out what loads on demand", () => {
    const chunks = [entry, chunk("a.cjs", { imports: ["b.cjs"] }), chunk("b.cjs", { imports: ["a.cjs"] }), heavy];
    expect(staticClosure(chunks, entry).map((record) => record.file)).toEqual(["cli.cjs", "a.cjs", "b.cjs"]);
    expect(findBudgetFaults(chunks)).toEqual([]);
  });
  test("must not be too large", () => {
    expect(findBudgetFaults([entry, chunk("a.cjs", { bytes: 99_991 })])).toEqual([
      "The entry loads 100001 bytes; the budget is 100000.",
    ]);
  });
  test.each([
    "node_modules/chevrotain/lib/index.js",
    "node_modules/@aws-sdk/client-ec2/dist/index.js",
    "node_modules/dockerode/lib/docker.js",
    "node_modules/ssh2/lib/index.js",
    "node_modules/execa/index.js",
    "node_modules/ajv/dist/ajv.js",
    "packages/language-server/src/index.ts",
  ])("must not hold %s", (module) => {
    expect(findBudgetFaults([entry, chunk("a.cjs", { modules: [module] })])).toEqual([
      `The entry loads ${module} through a.cjs.`,
    ]);
  });
});
