import type { Infer } from "@hclbuild/schema";
import { buildError, type PostProcessorRuntime } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { artifactExists, imageArtifact, tagBuilderId } from "../docker/artifact.js";
import { translateFailure } from "../engine/client.js";
import type { dockerTag } from "../schema/index.js";
import { engineOf, requireImage } from "./input.js";

type TagConfig = Infer<typeof dockerTag>;

/** The post-processor `docker-tag`: gives an image further names. */
export const runtime: PostProcessorRuntime<TagConfig> = {
  artifactExists,
  async process(context, input, config) {
    requireImage(input, "tag");
    const engine = engineOf(context, config.docker_path);
    const { id, generatedData } = input.describe();
    const tags = [...(config.tag ?? []), ...(config.tags ?? [])];
    const names = tags.length === 0 ? [config.repository] : tags.map((tag) => `${config.repository}:${tag}`);
    for (const [index, name] of names.entries()) {
      context.ui.say(`Tagging image: ${id}\nRepository: ${name}`);
      try {
        await engine.docker.getImage(id).tag({
          repo: config.repository,
          ...(tags[index] === undefined ? {} : { tag: tags[index] }),
          abortSignal: context.signal,
        });
      } catch (error) {
        throw translateFailure(engine, error, context.signal, (failure) =>
          buildError(catalog["tag-failed"], { tag: name, reason: failure.reason }),
        );
      }
    }
    const artifact = imageArtifact(engine, {
      builderId: tagBuilderId,
      id: names.at(-1) ?? id,
      tags: names,
      ...(generatedData === undefined ? {} : { generatedData }),
    });
    return { artifact, keepInput: true, forced: true };
  },
};
