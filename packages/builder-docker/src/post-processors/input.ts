import { buildError, type ArtifactHandle, type RunContext } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { artificeBuilderId, exportBuilderId, importBuilderId, tagBuilderId } from "../docker/artifact.js";
import { connectEngine, type Engine } from "../engine/client.js";

/** The engine that a post-processor works on. */
export function engineOf(context: RunContext, dockerPath: string | undefined): Engine {
  return connectEngine({
    env: context.host.env,
    homeDirectory: context.host.homeDirectory,
    platform: context.host.platform,
    log: context.log,
    dockerPath,
  });
}

/** Refuses an artifact that is not an image on the engine. */
export function requireImage(input: ArtifactHandle, action: "tag" | "push" | "save"): void {
  const { builderId } = input.describe();
  if (builderId === importBuilderId || builderId === tagBuilderId) return;
  throw buildError(catalog["wrong-artifact"], {
    builder: builderId,
    action,
    accepted: "Docker builder, docker-import and docker-tag",
  });
}

/** Refuses an artifact that is not a tar file. */
export function requireTarFile(input: ArtifactHandle): string {
  const { builderId, files } = input.describe();
  const accepted = builderId === exportBuilderId || builderId === artificeBuilderId;
  const [file] = files;
  if (accepted && file !== undefined) return file;
  throw buildError(catalog["wrong-artifact"], {
    builder: builderId,
    action: "import",
    accepted: "Docker builder (export_path) and artifice",
  });
}

/** Names that the image has been given by earlier post-processors of the chain. */
export async function tagsOf(input: ArtifactHandle): Promise<readonly string[]> {
  const tags = await input.state("docker_tags");
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
}
