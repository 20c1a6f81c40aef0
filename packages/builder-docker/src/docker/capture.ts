import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  buildError,
  createArtifact,
  makeFolders,
  messageOf,
  type ArtifactHandle,
  type BuildContext,
} from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { engineFailure, oneLine, translateFailure } from "../engine/client.js";
import { exportBuilderId, fileArtifact, imageArtifact, importBuilderId } from "./artifact.js";
import { commitChanges } from "./commit.js";
import type { DockerConfig } from "./base.js";
import type { LaunchedContainer } from "./run.js";

/** Keeps what the container has become: as an image, as a tar file, or not at all. */
export async function captureContainer(
  context: BuildContext,
  container: LaunchedContainer,
  config: DockerConfig,
): Promise<ArtifactHandle | undefined> {
  if (config.commit) return commitContainer(context, container, config);
  if (config.export_path) return exportContainer(context, container, config.export_path);
  // Packer's artifact of a discarded container is an export without a file; post-processors run on it.
  return createArtifact({
    builderId: exportBuilderId,
    id: "Container",
    description: "Exported Docker file: ",
    files: [],
    generatedData: container.output,
  });
}

async function commitContainer(
  context: BuildContext,
  container: LaunchedContainer,
  config: DockerConfig,
): Promise<ArtifactHandle> {
  const { engine } = container;
  context.ui.say("Committing the container");
  let id: string;
  try {
    const answer = (await engine.docker.getContainer(container.id).commit({
      ...(config.author ? { author: config.author } : {}),
      ...(config.message ? { comment: config.message } : {}),
      changes: commitChanges(config.changes ?? [], container.base),
      abortSignal: context.signal,
    })) as { readonly Id: string };
    id = answer.Id;
  } catch (error) {
    throw translateFailure(engine, error, context.signal, (failure) =>
      failure.status === 400 || /unknown instruction|dockerfile|requires/i.test(failure.reason)
        ? buildError(catalog["invalid-change"], { reason: failure.reason })
        : buildError(catalog["commit-failed"], { reason: failure.reason }),
    );
  }
  context.ui.say(`Image ID: ${id}`);
  return imageArtifact(engine, {
    builderId: importBuilderId,
    id,
    generatedData: { ...container.output, ImageSha256: id },
  });
}

/** The export call with the option that its published types leave out. */
interface ExportSource {
  export(options: { readonly abortSignal: AbortSignal }): Promise<Readable>;
}

async function exportContainer(
  context: BuildContext,
  container: LaunchedContainer,
  path: string,
): Promise<ArtifactHandle> {
  const { engine } = container;
  context.ui.say("Exporting the container");
  const partial = `${path}.partial-${context.build.runId.slice(0, 8)}`;
  try {
    makeFolders(dirname(path));
    const source = engine.docker.getContainer(container.id) as unknown as ExportSource;
    const content = await source.export({ abortSignal: context.signal });
    await pipeline(content, createWriteStream(partial), { signal: context.signal });
    await rename(partial, path);
  } catch (error) {
    // It may be that nothing could be written at all.
    await rm(partial, { force: true }).catch(() => undefined);
    if (context.signal.aborted) throw context.signal.reason;
    const reason = engineFailure(error)?.reason ?? oneLine(messageOf(error));
    throw buildError(catalog["export-failed"], { path, reason }, { cause: error });
  }
  return fileArtifact(path, container.output);
}
