import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { Readable } from "node:stream";
import { buildError, messageOf, type BuildContext } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { oneLine, translateFailure, type Engine } from "../engine/client.js";
import { packContext } from "../engine/build-context.js";
import { progressMessages } from "../engine/progress-stream.js";

/** The builder's `build` block. */
export interface BaseImageConfig {
  readonly path: string;
  readonly build_dir?: string | undefined;
  readonly arguments?: Readonly<Record<string, string>> | undefined;
  readonly pull?: boolean | null | undefined;
  readonly compress?: boolean | undefined;
}

/** Builds the image to start from and returns its id. */
export async function buildBaseImage(engine: Engine, context: BuildContext, config: BaseImageConfig): Promise<string> {
  const { signal, ui } = context;
  ui.say("Building base image...");
  const directory = resolve(context.host.cwd, config.build_dir ?? dirname(config.path));
  const dockerfile = resolve(context.host.cwd, config.path);
  await refuseBuildKitSyntax(dockerfile, config.path);
  const inContext = relative(directory, dockerfile);
  const outside = inContext.startsWith("..");
  const archive = packContext({
    directory,
    dockerfile,
    dockerfileName: outside ? ".hclbuild.Dockerfile" : inContext.replaceAll("\\", "/"),
    outside,
  });
  try {
    const stream = (await engine.docker.buildImage(archive as NodeJS.ReadableStream, {
      dockerfile: outside ? ".hclbuild.Dockerfile" : inContext.replaceAll("\\", "/"),
      buildargs: { ...config.arguments },
      ...(config.pull === false ? {} : { pull: "true" as never }),
      rm: true,
      forcerm: true,
      abortSignal: signal,
    })) as unknown as Readable;
    return await followBuild(stream, context, config.path);
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) =>
      buildError(catalog["build-failed"], { path: config.path, reason: failure.reason }),
    );
  }
}

async function followBuild(stream: Readable, context: BuildContext, path: string): Promise<string> {
  const destroy = (): void => void stream.destroy();
  context.signal.addEventListener("abort", destroy, { once: true });
  let id: string | undefined;
  try {
    for await (const message of progressMessages(stream)) {
      if (message.error !== undefined)
        throw buildError(catalog["build-failed"], { path, reason: oneLine(message.error) });
      const line = message.stream?.trimEnd();
      if (line) context.ui.say(line);
      const auxiliary = message.aux?.["ID"];
      if (typeof auxiliary === "string") id = auxiliary;
    }
  } finally {
    context.signal.removeEventListener("abort", destroy);
  }
  context.signal.throwIfAborted();
  if (id === undefined) throw buildError(catalog["build-failed"], { path, reason: "the engine named no image" });
  return id;
}

/** The legacy builder reports these as parse errors that do not say what is missing. */
async function refuseBuildKitSyntax(dockerfile: string, shown: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(dockerfile, "utf8");
  } catch (error) {
    throw buildError(catalog["build-failed"], { path: shown, reason: oneLine(messageOf(error)) }, { cause: error });
  }
  const feature =
    /^\s*RUN\s+(--mount|--network|--security)\b/im.exec(text)?.[1] ??
    /^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(--link|--parents|--exclude)\b/im.exec(text)?.[1] ??
    /^\s*(?:RUN|COPY|ADD)\s.*(<<-?['"]?\w+)/im.exec(text)?.[1];
  if (feature !== undefined) throw buildError(catalog["dockerfile-needs-buildkit"], { path: shown, feature });
}
