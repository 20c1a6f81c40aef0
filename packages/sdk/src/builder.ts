import type { ArtifactHandle, ArtifactRecord } from "./artifact.js";
import type { Communicator, ConnectTarget } from "./communicator.js";
import type { BuildContext } from "./context.js";
import type { Json } from "./json.js";
import type { ReadInputs } from "./inputs.js";
import type { LeftResource } from "./ledger.js";
import type { Prepare } from "./plugin.js";

/** The part of a context that removing left-over resources needs. */
export type ReclaimContext = Pick<BuildContext, "signal" | "log" | "host" | "clock">;

/** A machine as provisioners see it. */
export interface MachineAccess {
  readonly communicator: Communicator;
  /** Generated data: `ID`, `Host`, `Port`, `User`, … and the builder's own outputs. */
  readonly data: Readonly<Record<string, Json>>;
}

/** How a builder calls back into the build. */
export interface BuildHooks {
  /** Runs the provisioners. May be called zero to two times. Rejects with the error of the step that failed. */
  provision(machine: MachineAccess): Promise<void>;
  /** Runs the error-cleanup-provisioner, if there is one. Call it after `provision` failed. */
  cleanupProvision(machine: MachineAccess): Promise<void>;
}

/**
 * What of the executor's flow a builder can honour. Phased builders honour everything but `checkpoint` by themselves;
 * an option that an enclosed builder does not honour is passed to it and announced.
 */
export type BuilderAbility = "pause" | "retry-step" | "shell-on-error" | "checkpoint" | "connect";

/** Removes what a dead run left behind, found by the name, label or token in the ledger. */
export type Reclaim = (context: ReclaimContext, resource: LeftResource) => Promise<"removed" | "absent">;

/**
 * Whether an artifact of this component still exists; `undefined` for one that the component cannot look up. A text tells
 * that it exists and which one it is, where another thing may have come to have its id: such as the digest of an image
 * that is known by a name.
 */
export type ArtifactExists = (context: ReclaimContext, record: ArtifactRecord) => Promise<boolean | string | undefined>;

/** A builder that runs its build in one call. The executor's core is written over this form. */
export interface EnclosedBuilder<C> {
  readonly form: "enclosed";
  readonly honours: ReadonlySet<BuilderAbility>;
  readonly prepare?: Prepare<C>;
  readonly reclaim?: Reclaim;
  readonly inputs?: ReadInputs<C>;
  readonly artifactExists?: ArtifactExists;
  /** Resolves with the artifact, or `undefined` when there is none. Has cleaned up when it settles. */
  run(context: BuildContext, config: C, hooks: BuildHooks): Promise<ArtifactHandle | undefined>;
}

/** A machine that has been launched. */
export interface Machine<O> {
  /** Values for the builder's declared outputs (`build.NAME`). */
  readonly output: O;
  /** How to reach it; absent when nothing can run on it. */
  readonly connect?: ConnectTarget | Communicator;
  /**
   * Saves the machine's state under a key, replacing what was saved under it. Only for machines of a builder with
   * {@link PhasedBuilder.checkpoints}, and only between steps. A refusal says why the state cannot be kept whole, such
   * as a process that a step left running; nothing is saved then.
   */
  checkpoint?(key: string, signal: AbortSignal): Promise<CheckpointOutcome>;
}

/** What became of saving a state. */
export type CheckpointOutcome = { readonly kind: "saved" } | { readonly kind: "refused"; readonly reason: string };

/** A saved state of a machine. */
export interface Checkpoint {
  /** 64 hexadecimal digits. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** In bytes, as far as the platform tells. */
  readonly size?: number | undefined;
}

/** The checkpoints that one build may use. */
export interface CheckpointStore {
  readonly kind: "open";
  /**
   * Everything that shapes the machine before its first step: the identity of what it starts from, and the options
   * that matter to what steps find. Two machines with equal bases are alike. Never holds secrets.
   */
  readonly base: Json;
  /** The state saved under a key; `undefined` when there is none. */
  find(key: string, signal: AbortSignal): Promise<Checkpoint | undefined>;
}

/** Why a build cannot have checkpoints: a part of a sentence, such as `the container has volumes`. */
export interface CheckpointRefusal {
  readonly kind: "refused";
  readonly reason: string;
}

/** Removing and listing checkpoints, without a build. `details` is what {@link Checkpoints.details} gave. */
export interface CheckpointPlace {
  readonly key: string;
  readonly details: Json;
}

/** A builder's ability to keep states of its machines between builds. */
export interface Checkpoints<C> {
  /**
   * Gets ready what a machine is started from (it may be downloaded) and says whether its states can be kept. Starts
   * no machine. The result is handed back to `launch`, which must not do the same work again.
   */
  open(context: BuildContext, config: C): Promise<CheckpointStore | CheckpointRefusal>;
  /** What is needed to find this build's checkpoints again without its template: an address. Never secrets. */
  details(context: BuildContext, config: C): Json;
  /** Looks a checkpoint up; `undefined` when it is gone. */
  find(context: ReclaimContext, place: CheckpointPlace): Promise<Checkpoint | undefined>;
  /** Removes a checkpoint. Removing what is gone is not an error. */
  remove(context: ReclaimContext, place: CheckpointPlace): Promise<"removed" | "absent">;
}

/** How a machine with checkpoints starts. */
export interface LaunchStart {
  /** What `open` gave. */
  readonly opened: CheckpointStore | CheckpointRefusal;
  /** The state to go on from; the machine starts afresh without it. */
  readonly restore?: Checkpoint;
}

/**
 * A builder whose parts the executor strings together: launch, connect, steps, capture, and the clean-ups that `launch`
 * registered in `context.scope`.
 */
export interface PhasedBuilder<C, O extends object = Record<string, Json>> {
  readonly form: "phased";
  /** Sees options that may be unknown; must not touch machines. */
  readonly prepare?: Prepare<C>;
  readonly reclaim?: Reclaim;
  readonly inputs?: ReadInputs<C>;
  readonly artifactExists?: ArtifactExists;
  /** Absent when the platform cannot keep states. */
  readonly checkpoints?: Checkpoints<C>;
  /** `start` is given when the build uses checkpoints. */
  launch(context: BuildContext, config: C, start?: LaunchStart): Promise<Machine<O>>;
  /** Called after the last step succeeded. */
  capture(context: BuildContext, machine: Machine<O>, config: C): Promise<ArtifactHandle | undefined>;
}

/** Either form. */
export type BuilderRuntime<C> = EnclosedBuilder<C> | PhasedBuilder<C>;
