import { buildError } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { dialEngine, type Engine } from "../engine/client.js";

/** What of a Dockerfile only BuildKit can do. */
export interface DockerfileNeeds {
  /** The first thing of the kind, as it is written. */
  readonly feature: string | undefined;
  /** A first line names the image that reads the Dockerfile, which may know more than the engine does. */
  readonly namesSyntax: boolean;
}

/** Looks for what the classic builder reports as a parse error that does not say what is missing. */
export function readNeeds(text: string): DockerfileNeeds {
  const namesSyntax = /^(?:#.*\r?\n)*?#\s*syntax\s*=\s*\S/i.test(text.replace(/^\uFEFF/, ""));
  // Flags may stand in the next line, also after comments.
  const dockerfile = text.replaceAll(/\\[ \t]*\r?\n(?:[ \t]*#.*\r?\n)*/g, " ");
  const feature =
    /^\s*RUN\s+(?:--\S+\s+)*(--mount|--network|--security)\b/im.exec(dockerfile)?.[1] ??
    /^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(--link|--parents|--exclude|--chmod|--checksum|--keep-git-dir)\b/im.exec(
      dockerfile,
    )?.[1] ??
    findHereDocument(dockerfile) ??
    (namesSyntax ? "# syntax" : undefined);
  return { feature, namesSyntax };
}

// The start of a here-document, and what a shell takes as one thing, in which there can be none.
const shellParts = /(?<=\s)\d*(<<-?['"]?\w+)|\\.|'[^']*'?|"(?:\\.|[^"\\])*"?|\$\(\(.*?\)\)|./g;

function findHereDocument(dockerfile: string): string | undefined {
  for (const [, text = ""] of dockerfile.matchAll(/^\s*(?:RUN|COPY|ADD)(\s.*)/gim)) {
    for (const [, start] of text.matchAll(shellParts)) if (start !== undefined) return start;
  }
  return undefined;
}

/** What builds a Dockerfile on an engine: the one that asks for what it needs, or the one that gets all at once. */
export type BaseImageBuilder = "buildkit" | "classic";

interface PingAnswer {
  readonly headers: Readonly<Record<string, string | undefined>>;
  resume(): unknown;
}

/**
 * Chooses as the docker program does: `DOCKER_BUILDKIT` decides, else what the engine says it prefers. A Dockerfile that
 * needs BuildKit gets it from any engine that has it, unless the user has ruled it out.
 */
export async function chooseBuilder(
  engine: Engine,
  dockerfile: { readonly needs: DockerfileNeeds; readonly path: string },
  signal: AbortSignal,
): Promise<BaseImageBuilder> {
  const answer = await dialEngine<PingAnswer>(engine, {
    path: "/_ping",
    method: "GET",
    isStream: true,
    statusCodes: { 200: true, 500: "server error" },
    abortSignal: signal,
  });
  answer.resume();
  // Podman knows all of a Dockerfile without BuildKit, and has no sessions.
  if (answer.headers["libpod-api-version"] !== undefined) return "classic";
  const asked = readSwitch(engine.environment.env["DOCKER_BUILDKIT"]);
  const isOffered = hasBuildKit(answer.headers);
  const { feature } = dockerfile.needs;
  const isWanted = asked ?? (feature !== undefined || answer.headers["builder-version"] === "2");
  if (isWanted && isOffered) return "buildkit";
  // A syntax line is a comment to the classic builder, which may well understand the rest.
  if (feature !== undefined && feature !== "# syntax")
    throw buildError(catalog["dockerfile-needs-buildkit"], {
      path: dockerfile.path,
      feature,
      reason: isOffered ? "DOCKER_BUILDKIT turns BuildKit off" : "The engine has no BuildKit",
    });
  return "classic";
}

/** A switch of the environment as Go programs read it. */
function readSwitch(text: string | undefined): boolean | undefined {
  if (text === undefined || text === "") return undefined;
  return !/^(0|f|false)$/i.test(text);
}

/** BuildKit came with version 1.39 of the engine's API, for engines that run Linux containers. */
function hasBuildKit(headers: PingAnswer["headers"]): boolean {
  const [major = 0, minor = 0] = (headers["api-version"] ?? "").split(".").map(Number);
  return headers["ostype"] !== "windows" && (major > 1 || (major === 1 && minor >= 39));
}
