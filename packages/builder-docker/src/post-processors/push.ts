import type { Readable } from "node:stream";
import type { Infer } from "@hclbuild/schema";
import { buildError, type Json, type PostProcessContext, type PostProcessorRuntime } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { artifactExists, imageArtifact, pushBuilderId } from "../docker/artifact.js";
import { oneLine, translateFailure, type Engine } from "../engine/client.js";
import { parseImageName } from "../engine/image-name.js";
import { progressMessages, TransferTotals } from "../engine/progress-stream.js";
import type { RegistryAuth } from "../engine/registry-auth.js";
import { registryAuth } from "../login.js";
import type { dockerPush } from "../schema/index.js";
import { engineOf, requireImage, tagsOf } from "./input.js";

type PushConfig = Infer<typeof dockerPush>;

/** The post-processor `docker-push`: sends an image under all its names to their registry. */
export const runtime: PostProcessorRuntime<PushConfig> = {
  artifactExists,
  async process(context, input, config) {
    requireImage(input, "push");
    const engine = engineOf(context, config.docker_path);
    const { id, generatedData } = input.describe();
    const tags = await tagsOf(input);
    // Packer pushes the artifact's id and then every tag; the id of a tagged image is one of its tags.
    const names = [...new Set([id, ...tags])];
    let digest: string | undefined;
    for (const name of names) {
      context.ui.say(`Pushing: ${name}`);
      const auth = await registryAuth(engine, config, name, context);
      digest = (await push(engine, context, { name, auth, platform: config.platform })) ?? digest;
    }
    const data: Record<string, Json> = { ...generatedData, ...(digest === undefined ? {} : { Digest: digest }) };
    const artifact = imageArtifact(engine, { builderId: pushBuilderId, id, tags: names, generatedData: data });
    return { artifact, keepInput: true, forced: false };
  },
};

interface PushRequest {
  readonly name: string;
  readonly auth: RegistryAuth | undefined;
  readonly platform: string | undefined;
}

/** The push call with the options that its published types leave out. */
interface PushSource {
  push(options: Readonly<Record<string, unknown>>): Promise<Readable>;
}

async function push(engine: Engine, context: PostProcessContext, request: PushRequest): Promise<string | undefined> {
  const { signal, ui } = context;
  const { repository, tag } = parseImageName(request.name);
  let digest: string | undefined;
  const totals = new TransferTotals();
  const progress = ui.progress(`Pushing ${request.name}`);
  try {
    const image = engine.docker.getImage(repository) as unknown as PushSource;
    const stream = await image.push({
      ...(tag === undefined ? {} : { tag }),
      // The engine wants an auth header even for an anonymous push.
      authconfig: request.auth ? { ...request.auth } : { username: "", password: "", serveraddress: "" },
      ...(request.platform ? { platform: request.platform } : {}),
      abortSignal: signal,
    });
    for await (const message of progressMessages(stream)) {
      if (message.error !== undefined) throw explainPush(request.name, oneLine(message.error));
      totals.note(message, ["Pushing", "Pushed"]);
      progress.update(totals.done);
      if (message.status && message.progressDetail?.current === undefined && message.status !== "Pushing") {
        ui.say(message.id ? `${message.id}: ${message.status}` : message.status);
      }
      if (typeof message.aux === "object" && typeof message.aux["Digest"] === "string") digest = message.aux["Digest"];
    }
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) => explainPush(request.name, failure.reason));
  } finally {
    progress.end();
  }
  signal.throwIfAborted();
  return digest;
}

function explainPush(image: string, reason: string): ReturnType<typeof buildError> {
  return /denied|unauthorized|no basic auth|authentication required/i.test(reason)
    ? buildError(catalog["push-denied"], { image, reason })
    : buildError(catalog["push-failed"], { image, reason }, { retryable: true });
}
