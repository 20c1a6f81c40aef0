import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot, toolPath } from "../run-tool.js";

const componentPackages = readdirSync(join(repositoryRoot, "packages")).filter((name) =>
  existsSync(join(repositoryRoot, "packages", name, "src/schema/index.ts")),
);

// Reading a template must run none of a component's code. So a schema folder compiles by itself, and what it pulls in
// lies in schema folders, in the schema vocabulary, in the connection options and in the two lowest layers.
const allowed = /^packages\/([^/]+\/src\/schema\/|(schema|diagnostics|value)\/src\/|sdk\/src\/connect-)/;

test("component schemas compile without any runtime", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(repositoryRoot, "node_modules/.cache-schema-"));
  try {
    const project = {
      extends: "../../tsconfig.check.json",
      compilerOptions: { rootDir: repositoryRoot },
      include: [],
      files: componentPackages.map((name) => join(repositoryRoot, "packages", name, "src/schema/index.ts")),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    const { stdout } = spawnSync(toolPath("tsc"), ["-p", folder, "--listFiles"], { encoding: "utf8" });
    expect(stdout.split("\n").filter((line) => line.includes("error TS"))).toEqual([]);
    const ours = stdout
      .split("\n")
      .filter((line) => line.startsWith(`${repositoryRoot}packages/`))
      .map((line) => line.slice(repositoryRoot.length));
    expect(ours.length).toBeGreaterThan(componentPackages.length);
    expect(ours.filter((file) => !allowed.test(file))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
