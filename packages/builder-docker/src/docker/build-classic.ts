import type { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type Docker from "dockerode";
import type { BuildError } from "@hclbuild/sdk";
import { packContext } from "../engine/build-context.js";
import { defaultPlatform } from "../engine/client-config.js";
import { oneLine } from "../engine/client.js";
import { parseImageName } from "../engine/image-name.js";
import { progressMessages } from "../engine/progress-stream.js";
import { storedRegistries, type RegistryAuth } from "../engine/registry-auth.js";
import { authForRegistry, buildArguments, type BaseImageRequest, type BuildFailure } from "./base-image-request.js";

/** Builds with the engine's classic builder, which gets the whole context first. Returns the id of the image. */
export async function buildClassic(
  request: BaseImageRequest,
  explain: (failure: BuildFailure) => BuildError,
): Promise<string> {
  const { context, config } = request;
  const { archive, dockerfile } = await packContext({ ...request, host: context.host });
  const body = config.compress ? compress(archive) : archive;
  let unsent: Error | undefined;
  body.on("error", (error) => (unsent = error));
  try {
    const stream = await sendContext(request, body, dockerfile);
    const destroy = (): void => void stream.destroy();
    context.signal.addEventListener("abort", destroy, { once: true });
    try {
      return await followBuild(stream, request, explain);
    } finally {
      context.signal.removeEventListener("abort", destroy);
    }
  } catch (error) {
    // The engine may have answered what it makes of a context that ends early.
    throw unsent ?? error;
  } finally {
    archive.destroy();
  }
}

async function sendContext(request: BaseImageRequest, body: Readable, dockerfile: string): Promise<Readable> {
  const { engine, context, config } = request;
  const platform = defaultPlatform(engine.environment);
  const options: Docker.ImageBuildOptions = {
    dockerfile,
    buildargs: { ...buildArguments(request) },
    ...(platform === undefined ? {} : { platform }),
    ...(config.pull === false ? {} : { pull: "true" as never }),
    rm: true,
    forcerm: true,
    // The published type knows no tokens.
    registryconfig: (await registryLogins(request)) as Docker.RegistryConfig,
    abortSignal: context.signal,
  };
  return (await engine.docker.buildImage(body as NodeJS.ReadableStream, options)) as unknown as Readable;
}

async function followBuild(
  stream: Readable,
  { context }: BaseImageRequest,
  explain: (failure: BuildFailure) => BuildError,
): Promise<string> {
  let id: string | undefined;
  let step: string | undefined;
  // A line of a command's output may come in pieces.
  let pending = "";
  const say = (line: string): void => {
    const text = line.trimEnd();
    if (text !== "") context.ui.say(text);
    if (/^Step \d+\/\d+ : /.test(text)) step = text;
  };
  for await (const message of progressMessages(stream)) {
    if (message.error !== undefined) {
      say(pending);
      throw explain({ reason: oneLine(message.error), step });
    }
    const lines = (pending + (message.stream ?? "")).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) say(line);
    if (typeof message.aux === "object" && typeof message.aux["ID"] === "string") id = message.aux["ID"];
  }
  say(pending);
  context.signal.throwIfAborted();
  if (id === undefined) throw explain({ reason: "the engine named no image" });
  return id;
}

function compress(archive: Readable): Readable {
  const gzip = createGzip();
  archive.on("error", (error) => gzip.destroy(error));
  return archive.pipe(gzip);
}

/** The classic builder does not ask: all logins that the user has go along, as with the docker program. */
async function registryLogins(request: BaseImageRequest): Promise<Readonly<Record<string, RegistryAuth>>> {
  const { auth, engine } = request;
  const logins: Record<string, RegistryAuth> = {};
  for (const key of storedRegistries(engine.environment)) {
    const host = /^https?:\/\/index\.docker\.io\//.test(key) ? "docker.io" : parseImageName(`${key}/image`).registry;
    const login = await authForRegistry(request, host);
    if (login !== undefined) logins[key] = login;
  }
  if (auth !== undefined) logins[auth.serveraddress.replace(/^https?:\/\/(?!index\.docker\.io)/, "")] = auth;
  return logins;
}
