import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const moduleFile = "module reference\n\ngo 1.23\n\nrequire github.com/hashicorp/hcl/v2 v2.24.0\n";

/**
 * What a Go program on HCL's published module answers: it reads JSON values from standard input, one a line, and prints
 * one for each. `undefined`, with the reason on standard error, where Go or its module proxy is missing.
 */
export function askReference<Answer>(program: string, questions: readonly unknown[]): readonly Answer[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-reference-"));
  try {
    writeFileSync(join(folder, "go.mod"), moduleFile);
    writeFileSync(join(folder, "main.go"), program);
    const build = spawnSync("sh", ["-c", "go mod tidy && go build -o reference ."], { cwd: folder, encoding: "utf8" });
    if (build.status !== 0) {
      console.error(`The reference cannot be built: ${build.stderr || (build.error?.message ?? "")}`);
      return undefined;
    }
    const input = questions.map((question) => `${JSON.stringify(question)}\n`).join("");
    const { stdout } = spawnSync(join(folder, "reference"), { input, encoding: "utf8", maxBuffer: 1 << 30 });
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
