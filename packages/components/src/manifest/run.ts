import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Infer } from "@hclbuild/schema";
import {
  buildError,
  messageOf,
  systemErrorCode,
  resolveLocal,
  type ArtifactRecord,
  type Json,
  type PostProcessContext,
  type PostProcessorRuntime,
} from "@hclbuild/sdk";
import { artifactCatalog, manifestCatalog } from "../catalog.js";
import { abandonedAfterMs, takeLock } from "../files/lock-file.js";
import { replaceFile } from "../files/replace-file.js";
import { inTurn } from "../files/turns.js";
import type { manifest } from "../schema/post-processors.js";
import { describeFileError } from "../script/prepare.js";

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
    await inTurn(file, context.signal, async () => addEntry(context, config.output, entry));
    // Removing the artifact would make the manifest wrong.
    return { artifact: input, keepInput: true, forced: true };
  },
};

/** Adds an entry under the lock that concurrent processes, Packer's included, agree on. */
async function addEntry(context: PostProcessContext, output: string, entry: Json): Promise<void> {
  const file = resolveLocal(output, context);
  const lock = await takeLock(context, `${file}.lock`);
  try {
    const seconds = abandonedAfterMs / 1000;
    if (lock.wasAbandoned) context.report(manifestCatalog["abandoned-lock"], { path: `${output}.lock`, seconds });
    if (lock.isIgnored) context.report(manifestCatalog["ignored-lock"], { path: `${output}.lock`, seconds });
    const current = await readManifest(context, output);
    const next = { builds: [...current.builds, entry], last_run_uuid: context.build.runId };
    const text = JSON.stringify(next, undefined, 2);
    await replaceFile(file, { text, mode: 0o664 }, context.random).catch((error: unknown) => {
      const reason = describeFileError(error);
      throw buildError(artifactCatalog["output-unwritable"], { path: output, reason }, { cause: error });
    });
  } finally {
    await lock.release();
  }
}

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
