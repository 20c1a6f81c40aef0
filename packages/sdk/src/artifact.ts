import type { Json } from "./json.js";

/** What an artifact is, as data: for the journal, the manifest, the summary and reports. */
export interface ArtifactRecord {
  /** Identifies the kind of thing to later post-processors, such as `packer.file`. */
  readonly builderId: string;
  /** Identifies the thing: an image id, a region and image id, or a fixed word. */
  readonly id: string;
  /** One line for people. */
  readonly description: string;
  /** Files on this machine that make up the artifact, as paths relative to the working directory or absolute. */
  readonly files: readonly string[];
  /** Facts that the builder recorded about the build, such as digests. Never holds secrets. */
  readonly generatedData?: Readonly<Record<string, Json>>;
}

/**
 * An artifact with identity: it may live in another process, and a post-processor may return the very one it was
 * given, which the executor recognises by `===`.
 */
export interface ArtifactHandle {
  describe(): ArtifactRecord;
  /** A named fact that this kind of artifact offers to post-processors; `undefined` when it has no such fact. */
  state(name: string): Promise<Json | undefined>;
  /** Removes the thing. Removing what is gone already is not an error. */
  destroy(signal: AbortSignal): Promise<void>;
}

/** Makes an {@link ArtifactHandle} from its record. */
export function createArtifact(
  record: ArtifactRecord,
  behaviour: {
    readonly destroy?: (signal: AbortSignal) => Promise<void>;
    readonly states?: Readonly<Record<string, Json>>;
  } = {},
): ArtifactHandle {
  return {
    describe: () => record,
    state: async (name) => behaviour.states?.[name],
    destroy: async (signal) => behaviour.destroy?.(signal),
  };
}
