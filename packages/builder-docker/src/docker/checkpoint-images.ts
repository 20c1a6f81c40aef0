import { buildError, type Checkpoint } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { engineFailure, lookAtImage, translateFailure, type Engine } from "../engine/client.js";

const repository = "hclbuild/checkpoint";

/** What engines put before the name of an image that has no registry; Docker nothing, Podman one of the others. */
const registries = ["", "docker.io/", "localhost/"] as const;

/** A checkpoint and the name of the image that holds it now. */
export interface CheckpointImage extends Checkpoint {
  readonly image: string;
}

/**
 * The newest image that holds the state with a key. Each has a name of its own, the key and something random, so that no
 * image ever loses its name to another one and builds that run side by side cannot leave any that nobody knows of.
 */
export async function findCheckpoint(
  engine: Engine,
  key: string,
  signal: AbortSignal,
): Promise<CheckpointImage | undefined> {
  const states: CheckpointImage[] = [];
  for (const name of await listCheckpointImages(engine, key, signal)) {
    try {
      const facts = await lookAtImage(engine, name, signal);
      states.push({ key, image: name, created: Date.parse(facts.Created), size: facts.Size });
    } catch (error) {
      // Another build may have replaced it meanwhile.
      if (engineFailure(error)?.status !== 404)
        throw refused(engine, error, { action: "look up a checkpoint", signal });
    }
  }
  return states.toSorted((one, other) => other.created - one.created)[0];
}

/** The image to start from a checkpoint. Looked up late, as another build may just have replaced the one that was found. */
export async function restoredImage(engine: Engine, key: string, signal: AbortSignal): Promise<string> {
  const found = await findCheckpoint(engine, key, signal);
  if (found !== undefined) return found.image;
  const image = `${repository}:${key}`;
  throw buildError(catalog["image-not-found"], { image, reason: "the checkpoint was removed meanwhile" });
}

/** Removes every image that holds the state with a key. */
export async function removeCheckpoint(
  engine: Engine,
  key: string,
  signal: AbortSignal,
): Promise<"removed" | "absent"> {
  let outcome: "removed" | "absent" = "absent";
  for (const name of await listCheckpointImages(engine, key, signal)) {
    try {
      await engine.docker.getImage(name).remove({ abortSignal: signal } as object);
      outcome = "removed";
    } catch (error) {
      if (engineFailure(error)?.status !== 404) throw refused(engine, error, { action: "remove a checkpoint", signal });
    }
  }
  return outcome;
}

/** What to keep of a container. */
export interface CheckpointCommit {
  readonly container: string;
  readonly key: string;
  /** Part of the name that no other image has. */
  readonly unique: string;
  /** Stop the container's processes meanwhile. */
  readonly pause: boolean;
}

/** Commits a container; images that held the same state before are no longer needed and go away. */
export async function commitCheckpoint(engine: Engine, commit: CheckpointCommit, signal: AbortSignal): Promise<void> {
  const { key, unique, pause } = commit;
  const older = await listCheckpointImages(engine, key, signal);
  try {
    const container = engine.docker.getContainer(commit.container);
    await container.commit({ repo: repository, tag: `${key}-${unique}`, pause, abortSignal: signal });
  } catch (error) {
    throw refused(engine, error, { action: "save a checkpoint", signal });
  }
  for (const name of older) {
    try {
      await engine.docker.getImage(name).remove({ abortSignal: signal } as object);
    } catch (error) {
      // A container may run from it; then it stays until it is replaced again or pruned.
      if (engineFailure(error) === undefined) throw refused(engine, error, { action: "remove a checkpoint", signal });
    }
  }
}

async function listCheckpointImages(engine: Engine, key: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const prefixes = registries.map((registry) => `${registry}${repository}:${key}`);
    const images = await engine.docker.listImages({
      filters: JSON.stringify({ reference: prefixes.map((prefix) => `${prefix}*`) }),
      abortSignal: signal,
    });
    const isOurs = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
    return images.flatMap((image) => (image.RepoTags ?? []).filter(isOurs));
  } catch (error) {
    throw refused(engine, error, { action: "look up a checkpoint", signal });
  }
}

/** An error of the engine in words. */
export function refused(
  engine: Engine,
  error: unknown,
  what: { readonly action: string; readonly signal: AbortSignal },
): unknown {
  return translateFailure(engine, error, what.signal, ({ status, reason }) =>
    buildError(catalog["engine-refused"], { action: what.action, status, reason }),
  );
}
