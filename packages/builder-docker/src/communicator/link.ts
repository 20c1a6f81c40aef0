import type Docker from "dockerode";
import { messageOf, type BuildError, type Random } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import type { Owner } from "../engine/archive.js";
import { oneLine, translateFailure, type Engine, type EngineFailure } from "../engine/client.js";

/** How commands and files reach a container. */
export interface DockerCommunicatorOptions {
  readonly containerId: string;
  /** User for commands; the image's user when absent. */
  readonly execUser?: string | undefined;
  readonly pty: boolean;
  readonly windows: boolean;
  /** Give uploaded files to the container's user instead of keeping their owner. */
  readonly fixUploadOwner: boolean;
  /** Owner of uploaded single files: the user who runs the build, as with `docker cp`. */
  readonly owner: Owner;
  /** Makes the marks by which cancelled commands are found. */
  readonly random: Random;
  /** Folder for content whose size is not known in advance. */
  readonly workDir: string;
  /** The error for a container that does not run any more; `undefined` while it runs. Rejects when the engine is silent. */
  readonly death: (signal: AbortSignal) => Promise<BuildError | undefined>;
  /** Makes the error for a connection that broke. */
  readonly lost: (reason: string) => BuildError;
}

/** One container, as commands and transfers see it. */
export interface ContainerLink {
  readonly engine: Engine;
  readonly container: Docker.Container;
  readonly options: DockerCommunicatorOptions;
}

/** Turns what a call to the engine threw into the error to show: a lost connection names the container. */
export function linkFailure(
  link: ContainerLink,
  error: unknown,
  signal: AbortSignal,
  explain: (failure: EngineFailure) => BuildError,
): unknown {
  const translated = translateFailure(link.engine, error, signal, explain);
  const isUnreachable =
    translated instanceof Error && "code" in translated && translated.code === catalog["engine-unreachable"].code;
  return isUnreachable ? link.options.lost(oneLine(messageOf(error))) : translated;
}

/** Why a connection broke: the container has ended, or the engine is gone; `undefined` when the container runs on. */
export async function whyGone(link: ContainerLink, signal: AbortSignal): Promise<BuildError | undefined> {
  try {
    return await link.options.death(signal);
  } catch (error) {
    signal.throwIfAborted();
    return link.options.lost(oneLine(messageOf(error)));
  }
}
