import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { access } from "node:fs/promises";
import type { Infer } from "@hclbuild/schema";
import { buildError, messageOf, type PostProcessorRuntime } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { platformOf } from "../docker/base.js";
import { artifactExists, imageArtifact, importBuilderId } from "../docker/artifact.js";
import { addressEnvironment, oneLine, translateFailure } from "../engine/client.js";
import { progressMessages } from "../engine/progress-stream.js";
import type { dockerImport } from "../schema/index.js";
import { engineOf, requireTarFile } from "./input.js";

type ImportConfig = Infer<typeof dockerImport>;

/** The post-processor `docker-import`: makes an image from a container's exported file system. */
export const runtime: PostProcessorRuntime<ImportConfig> = {
  artifactExists,
  inputs: (config, { host }) => ({
    files: [],
    values: platformOf({ environment: addressEnvironment(host) }, config) ?? null,
  }),
  async process(context, input, config) {
    const path = requireTarFile(input);
    const engine = engineOf(context, config.docker_path);
    const platform = platformOf(engine, config);
    const file = resolve(context.host.cwd, path);
    const name = config.tag ? `${config.repository}:${config.tag}` : config.repository;
    context.ui.say(`Importing image: ${input.describe().id}\nRepository: ${name}`);
    await access(file).catch((error: unknown) => {
      throw buildError(catalog["import-failed"], { path, reason: oneLine(messageOf(error)) }, { cause: error });
    });
    try {
      const stream = (await engine.docker.importImage(createReadStream(file), {
        repo: config.repository,
        ...(config.tag ? { tag: config.tag } : {}),
        ...(config.changes && config.changes.length > 0 ? { changes: [...config.changes] as never } : {}),
        ...(platform === undefined ? {} : { platform }),
        abortSignal: context.signal,
      })) as unknown as Readable;
      let id = "";
      for await (const message of progressMessages(stream)) {
        if (message.error !== undefined)
          throw buildError(catalog["import-failed"], { path, reason: oneLine(message.error) });
        if (message.status?.startsWith("sha256:")) id = message.status;
      }
      context.ui.say(`Imported ID: ${id}`);
      const artifact = imageArtifact(engine, { builderId: importBuilderId, id: name });
      return { artifact, keepInput: false, forced: false };
    } catch (error) {
      throw translateFailure(engine, error, context.signal, (failure) =>
        buildError(catalog["import-failed"], { path, reason: failure.reason }),
      );
    }
  },
};
