import { createWriteStream, type Stats } from "node:fs";
import { open, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { describeSystemError } from "@hclbuild/diagnostics";
import type { Infer } from "@hclbuild/schema";
import {
  buildError,
  createArtifact,
  createNoneCommunicator,
  makeFolders,
  resolveLocal,
  type BuildContext,
  type PhasedBuilder,
} from "@hclbuild/sdk";
import { fileBuilderCatalog } from "./catalog.js";
import type { fileBuilder } from "./schema/index.js";

type FileConfig = Infer<typeof fileBuilder>;

/** Writes the file; provisioners then run against a machine that does not exist. */
export const runtime: PhasedBuilder<FileConfig> = {
  form: "phased",
  async launch(context, config) {
    const target = resolveLocal(config.target, context);
    try {
      makeFolders(path.dirname(target), 0o755);
      await refusePipe(target, config.target);
      if (config.source !== undefined && config.source !== "") await copySource(context, config.source, config.target);
      else await writeFile(target, config.content ?? "", { mode: 0o600 });
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof Error && error.name === "BuildError") throw error;
      throw buildError(
        fileBuilderCatalog["target-unwritable"],
        { path: config.target, reason: describeSystemError(error) },
        { cause: error },
      );
    }
    return { output: {}, connect: createNoneCommunicator({ transfers: "ignored" }) };
  },
  async capture(context, _machine, config) {
    const target = resolveLocal(config.target, context);
    return createArtifact(
      {
        builderId: "packer.file",
        id: "File",
        description: `Stored file: ${config.target}`,
        files: [config.target],
      },
      { destroy: async () => rm(target, { force: true }) },
    );
  },
};

/** Opening a pipe waits for somebody who reads it, perhaps for ever, and cannot be interrupted. */
async function refusePipe(target: string, shown: string): Promise<void> {
  const info = await stat(target).catch(() => undefined);
  if (info === undefined || !(info.isFIFO() || info.isSocket())) return;
  throw buildError(fileBuilderCatalog["target-unwritable"], { path: shown, reason: `it is ${kindOf(info)}` });
}

async function copySource(context: BuildContext, source: string, target: string): Promise<void> {
  const from = resolveLocal(source, context);
  const unreadable = (error: unknown): never => {
    const reason = describeSystemError(error);
    throw buildError(fileBuilderCatalog["source-unreadable"], { path: source, reason }, { cause: error });
  };
  const info = await stat(from).catch(unreadable);
  // Even opening a pipe may wait for ever, and cannot be interrupted.
  if (!info.isFile()) {
    throw buildError(fileBuilderCatalog["source-unreadable"], { path: source, reason: `it is ${kindOf(info)}` });
  }
  // Opened before the target is made: a source that cannot be read leaves none.
  const file = await open(from).catch(unreadable);
  try {
    context.ui.say(`Copying ${source} to ${target}`);
    await pipeline(file.createReadStream(), createWriteStream(resolveLocal(target, context)), {
      signal: context.signal,
    });
    context.ui.say(`Copied ${info.size} bytes`);
  } finally {
    await file.close();
  }
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return "a folder";
  if (info.isFIFO()) return "a named pipe";
  return info.isSocket() ? "a socket" : "a device";
}
