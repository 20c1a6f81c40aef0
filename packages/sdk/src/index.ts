export { createArtifact, type ArtifactHandle, type ArtifactRecord } from "./artifact.js";
export type {
  ArtifactExists,
  BuilderAbility,
  BuilderRuntime,
  BuildHooks,
  Checkpoint,
  CheckpointOutcome,
  CheckpointPlace,
  CheckpointRefusal,
  Checkpoints,
  CheckpointStore,
  EnclosedBuilder,
  LaunchStart,
  Machine,
  MachineAccess,
  PhasedBuilder,
  Reclaim,
  ReclaimContext,
} from "./builder.js";
export { runCatalog } from "./catalog.js";
export {
  captureCommand,
  createSink,
  disconnectedExitCode,
  exitCodeOf,
  runCommand,
  runVisibly,
  type CapturedCompletion,
} from "./command.js";
export type {
  Communicator,
  CommunicatorCapability,
  CommunicatorRuntime,
  Completion,
  ConnectTarget,
  DirectoryOptions,
  Running,
  StartRequest,
  UploadOptions,
} from "./communicator.js";
export { isCommunicator } from "./connect.js";
export { readContent } from "./content.js";
export type {
  BuildContext,
  BuildInfo,
  DataSourceContext,
  OnError,
  PostProcessContext,
  RunContext,
  StepContext,
} from "./context.js";
export { formatDuration, humanDuration, parseDuration, parseDurationNanoseconds } from "./duration.js";
export { BuildError, buildError, diagnosticOf, messageOf, systemErrorCode, type BuildErrorOptions } from "./errors.js";
export { makeFolders } from "./folders.js";
export { createClock, createRandom, type Clock, type Host, type Random, type Timer } from "./host.js";
export type { ComponentInputs, InputsContext, ReadInputs } from "./inputs.js";
export { isKnownOption, unknownOption, type Json, type MaybeUnknown } from "./json.js";
export type { LeftResource, Ledger, LedgerEntry, LedgerIntent } from "./ledger.js";
export { createLocalCommunicator, type LocalCommunicatorOptions } from "./local-communicator.js";
export { manifestFileName, readManifest, renderManifest, type FrozenPlugin } from "./manifest.js";
export { createNoneCommunicator, type NoneCommunicatorOptions } from "./none-communicator.js";
export { directoryTarget, isExcluded, resolveLocal, stateInside } from "./paths.js";
export {
  definePlugin,
  type DataSourceRuntime,
  type Plugin,
  type PluginComponent,
  type PostProcessorRuntime,
  type PostProcessResult,
  type Prepare,
  type PrepareContext,
  type ProvisionerRuntime,
  type RuntimeByKind,
  type RuntimeModule,
} from "./plugin.js";
export { startProcess, type ProcessRequest } from "./process.js";
export { endProcessGroup, processGroupResource, type ProcessRecord } from "./process-group.js";
export { processIdentity } from "./process-identity.js";
export { renderGoTemplate, type TemplateFacts } from "./render.js";
export { Scope, type CleanupFailure, type Deferred, type ScopeOptions } from "./scope.js";
export { spoolContent, type SpooledContent } from "./spool.js";
export { escapeSingleQuotes, quoteShellCommand, quoteShellWord } from "./shell-quote.js";
export type { AskOptions, Logger, OutputStreams, Progress, StepUi } from "./ui.js";
export { abortable, deadline, retry, sleep, TimeoutReached, type Deadline, type RetryOptions } from "./wait.js";
