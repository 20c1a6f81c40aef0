import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Infer } from "@hclbuild/schema";
import {
  BuildError,
  buildError,
  createArtifact,
  resolveLocal,
  type PostProcessContext,
  type PostProcessorRuntime,
  makeFolders,
} from "@hclbuild/sdk";
import { pack } from "tar-stream";
import { artifactCatalog, compressCatalog } from "../catalog.js";
import type { compress } from "../schema/post-processors.js";
import { describeFileError } from "../script/prepare.js";
import { createCompressor } from "./compressors.js";
import { detectFormat, type CompressFormat } from "./detect.js";
import { writeZip } from "./zip.js";

type CompressConfig = Infer<typeof compress>;

interface Work {
  readonly format: CompressFormat;
  /** 1 to 9, or −1 for the format's default. */
  readonly level: number;
  /** As shown to people. */
  readonly target: string;
  readonly files: readonly string[];
}

/** The `compress` post-processor: packs the artifact's files into one. */
export const runtime: PostProcessorRuntime<CompressConfig> = {
  async process(context, input, config) {
    const { files, id } = input.describe();
    const format = detectFormat(config.output, config.format ?? "");
    const target = context.render(config.output, {
      BuildName: context.build.sourceName,
      BuilderType: context.build.builderType,
    });
    if (format.archive === undefined && files.length > 1)
      throw buildError(compressCatalog["several-files"], { count: files.length });
    if (format.archive === undefined && files.length === 0)
      throw buildError(artifactCatalog["no-files"], { id, postProcessor: "compress" });
    await writeTarget(context, { format, level: levelOf(config), target, files });
    context.ui.say(`Archive ${target} completed`);
    const record = {
      builderId: "packer.post-processor.compress",
      id: "",
      description: `compressed artifacts in: ${target}`,
      files: [target],
    };
    const destroy = async (): Promise<void> => rm(resolveLocal(target, context), { force: true });
    return { artifact: createArtifact(record, { destroy }), keepInput: false, forced: false };
  },
};

function levelOf(config: CompressConfig): number {
  const level = config.compression_level ?? 0;
  return level <= 0 ? -1 : Math.min(level, 9);
}

/** Writes the file; a failure leaves none behind. */
async function writeTarget(context: PostProcessContext, work: Work): Promise<void> {
  const file = resolveLocal(work.target, context);
  try {
    makeFolders(path.dirname(file));
    if (work.format.archive === "zip") {
      context.ui.say(`Zipping ${work.target}`);
      await writeThrough(context, file, { work, fill: (out, signal) => fillZip(context, work, out, signal) });
      return;
    }
    announceCompression(context, work);
    const fill = work.format.archive === "tar" ? fillTar : fillSingle;
    await writeThrough(context, file, { work, fill: (out, signal) => fill(context, work, out, signal) });
  } catch (error) {
    // It may be that nothing could be written at all.
    await rm(file, { force: true }).catch(() => undefined);
    context.signal.throwIfAborted();
    if (error instanceof BuildError) throw error;
    throw buildError(
      artifactCatalog["output-unwritable"],
      { path: work.target, reason: describeFileError(error) },
      { cause: error },
    );
  }
}

function announceCompression(context: PostProcessContext, { format, target, files }: Work): void {
  const { algorithm, archive } = format;
  if (algorithm !== undefined) {
    const single = algorithm === "xz" || algorithm === "bzip2";
    const cores = availableParallelism();
    context.ui.say(
      single
        ? `Using ${algorithm} compression with 1 core for ${target} (library does not support MT)`
        : `Using ${algorithm} compression with ${cores} ${cores === 1 ? "core" : "cores"} for ${target}`,
    );
  }
  if (archive === "tar") context.ui.say(`Tarring ${target} with ${algorithm ?? "no compression"}`);
  else context.ui.say(`Archiving ${files[0]} with ${algorithm}`);
}

interface Writing {
  readonly work: Work;
  readonly fill: (out: Writable, signal: AbortSignal) => Promise<void>;
}

/** Runs what fills the stream beside what writes it to the file; when one fails, all stop. */
async function writeThrough(context: PostProcessContext, file: string, { work, fill }: Writing): Promise<void> {
  const source = new PassThrough();
  const { algorithm } = work.format;
  // Whichever fails first stops the others, which might wait for it for ever.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    stop.abort();
  };
  const compressor =
    algorithm === undefined
      ? undefined
      : await createCompressor(context, {
          algorithm,
          level: work.level,
          target: work.target,
          size: await totalSize(context, work),
          signal,
        });
  // Not before: nobody would listen to its failure while the compressor is looked for.
  const target = createWriteStream(file).once("error", fail);
  const written =
    compressor === undefined ? pipeline(source, target, { signal }) : pipeline(source, compressor, target, { signal });
  const filled = fill(source, signal).then(() => void source.end());
  await Promise.all([written.catch(fail), filled.catch(fail)]);
  if (failure !== undefined) throw failure.error;
}

async function totalSize(context: PostProcessContext, work: Work): Promise<number> {
  let total = 0;
  for (const name of work.files) total += (await sizeOf(name, resolveLocal(name, context))).size;
  return total;
}

async function fillZip(context: PostProcessContext, work: Work, out: Writable, signal: AbortSignal): Promise<void> {
  const files = work.files.map((name) => ({ name, path: resolveLocal(name, context) }));
  for (const { name, path: file } of files) await sizeOf(name, file);
  await writeZip(files, out, { level: work.level, signal });
}

async function fillSingle(context: PostProcessContext, work: Work, out: Writable, signal: AbortSignal): Promise<void> {
  const [name = ""] = work.files;
  const file = resolveLocal(name, context);
  await sizeOf(name, file);
  await pipeline(createReadStream(file), out, { signal, end: false });
}

async function fillTar(context: PostProcessContext, work: Work, out: Writable, signal: AbortSignal): Promise<void> {
  const archive = pack();
  const copied = pipeline(archive, out, { signal, end: false });
  copied.catch(() => undefined);
  for (const name of work.files) {
    const file = resolveLocal(name, context);
    const info = await sizeOf(name, file);
    const entry = archive.entry({
      name: path.basename(name),
      size: info.size,
      mode: info.mode & 0o7777,
      mtime: info.mtime,
      uid: info.uid,
      gid: info.gid,
    });
    await pipeline(createReadStream(file), entry, { signal });
  }
  archive.finalize();
  await copied;
}

async function sizeOf(name: string, file: string) {
  return await stat(file).catch((error: unknown) => {
    throw buildError(
      artifactCatalog["file-unreadable"],
      { path: name, reason: describeFileError(error) },
      { cause: error },
    );
  });
}
