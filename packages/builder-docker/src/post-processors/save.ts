import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Infer } from "@hclbuild/schema";
import { buildError, makeFolders, messageOf, type PostProcessorRuntime } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { dialEngine, engineFailure, imagePath, oneLine, type Engine } from "../engine/client.js";
import type { dockerSave } from "../schema/index.js";
import { engineOf, requireImage } from "./input.js";

type SaveConfig = Infer<typeof dockerSave>;

/** The post-processor `docker-save`: writes an image to a tar file and passes the image on. */
export const runtime: PostProcessorRuntime<SaveConfig> = {
  async process(context, input, config) {
    requireImage(input, "save");
    const engine = engineOf(context, config.docker_path);
    const { id } = input.describe();
    const path = resolve(context.host.cwd, config.path);
    context.ui.say(`Saving image: ${id}`);
    const partial = `${path}.partial-${context.build.runId.slice(0, 8)}`;
    try {
      makeFolders(dirname(path));
      const content = await openImage(engine, id, context.signal);
      await pipeline(content, createWriteStream(partial), { signal: context.signal });
      await rename(partial, path);
    } catch (error) {
      // It may be that nothing could be written at all.
      await rm(partial, { force: true }).catch(() => undefined);
      if (context.signal.aborted) throw context.signal.reason;
      const reason = engineFailure(error)?.reason ?? oneLine(messageOf(error));
      throw buildError(catalog["save-failed"], { path: config.path, reason }, { cause: error });
    }
    context.ui.say(`Saved to: ${config.path}`);
    return { artifact: input, keepInput: true, forced: false };
  },
};

/** The archive of an image. The client's own method cannot be cancelled. */
async function openImage(engine: Engine, id: string, signal: AbortSignal): Promise<Readable> {
  return dialEngine(engine, {
    path: `/images/${imagePath(id)}/get`,
    method: "GET",
    isStream: true,
    statusCodes: { 200: true, 404: "no such image", 500: "server error" },
    abortSignal: signal,
  });
}
