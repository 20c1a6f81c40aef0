import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildError, type RunContext } from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";
import { describeFileError } from "./prepare.js";

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
  await writeTemporary(file, { text: content.lines.map((line) => `${line}\n`).join(""), mode: content.mode });
  return file;
}

/**
 * Writes a file into a folder for temporary files.
 * @throws BuildError `script/temporary-unwritable` when the disk is full, for example.
 */
export async function writeTemporary(
  file: string,
  content: { readonly text: string; readonly mode: number },
): Promise<void> {
  await writeFile(file, content.text, { mode: content.mode }).catch((error: unknown) => {
    const reason = describeFileError(error);
    throw buildError(scriptCatalog["temporary-unwritable"], { path: file, reason }, { cause: error });
  });
}
