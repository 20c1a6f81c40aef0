import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Infer } from "@hclbuild/schema";
import {
  buildError,
  messageOf,
  sleep,
  systemErrorCode,
  type ArtifactRecord,
  type Json,
  type PostProcessContext,
  type PostProcessorRuntime,
} from "@hclbuild/sdk";
import { artifactCatalog, manifestCatalog } from "../catalog.js";
import type { manifest } from "../schema/post-processors.js";
import { describeFileError, resolveLocal } from "../script/prepare.js";

type ManifestConfig = Infer<typeof manifest>;

interface ManifestFile {
  readonly builds: readonly Json[];
  readonly last_run_uuid: string;
}

/** The `manifest` post-processor: adds the artifact to a JSON file and passes it on. */
export const runtime: PostProcessorRuntime<ManifestConfig> = {
  async process(context, input, config) {
    const file = resolveLocal(config.output, context);
    const entry = await manifestEntry(context, config, input.describe());
    const unlock = await lockFile(context, `${file}.lock`);
    try {
      const current = await readManifest(context, config.output);
      const next = { builds: [...current.builds, entry], last_run_uuid: context.build.runId };
      await writeFile(file, JSON.stringify(next, undefined, 2), { mode: 0o664 }).catch((error: unknown) => {
        const reason = describeFileError(error);
        throw buildError(artifactCatalog["output-unwritable"], { path: config.output, reason }, { cause: error });
      });
    } finally {
      await unlock();
    }
    // Removing the artifact would make the manifest wrong.
    return { artifact: input, keepInput: true, forced: true };
  },
};

async function manifestEntry(
  context: PostProcessContext,
  config: ManifestConfig,
  artifact: ArtifactRecord,
): Promise<Json> {
  const files: Json[] = [];
  for (const file of artifact.files) {
    const info = await stat(resolveLocal(file, context)).catch((error: unknown) => {
      const reason = describeFileError(error);
      throw buildError(artifactCatalog["file-unreadable"], { path: file, reason }, { cause: error });
    });
    files.push({ name: config.strip_path ? path.basename(file) : file, size: info.size });
  }
  return {
    name: context.build.sourceName,
    builder_type: context.build.builderType,
    ...(config.strip_time ? {} : { build_time: Math.floor(context.clock.now() / 1000) }),
    files: files.length === 0 ? null : files,
    artifact_id: artifact.id,
    packer_run_uuid: context.build.runId,
    custom_data: config.custom_data ?? null,
  };
}

async function readManifest(context: PostProcessContext, file: string): Promise<ManifestFile> {
  const empty: ManifestFile = { builds: [], last_run_uuid: "" };
  const text = await readFile(resolveLocal(file, context), "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw buildError(
      artifactCatalog["output-unwritable"],
      { path: file, reason: describeFileError(error) },
      { cause: error },
    );
  });
  if (text === "") return empty;
  const found = parseManifest(file, text);
  // A forced run begins the file anew, but only once: later builds of the same run add to it.
  return context.build.force && found.last_run_uuid !== context.build.runId ? empty : found;
}

function parseManifest(file: string, text: string): ManifestFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw buildError(manifestCatalog["not-json"], { path: file, reason: messageOf(error) }, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw buildError(manifestCatalog["not-json"], { path: file, reason: "it does not hold an object" });
  }
  const builds: unknown = "builds" in parsed ? parsed.builds : [];
  const run: unknown = "last_run_uuid" in parsed ? parsed.last_run_uuid : "";
  return { builds: Array.isArray(builds) ? (builds as Json[]) : [], last_run_uuid: typeof run === "string" ? run : "" };
}

/** Pauses before the attempts to take the lock, in milliseconds. */
const lockPauses = [0, 200, 400];

/**
 * Takes the lock that concurrent builds, Packer's included, agree on. After three attempts the work goes on without it:
 * a lock file that a killed run left behind must not stop every later one.
 */
async function lockFile(context: PostProcessContext, lock: string): Promise<() => Promise<void>> {
  for (const pause of lockPauses) {
    await sleep(context.clock, pause, context.signal);
    try {
      await (await open(lock, "wx", 0o664)).close();
      return async () => rm(lock, { force: true });
    } catch (error) {
      if (systemErrorCode(error) !== "EEXIST") break;
    }
  }
  context.log.debug("manifest lock not taken", { lock });
  return async () => undefined;
}
