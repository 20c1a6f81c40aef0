export { createEventBus, type Backlog, type EventBus, type EventListener } from "./events/event-bus.js";
export type {
  AnnouncedBuild,
  BuildEvent,
  EventBody,
  EventComponent,
  EventEnvelope,
  EventError,
  EventOf,
  EventOrigin,
  LogEvent,
  NodeKind,
  Outcome,
  Phase,
} from "./events/events.js";
export { cancelledText, type BuildResult } from "./build/build-run.js";
export { executeCatalog } from "./catalog.js";
export { cleanUp, type CleanupFinding, type CleanupRequest } from "./ledger/cleanup.js";
export { journalFile, journalOwner, ownerState } from "./ledger/journal.js";
export { ledgerFile, readOpenResources, type LedgerOwner, type OpenResource } from "./ledger/ledger.js";
export { prepareGraph, type PrepareRequest } from "./run/prepare-graph.js";
export { createRedactor, mask, type Redactor, type StreamRedactor } from "./secrets/redact.js";
export { secretForms, shortestSecret } from "./secrets/secret-forms.js";
export { runEffects, runGraph, type RunResult } from "./run/run-graph.js";
export { runTasks, type ScheduleOptions, type Task } from "./run/scheduler.js";
export { createShellOpener, type Terminal } from "./build/shell-session.js";
export {
  listCheckpoints,
  pruneCheckpoints,
  type CheckpointRequest,
  type ListedCheckpoint,
} from "./checkpoints/manage.js";
export { findResumable, type Resumable } from "./checkpoints/resume.js";
export type {
  BuildOptions,
  CheckpointOptions,
  LateInputs,
  RunEnvironment,
  RunOptions,
  RunSignals,
} from "./run/settings.js";
export {
  currentOwner,
  findStateFolder,
  listRuns,
  openRunState,
  openStateFolder,
  type RunState,
  type StateChoice,
  type StateFolder,
} from "./ledger/state.js";
export type { Prompt } from "./events/ui.js";
export { buildLogLines, createLogNames } from "./views/build-log.js";
export { debugLogLines, type DebugLogOptions } from "./views/debug-log.js";
export { createHumanView, type HumanViewOptions } from "./views/human.js";
export { createMachineView, machineLine } from "./views/machine.js";
export { eventSchema } from "./views/event-schema.js";
export { ndjsonLine } from "./views/ndjson.js";
export { createReport, type Report, type ReportOptions } from "./views/report.js";
export { createTextSink, type TextSink } from "./views/text-sink.js";
