import { spawnSync } from "node:child_process";
import { repositoryRoot, toolPath } from "../run-tool.js";

/** The long forms of tests: 1 GB of output, and a file of 1 GiB over SSH. */
export function run(): number {
  const tests = ["integration/faults/machine.test.ts", "integration/ssh/acceptance.test.ts"];
  const projects = ["--project", "integration-faults", "--project", "integration-ssh"];
  const { status } = spawnSync(toolPath("vitest"), ["run", ...projects, "--testTimeout=1200000", ...tests], {
    cwd: repositoryRoot,
    stdio: "inherit",
    env: { ...process.env, HCLBUILD_FULL: "1" },
  });
  return status ?? 1;
}
