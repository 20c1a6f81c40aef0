import type { ArtifactHandle } from "./artifact.js";
import type { Communicator, ConnectTarget } from "./communicator.js";
import type { BuildContext } from "./context.js";
import type { Json } from "./json.js";
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

/** A builder that runs its build in one call. The executor's core is written over this form. */
export interface EnclosedBuilder<C> {
  readonly form: "enclosed";
  readonly honours: ReadonlySet<BuilderAbility>;
  readonly prepare?: Prepare<C>;
  readonly reclaim?: Reclaim;
  /** Resolves with the artifact, or `undefined` when there is none. Has cleaned up when it settles. */
  run(context: BuildContext, config: C, hooks: BuildHooks): Promise<ArtifactHandle | undefined>;
}

/** A machine that has been launched. */
export interface Machine<O> {
  /** Values for the builder's declared outputs (`build.NAME`). */
  readonly output: O;
  /** How to reach it; absent when nothing can run on it. */
  readonly connect?: ConnectTarget | Communicator;
  /** Saves the machine's state under a key. Only with the ability `checkpoint`. */
  checkpoint?(key: string): Promise<Checkpoint>;
}

/** A saved state of a machine. */
export interface Checkpoint {
  readonly key: string;
  restore(signal: AbortSignal): Promise<void>;
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
  launch(context: BuildContext, config: C): Promise<Machine<O>>;
  /** Called after the last step succeeded. */
  capture(context: BuildContext, machine: Machine<O>, config: C): Promise<ArtifactHandle | undefined>;
}

/** Either form. */
export type BuilderRuntime<C> = EnclosedBuilder<C> | PhasedBuilder<C>;
