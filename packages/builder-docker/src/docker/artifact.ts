import { rm } from "node:fs/promises";
import { createArtifact, type ArtifactExists, type ArtifactHandle, type Json } from "@hclbuild/sdk";
import { connectEngine, engineFailure, lookAtImage, unreachable, type Engine } from "../engine/client.js";

/** Builder ids that Docker post-processors recognise each other by. */
export const importBuilderId = "packer.post-processor.docker-import";
export const tagBuilderId = "packer.post-processor.docker-tag";
export const pushBuilderId = "packer.post-processor.docker-push";
export const exportBuilderId = "packer.docker";
export const artificeBuilderId = "packer.post-processor.artifice";

/** An image on an engine. */
export interface ImageArtifact {
  readonly builderId: string;
  readonly id: string;
  readonly tags?: readonly string[];
  readonly generatedData?: Readonly<Record<string, Json>>;
}

export function imageArtifact(engine: Engine, image: ImageArtifact): ArtifactHandle {
  const tags = image.tags ?? [];
  return createArtifact(
    {
      builderId: image.builderId,
      id: image.id,
      description: `Imported Docker image: ${image.id}${tags.length > 0 ? ` with tags ${tags.join(" ")}` : ""}`,
      files: [],
      ...(image.generatedData === undefined ? {} : { generatedData: image.generatedData }),
    },
    {
      states: { docker_tags: [...tags] },
      destroy: async (signal) => {
        for (const name of tags.length > 0 ? tags : [image.id]) {
          try {
            await engine.docker.getImage(name).remove({ abortSignal: signal } as { abortSignal: AbortSignal });
          } catch (error) {
            if (engineFailure(error)?.status !== 404) throw error;
          }
        }
      },
    },
  );
}

export function fileArtifact(path: string, generatedData: Readonly<Record<string, Json>>): ArtifactHandle {
  return createArtifact(
    {
      builderId: exportBuilderId,
      id: "Container",
      description: `Exported Docker file: ${path}`,
      files: [path],
      generatedData,
    },
    { destroy: () => rm(path, { force: true }) },
  );
}

const imageBuilderIds: ReadonlySet<string> = new Set([importBuilderId, tagBuilderId, pushBuilderId]);

/** Which image an artifact's id stands for now; files are looked at by the executor. */
export const artifactExists: ArtifactExists = async (context, record) => {
  if (!imageBuilderIds.has(record.builderId)) return undefined;
  const engine = connectEngine({
    env: context.host.env,
    homeDirectory: context.host.homeDirectory,
    platform: context.host.platform,
    log: context.log,
  });
  try {
    const { Id: id } = await lookAtImage(engine, record.id, context.signal);
    return id;
  } catch (error) {
    if (engineFailure(error) !== undefined) return false;
    context.signal.throwIfAborted();
    throw unreachable(engine, error);
  }
};
