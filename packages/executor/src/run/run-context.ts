import { setMaxListeners } from "node:events";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { describeSystemError, createReport, diagnose, type Diagnostic, type Report } from "@hclbuild/diagnostics";
import {
  buildError,
  makeFolders,
  messageOf,
  renderGoTemplate,
  Scope,
  type BuildInfo,
  type CleanupFailure,
  type Json,
  type RunContext,
} from "@hclbuild/sdk";
import { executeCatalog } from "../catalog.js";
import { createDigestMemory, type DigestMemory } from "../checkpoints/digest-memory.js";
import type { EventOrigin } from "../events/events.js";
import { createForgetfulLedger, type LedgerChange } from "../ledger/ledger.js";
import { createComponentTable, type ComponentTable, type WantedComponent } from "../plugins.js";
import { createRedactor, type Redactor } from "../secrets/redact.js";
import { shortestSecret } from "../secrets/secret-forms.js";
import type { RunOptions } from "./settings.js";
import { createLogger, createStepUi, type UiSources } from "../events/ui.js";

/** What all parts of a run share. */
export interface Run {
  readonly options: RunOptions;
  readonly components: ComponentTable;
  readonly redactor: Redactor;
  /** Aborts when the run is cancelled, also by its own timeout. */
  readonly signal: AbortSignal;
  /** What clean-ups run under: aborts when nobody waits any more. */
  readonly cleanupSignal: AbortSignal;
  /** Folder for temporary files; made when first used, removed at the end of the run. */
  readonly workDir: string;
  /** Milliseconds since the epoch; what `timestamp` in Go templates gives. */
  readonly startTime: number;
  /** Digests of local files that were read, by what tells that they have not changed. */
  readonly fileDigests: DigestMemory;
  addSecrets(secrets: readonly string[]): void;
  report(origin: EventOrigin, diagnostic: Diagnostic): void;
  /** Reports what is to be noted about an option, unless the same was said of the same place: one mistake, one message. */
  note(origin: EventOrigin, diagnostic: Diagnostic): void;
}

/** Makes the shared part of a run. */
export function createRun(given: RunOptions, signal: AbortSignal): Run {
  const options: RunOptions = { ...given, host: { ...given.host, stateDirectory: given.state?.folder } };
  const cleanupSignal = options.signals.stopWaiting ?? new AbortController().signal;
  // Every build, step and transfer listens to them; that many listeners are no leak.
  setMaxListeners(0, signal, cleanupSignal);
  const redactor = createRedactor();
  const { bus } = options;
  bus.redactWith((text) => redactor.redact(text));
  const warned = new Set<string>();
  const run: Run = {
    options,
    components: createComponentTable(options.plugins),
    redactor,
    signal,
    cleanupSignal,
    fileDigests: createDigestMemory(options.state?.folder, () => options.clock.now()),
    startTime: options.startTime ?? options.clock.now(),
    workDir: temporaryFolder(options.host.temporaryDirectory, options.runId),
    addSecrets(secrets) {
      for (const short of redactor.add(secrets)) {
        if (warned.has(short)) continue;
        warned.add(short);
        run.report({}, diagnose(executeCatalog["secret-too-short"], { length: shortestSecret }));
      }
    },
    report: (origin, diagnostic) => bus.publish(origin, { type: "diagnostic", diagnostic }),
    note(origin, diagnostic) {
      if (!bus.hasPublished(diagnostic)) run.report(origin, diagnostic);
    },
  };
  // Masked from the first event on; those that are too short are reported once the run has begun.
  redactor.add(options.secrets ?? []);
  return run;
}

/** What the uis of a run are made from. */
export function uiSources(run: Run): UiSources {
  const { redactor } = run;
  const { bus, clock, prompt } = run.options;
  return { bus, clock, redactor, prompt, addSecrets: (secrets) => run.addSecrets(secrets) };
}

/** The folder for a run's temporary files: `cleanup` finds it by the id of the run. */
export function temporaryFolder(temporaryDirectory: string, runId: string): string {
  return path.join(temporaryDirectory, `hclbuild-${runId.replaceAll("-", "").slice(-12)}`);
}

/** Removes a run's temporary files; what cannot be removed is reported. */
export function removeTemporaryFolder(run: Run): void {
  if (!existsSync(run.workDir)) return;
  try {
    rmSync(run.workDir, { recursive: true, force: true });
  } catch (error) {
    const what = `remove ${run.workDir}`;
    run.report({}, diagnose(executeCatalog["clean-up-failed"], { what, reason: describeSystemError(error) }));
  }
}

/** What a context is made for. */
export interface ContextRequest {
  readonly origin: EventOrigin;
  readonly component: WantedComponent;
  readonly build: BuildInfo;
  readonly signal: AbortSignal;
  readonly scope: Scope;
  /** Name of a folder of its own for temporary files, for those that do not share the run's. */
  readonly folder?: string;
  /** Set for post-processors: the name after the build's in the output. */
  readonly postProcessor?: string;
}

/** The context of one component. */
export function createRunContext(run: Run, request: ContextRequest): RunContext {
  const { options } = run;
  const { host, clock, random } = options;
  const { origin, build, signal, scope } = request;
  const onChange = (change: LedgerChange): void => reportChange(run, origin, change);
  let workDir: string | undefined;
  return {
    signal,
    scope,
    clock,
    random,
    host,
    build,
    ui: createStepUi(uiSources(run), origin, request.postProcessor),
    report: createNodeReport(run, origin),
    log: createLogger(run.redactor, origin, options.debugLog),
    ledger: options.state?.ledger.forComponent(request.component, onChange) ?? createForgetfulLedger(onChange),
    get workDir() {
      workDir ??= makeFolder(path.join(run.workDir, request.folder ?? ""));
      return workDir;
    },
    render: (template, fields, options) => renderTemplate(run, build, { template, fields: fields ?? {}, ...options }),
  };
}

/** Places what a component reports at its block. */
function createNodeReport(run: Run, origin: EventOrigin): Report {
  const entry = origin.node === undefined ? undefined : run.options.graph.spans[origin.node]?.[""];
  const place = {
    ...(entry === undefined ? {} : { span: { file: entry[0], start: entry[1], end: entry[2] } }),
    ...(origin.node === undefined ? {} : { address: origin.node }),
  };
  return createReport((diagnostic) => run.report(origin, { ...place, ...diagnostic }));
}

function reportChange(run: Run, origin: EventOrigin, change: LedgerChange): void {
  if (change.kind === "unrecorded") {
    const { path: folder, reason } = change;
    run.report(origin, diagnose(executeCatalog["state-unwritable"], { path: folder, reason }));
    return;
  }
  run.options.bus.publish(origin, {
    type: change.kind === "created" ? "resource.created" : "resource.deleted",
    resource: change.intent.resource,
    name: change.intent.name,
    ...(change.id === undefined ? {} : { id: change.id }),
  });
}

function makeFolder(folder: string): string {
  try {
    makeFolders(folder, 0o700);
    return folder;
  } catch (error) {
    const reason = describeSystemError(error);
    throw buildError(executeCatalog["temporary-unwritable"], { path: folder, reason }, { cause: error });
  }
}

/** Renders a Go template with what the build knows. */
export function renderTemplate(
  run: Run,
  build: BuildInfo,
  request: {
    readonly template: string;
    readonly fields: Readonly<Record<string, Json>>;
    readonly isStrict?: boolean;
  },
): string {
  const { options } = run;
  return renderGoTemplate(request.template, {
    fields: request.fields,
    isStrict: request.isStrict ?? false,
    build,
    startTime: run.startTime,
    workingDirectory: options.host.cwd,
    random: options.random,
  });
}

/** A scope whose failed clean-ups become warnings of a node. */
export function createNodeScope(run: Run, origin: EventOrigin): Scope {
  return new Scope({
    cleanupSignal: run.cleanupSignal,
    onFailure: (failure: CleanupFailure) => {
      const diagnostic = diagnose(executeCatalog["clean-up-failed"], {
        what: failure.name,
        reason: messageOf(failure.error).replace(/\.$/, ""),
        address: origin.node,
      });
      run.report(origin, diagnostic);
    },
  });
}
