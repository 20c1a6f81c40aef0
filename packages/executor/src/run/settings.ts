import type { BuildGraph, NodeId } from "@hclbuild/graph";
import type { Scope as EvaluationScope } from "@hclbuild/eval";
import type { Clock, Communicator, Host, OnError, Plugin, Random } from "@hclbuild/sdk";
import type { Value } from "@hclbuild/value";
import type { EventBus } from "../events/event-bus.js";
import type { RunState } from "../ledger/state.js";
import type { Prompt } from "../events/ui.js";

/** What makes a run stop early. */
export interface RunSignals {
  /** Cancel and clean up. Its reason, when it is a text such as `interrupt`, is shown. */
  readonly cancel: AbortSignal;
  /** Stop waiting for clean-ups and for what does not stop. */
  readonly stopWaiting?: AbortSignal;
}

/** How checkpoints are used. */
export interface CheckpointOptions {
  /** Number of the first step that is run in any case, counted from 1. */
  readonly fromStep?: number | undefined;
  /** Checkpoints that are older are made anew. */
  readonly maxAgeMs?: number | undefined;
}

/** How the user wants builds to run. */
export interface BuildOptions {
  readonly onError: OnError;
  /** Most builds at a time; less than 1 for no limit. */
  readonly parallel: number;
  /** Pause between parts of a build; builds run one after another. */
  readonly debug: boolean;
  readonly force: boolean;
  /** Keep the state of machines after each step, and go on from the newest that is still valid. */
  readonly checkpoints?: CheckpointOptions;
  /** Do not run a build again whose inputs are those of the artifact that exists already. */
  readonly skipUnchanged?: boolean;
  /** The nodes of builds that an earlier run finished and that need not run again if nothing changed. */
  readonly finished?: ReadonlySet<NodeId>;
  /** Cancels the whole run after this time. */
  readonly timeoutMs?: number;
}

/** Where residual expressions find what the graph does not hold: sensitive inputs, and functions. */
export type LateInputs = Pick<EvaluationScope, "resolve" | "functions" | "rootNames" | "resolveEffect">;

/** The world outside, as a run may use it. */
export interface RunEnvironment {
  readonly host: Host;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: EventBus;
  /** Absent when nobody can answer. */
  readonly prompt?: Prompt;
  /** Opens an interactive session for `-on-error=shell`; absent when there is no terminal. */
  readonly openShell?: (communicator: Communicator, signal: AbortSignal) => Promise<void>;
  /** Takes lines of the debug log, already redacted. */
  readonly debugLog?: (line: string) => void;
  /** Journal and ledger; without it the run keeps no state. */
  readonly state?: RunState;
  /** The level of compatibility that components see as `packer_version`. */
  readonly coreVersion: string;
}

/** Everything that a run needs. */
export interface RunOptions extends RunEnvironment {
  readonly graph: BuildGraph;
  readonly plugins: readonly Plugin[];
  readonly signals: RunSignals;
  readonly build: BuildOptions;
  readonly inputs: LateInputs;
  /** Outputs of effect nodes that have run already. */
  readonly effects?: ReadonlyMap<NodeId, Value>;
  /** Texts that must not appear in any output, besides the sensitive values that come up. */
  readonly secrets?: readonly string[];
  /** Identifies the run: a UUID. */
  readonly runId: string;
  /** Milliseconds since the epoch that `timestamp` and `isotime` in Go templates give; the start of the run if absent. */
  readonly startTime?: number;
}
