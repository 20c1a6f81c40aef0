import { spawnSync } from "node:child_process";
import { repositoryRoot, toolPath } from "../run-tool.js";

/** Decoder and JSON Schema on 20 000 generated configurations. */
export function run(): number {
  const test = "packages/compiler/test/schema-differential.test.ts";
  const { status } = spawnSync(
    toolPath("vitest"),
    ["run", "--project", "unit", "--reporter=verbose", "--testTimeout=1200000", test],
    {
      cwd: repositoryRoot,
      stdio: "inherit",
      env: { ...process.env, HCLBUILD_RUNS: "20000" },
    },
  );
  return status ?? 1;
}
