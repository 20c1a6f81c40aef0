import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { RunContext } from "@hclbuild/sdk";

/**
 * Writes inline commands into a temporary file, which goes away with the step. Lines are joined with a line feed and
 * the file ends with one.
 */
export async function writeInlineScript(
  context: Pick<RunContext, "workDir" | "random" | "scope">,
  content: { readonly lines: readonly string[]; readonly extension?: string; readonly mode: number },
): Promise<string> {
  const name = `packer-shell${context.random.integer(4_000_000_000)}${content.extension ?? ""}`;
  const file = path.join(context.workDir, name);
  context.scope.defer(`remove ${name}`, async () => rm(file, { force: true }));
  await writeFile(file, content.lines.map((line) => `${line}\n`).join(""), { mode: content.mode });
  return file;
}
