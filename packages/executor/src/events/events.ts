import type { Diagnostic } from "@hclbuild/diagnostics";
import type { ArtifactRecord } from "@hclbuild/sdk";

/** How a node, a build or a run ended. */
export type Outcome = "succeeded" | "failed" | "cancelled" | "skipped";

/** What kind of thing `node` is in a `node.start` and `node.end`. */
export type NodeKind = "effect" | "value" | "machine" | "step" | "post" | "cleanup-step";

/** The parts of a build on its machine, in this order. Enclosed builders only have `build`. */
export type Phase = "launch" | "connect" | "provision" | "capture" | "teardown" | "build";

/** A failure as data. */
export interface EventError {
  readonly code: string;
  /** Without a final period. */
  readonly message: string;
  readonly hint?: string;
}

/** A build that a run is going to do. */
export interface AnnouncedBuild {
  /** Id of its machine node. */
  readonly node: string;
  /** Full name, such as `web.docker.base`. */
  readonly name: string;
  readonly builderType: string;
}

/** The component that a node runs. */
export interface EventComponent {
  readonly kind: string;
  readonly name: string;
}

interface RunStart {
  readonly type: "run.start";
  readonly runId: string;
  readonly builds: readonly AnnouncedBuild[];
  /** Most builds at a time; 0 for no limit. */
  readonly parallel: number;
  readonly debug: boolean;
}

interface RunCancel {
  readonly type: "run.cancel";
  /** Why: the name of a signal, or `timeout`. */
  readonly reason: string;
  /** 1: cancel and clean up. 2: stop waiting for what still runs. */
  readonly stage: 1 | 2;
}

interface RunEnd {
  readonly type: "run.end";
  readonly outcome: Exclude<Outcome, "skipped">;
  readonly durationMs: number;
}

interface BuildStart {
  readonly type: "build.start";
}

interface BuildEnd {
  readonly type: "build.end";
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** The error as one text, as the summary shows it. */
  readonly error?: string;
  /** Artifacts of the build, in order; `null` stands for a build that made none. Empty when it failed. */
  readonly artifacts: readonly (ArtifactRecord | null)[];
}

interface NodeStart {
  readonly type: "node.start";
  readonly kind: NodeKind;
  readonly component?: EventComponent;
  /** The user's name for it. */
  readonly label?: string;
}

interface NodeEnd {
  readonly type: "node.end";
  readonly kind: NodeKind;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly error?: EventError;
}

interface PhaseChange {
  readonly type: "phase";
  readonly phase: Phase;
  readonly state: "start" | "end";
}

/** Text for people. */
export interface LogEvent {
  readonly type: "log";
  /** `say` and `error` come from the build itself, `stdout` and `stderr` are lines of a command's output. */
  readonly stream: "say" | "error" | "stdout" | "stderr";
  /** One line for `stdout` and `stderr`; may hold several for the others. No final line end. */
  readonly text: string;
  /** Type of the post-processor that speaks. */
  readonly postProcessor?: string;
  /** The line is not finished yet; the whole of it follows in a later event. Only live views should show it. */
  readonly partial?: true;
  /** The line goes on in the next event of the same stream, because it is very long or has paused for seconds. */
  readonly continues?: true;
}

interface ProgressEvent {
  readonly type: "progress";
  /** Tells concurrent transfers of a node apart. */
  readonly id: number;
  readonly title: string;
  readonly done: number;
  readonly total?: number;
  readonly ended?: true;
}

interface DiagnosticEvent {
  readonly type: "diagnostic";
  readonly diagnostic: Diagnostic;
}

interface ArtifactEvent {
  readonly type: "artifact";
  /** Its place in the build's list. */
  readonly index: number;
  readonly artifact: ArtifactRecord;
}

interface ResourceEvent {
  readonly type: "resource.created" | "resource.deleted";
  readonly resource: string;
  readonly name: string;
  readonly id?: string;
}

interface PromptEvent {
  readonly type: "prompt";
  readonly question: string;
}

/** The facts of an event, without what the bus adds. */
export type EventBody =
  | RunStart
  | RunCancel
  | RunEnd
  | BuildStart
  | BuildEnd
  | NodeStart
  | NodeEnd
  | PhaseChange
  | LogEvent
  | ProgressEvent
  | DiagnosticEvent
  | ArtifactEvent
  | ResourceEvent
  | PromptEvent;

/** Where an event comes from. */
export interface EventOrigin {
  /** Id of the graph node, or of a step of it; absent for the run itself. */
  readonly node?: string | undefined;
  /** Full name of the build that the node belongs to. */
  readonly build?: string | undefined;
}

/** What the bus adds to an event. */
export interface EventEnvelope {
  readonly v: 1;
  /** Counts up by one from 1 within a run. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly node?: string;
  readonly build?: string;
}

/**
 * A fact about a run. Events are the only thing that views, the journal and reports see. Plain JSON, already redacted:
 * no secret is in it.
 */
export type BuildEvent = EventEnvelope & EventBody;

/** The event of one type. */
export type EventOf<T extends EventBody["type"]> = EventEnvelope & Extract<EventBody, { readonly type: T }>;
