import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { BuildError } from "@hclbuild/sdk";
import { listContext, listDockerfile } from "../engine/build-context.js";
import { openSession } from "../engine/buildkit/session.js";
import { TraceReader } from "../engine/buildkit/trace.js";
import { defaultPlatform } from "../engine/client-config.js";
import { dialEngine, oneLine } from "../engine/client.js";
import { progressMessages } from "../engine/progress-stream.js";
import { authForRegistry, buildArguments, type BaseImageRequest, type BuildFailure } from "./base-image-request.js";

/** Builds with the engine's BuildKit, which asks for files and credentials as it needs them. Returns the image's id. */
export async function buildWithBuildKit(
  request: BaseImageRequest,
  explain: (failure: BuildFailure) => BuildError,
): Promise<string> {
  const { engine, context, config } = request;
  const { entries } = await listContext({ ...request, host: context.host });
  const folders = { context: entries, dockerfile: [await listDockerfile(request.dockerfile)] };
  // It asks for each image anew.
  const logins = new Map<string, ReturnType<typeof authForRegistry>>();
  const authFor = (host: string): ReturnType<typeof authForRegistry> => {
    const login = logins.get(host) ?? authForRegistry(request, host);
    logins.set(host, login);
    return login;
  };
  const platform = defaultPlatform(engine.environment);
  const session = await openSession(engine, { folders, authFor }, context.signal);
  try {
    const stream = await dialEngine<Readable>(engine, {
      path: "/build?",
      method: "POST",
      isStream: true,
      statusCodes: { 200: true, 500: "server error" },
      abortSignal: context.signal,
      options: {
        _body: {},
        _query: {
          version: "2",
          remote: "client-session",
          session: session.id,
          dockerfile: basename(request.dockerfile),
          buildargs: buildArguments(request),
          ...(platform === undefined ? {} : { platform }),
          ...(config.pull === false ? {} : { pull: "1" }),
          rm: "1",
          forcerm: "1",
        },
      },
    });
    return await followTrace(stream, request, explain);
  } finally {
    session.close();
  }
}

async function followTrace(
  stream: Readable,
  { context }: BaseImageRequest,
  explain: (failure: BuildFailure) => BuildError,
): Promise<string> {
  const destroy = (): void => void stream.destroy();
  context.signal.addEventListener("abort", destroy, { once: true });
  const trace = new TraceReader();
  const say = (lines: readonly string[]): void => {
    for (const line of lines) context.ui.say(line);
  };
  let id: string | undefined;
  try {
    for await (const message of progressMessages(stream)) {
      if (message.error !== undefined) {
        say(trace.end());
        throw explain({ reason: oneLine(message.error), step: trace.failedStep });
      }
      if (message.id === "moby.buildkit.trace" && typeof message.aux === "string")
        say(trace.read(Buffer.from(message.aux, "base64")));
      else if (typeof message.aux === "object" && typeof message.aux["ID"] === "string") id = message.aux["ID"];
    }
    say(trace.end());
  } finally {
    context.signal.removeEventListener("abort", destroy);
  }
  context.signal.throwIfAborted();
  if (id === undefined) throw explain({ reason: "the engine named no image" });
  return id;
}
