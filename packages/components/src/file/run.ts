import { createWriteStream, type Stats } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { pipeline, Transform } from "node:stream";
import { pipeline as pipelineDone } from "node:stream/promises";
import type { Infer } from "@hclbuild/schema";
import {
  BuildError,
  buildError,
  directoryTarget,
  isKnownOption,
  makeFolders,
  messageOf,
  stateInside,
  resolveLocal,
  type ProvisionerRuntime,
  type StepContext,
} from "@hclbuild/sdk";
import { fileCatalog } from "../catalog.js";
import type { file } from "../schema/file.js";
import { writeTemporary } from "../script/local-scripts.js";
import { describeFileError, pathsIn, whyMissing } from "../script/prepare.js";

type FileConfig = Infer<typeof file>;

/** The `file` provisioner: copies files and directories to the machine or from it. */
export const runtime: ProvisionerRuntime<FileConfig> = {
  async prepare(config, report, context) {
    if (!isKnownOption(config) || config.direction !== "upload" || config.generated === true) return;
    for (const { option, path: source } of pathsIn({ source: config.source, sources: config.sources })) {
      const reason = await whyMissing(resolveLocal(source, context));
      if (reason !== undefined) {
        report(fileCatalog["source-not-found"], { path: source, reason, span: context.spanOf(option) });
      }
    }
  },
  inputs(config, context) {
    if (config.direction === "download") return { files: [], hostEffect: "it writes files on this machine" };
    const sources = [config.source ?? "", ...(config.sources ?? [])].filter((source) => source !== "");
    return { files: sources.map((source) => resolveLocal(source, context)) };
  },
  async provision(context, config) {
    const sources = [
      ...(config.source === undefined || config.source === "" ? [] : [config.source]),
      ...(config.sources ?? []),
    ];
    if (config.content !== undefined && config.content !== "") sources.push(await contentFile(context, config.content));
    if (config.direction === "download") await downloadAll(context, sources, config.destination);
    else for (const source of sources) await upload(context, source, config.destination);
  },
};

async function contentFile(context: StepContext, content: string): Promise<string> {
  const file = path.join(context.workDir, `packer-file${context.random.integer(4_000_000_000)}`);
  await writeTemporary(file, { text: content, mode: 0o600 });
  return file;
}

async function upload(context: StepContext, source: string, destination: string): Promise<void> {
  const { communicator, signal } = context;
  const local = resolveLocal(source, context);
  try {
    const info = await stat(local);
    if (info.isDirectory()) {
      context.ui.say(`Uploading ${source} => ${destination}`);
      await communicator.uploadDirectory(local, directoryTarget(source, destination), {
        signal,
        exclude: stateInside(local, context.host),
      });
      return;
    }
    const target = destination.endsWith("/") ? destination + path.basename(source) : destination;
    context.ui.say(`Uploading ${source} => ${destination}`);
    // Opened before anything is sent, so that a file that cannot be read is named as such.
    const file = await open(local);
    try {
      await uploadOpened(context, file, { name: path.basename(source), target, info });
    } finally {
      await file.close();
    }
  } catch (error) {
    throw transferError(context, fileCatalog["upload-failed"], error, { source, destination });
  }
}

async function uploadOpened(
  { communicator, signal, ui }: StepContext,
  file: FileHandle,
  { name, target, info }: { readonly name: string; readonly target: string; readonly info: Stats },
): Promise<void> {
  const progress = ui.progress(name, info.size);
  try {
    // The pipeline's errors reach the reader of its last stream.
    const content = pipeline(
      file.createReadStream({ highWaterMark: pieceSize }),
      counting((done) => progress.update(done)),
      () => undefined,
    );
    await communicator.uploadFile(content, target, {
      signal,
      size: info.size,
      mode: info.mode & 0o7777,
      mtime: info.mtimeMs,
    });
  } finally {
    progress.end();
  }
}

async function downloadAll(context: StepContext, sources: readonly string[], destination: string): Promise<void> {
  for (const source of sources) {
    const wholeDirectory = source.endsWith("/") || /[*?[]/.test(source);
    await download(context, source, { destination, wholeDirectory });
    // Packer stops after a directory; so do templates that rely on it.
    if (wholeDirectory) return;
  }
}

async function download(
  context: StepContext,
  source: string,
  target: { readonly destination: string; readonly wholeDirectory: boolean },
): Promise<void> {
  const { communicator, signal } = context;
  const destination =
    target.destination.endsWith("/") && !target.wholeDirectory
      ? target.destination + path.posix.basename(source)
      : target.destination;
  try {
    const local = resolveLocal(destination, context);
    makeFolders(destination.endsWith("/") ? local : path.dirname(local), 0o755);
    context.ui.say(`Downloading ${source} => ${target.destination}`);
    if (target.wholeDirectory) {
      await communicator.downloadDirectory(source, local, { signal });
      return;
    }
    const progress = context.ui.progress(path.posix.basename(source));
    try {
      const content = counting((done) => progress.update(done));
      const written = pipelineDone(content, createWriteStream(local, { mode: 0o644, highWaterMark: pieceSize }));
      written.catch(() => undefined);
      try {
        await communicator.downloadFile(source, content, { signal });
      } catch (error) {
        content.destroy();
        throw error;
      }
      await written;
    } finally {
      progress.end();
    }
  } catch (error) {
    throw transferError(context, fileCatalog["download-failed"], error, { source, destination });
  }
}

function transferError(
  context: StepContext,
  entry: (typeof fileCatalog)["upload-failed"] | (typeof fileCatalog)["download-failed"],
  error: unknown,
  names: { readonly source: string; readonly destination: string },
): BuildError {
  context.signal.throwIfAborted();
  const reason = error instanceof BuildError ? messageOf(error) : describeFileError(error);
  const failure = buildError(
    entry,
    { reason, ...names, why: error instanceof BuildError ? error.hint : undefined },
    { cause: error, retryable: error instanceof BuildError && error.retryable },
  );
  context.ui.error(failure.message);
  return failure;
}

/** How many bytes are read at a time: few large pieces cost less than many small ones. */
const pieceSize = 1024 * 1024;

/** Passes bytes through and tells how many there were. */
function counting(update: (done: number) => void): Transform {
  let done = 0;
  return new Transform({
    highWaterMark: pieceSize,
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      update(done);
      next(null, chunk);
    },
  });
}
