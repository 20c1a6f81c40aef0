import type { CompileResult } from "@hclbuild/compiler";
import { diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import type * as executorModule from "@hclbuild/executor";
import type { BuildOptions, EventBus, RunOptions, RunState } from "@hclbuild/executor";
import type { OnError } from "@hclbuild/sdk";
import { listenForInterrupts, type Cancellation } from "../build/cancellation.js";
import { cliCatalog } from "../catalog.js";
import { checkPlan } from "../template/plan.js";
import { prepareComponents } from "../template/check-template.js";
import type { Invocation } from "../command.js";
import { loadTemplate, type LoadedTemplate } from "../template/compile-template.js";
import { compileWithEffects } from "../template/compile-with-effects.js";
import { hasErrors } from "../output/diagnostic-output.js";
import { lateInputsOf, secretsOf } from "../template/late-inputs.js";
import {
  continuing,
  findEarlierRun,
  isDiagnostic,
  readDuration,
  readReuse,
  templatePath,
  type ReuseOptions,
} from "../build/reuse.js";
import { createRunEnvironment, type CommonRunOptions } from "../build/run-environment.js";
import { openRunFiles } from "../build/run-files.js";
import { createRunView, type RunView } from "../build/run-view.js";
import { readSetting } from "../settings.js";

/** The run's state, which is opened when something is to be kept. */
interface LazyState {
  open(): { readonly state?: RunState };
  close(): Promise<void>;
}

/** Opens the state once. */
function createLazyState(open: () => RunState | undefined): LazyState {
  let opened: { readonly state?: RunState } | undefined;
  return {
    open() {
      if (opened !== undefined) return opened;
      const state = open();
      opened = state === undefined ? {} : { state };
      return opened;
    },
    close: async () => opened?.state?.close(),
  };
}

/** Everything that the steps of a build command share. */
interface Session {
  readonly invocation: Invocation;
  readonly template: LoadedTemplate;
  readonly executor: typeof executorModule;
  readonly bus: EventBus;
  readonly environment: CommonRunOptions;
  readonly cancellation: Cancellation;
  /** The time for all of it. */
  readonly timeoutMs?: number;
  /** What the command's own clock showed when it began. */
  readonly started: number;
  readonly state: LazyState;
  /** What of earlier runs is used again. */
  readonly reuse?: ReuseOptions;
}

/** Compiles, asks services and reads data sources, compiles again, and runs the builds. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, args } = invocation;
  const cancellation = listenForInterrupts(host);
  try {
    const loading = [import("@hclbuild/executor"), import("@hclbuild/sdk")] as const;
    const earlier = invocation.flags.bool("resume")
      ? findEarlierRun(invocation, ...(await Promise.all(loading)))
      : undefined;
    const [template, executor, sdk] = await Promise.all([
      loadTemplate(continuing(invocation, earlier), args[0] as string, "run"),
      ...loading,
    ]);
    const { sources } = template.project;
    const bus = executor.createEventBus({ clock: host.clock, onListenerError: reraise });
    const environment = createRunEnvironment(host, { sdk, executor, mayAsk: !invocation.machineReadable });
    const view = createRunView({ invocation, sources, executor, clock: environment.clock });
    bus.subscribe(view.listener, view.backlog);
    const files = openRunFiles({ invocation, sources, executor, sdk, bus });
    try {
      const timeoutMs = readDuration(invocation, "timeout", sdk.parseDuration);
      const reuse = readReuse(invocation, earlier, sdk.parseDuration);
      const session: Session = {
        invocation: continuing(invocation, earlier),
        template,
        executor,
        bus,
        cancellation,
        environment: sharing(environment, view),
        started: environment.clock.monotonic(),
        state: createLazyState(() => openState(session)),
        ...(isDiagnostic(reuse) ? {} : { reuse }),
      };
      const problem = files.problem ?? [timeoutMs, reuse].find(isDiagnostic);
      if (problem !== undefined) report(session, [problem]);
      if (problem !== undefined || isDiagnostic(timeoutMs)) return fail(session);
      return await runBuilds(timeoutMs === undefined ? session : { ...session, timeoutMs });
    } catch (error) {
      throw maskError(error, bus);
    } finally {
      files.close();
      view.close();
    }
  } finally {
    cancellation.release();
  }
}

/** Takes the live view off the terminal while somebody else uses it. */
function sharing(environment: CommonRunOptions, view: RunView): CommonRunOptions {
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    view.suspend();
    try {
      return await work();
    } finally {
      view.resume();
    }
  };
  const { prompt, openShell } = environment;
  return {
    ...environment,
    ...(prompt === undefined ? {} : { prompt: (...asked) => alone(() => prompt(...asked)) }),
    ...(openShell === undefined ? {} : { openShell: (machine, signal) => alone(() => openShell(machine, signal)) }),
  };
}

/** A fault of ours is printed for a bug report, where secrets that are in its text do not belong. */
function maskError(error: unknown, bus: EventBus): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? bus.redact(error) : error;
  error.message = bus.redact(error.message);
  if (error.stack !== undefined) error.stack = bus.redact(error.stack);
  return error;
}

/** A view that throws is a fault of ours and must not be swallowed. */
function reraise(error: unknown): void {
  throw error;
}

async function runBuilds(session: Session): Promise<number> {
  const { state, executor } = session;
  const changed = checkPlan(session.invocation, session.template);
  report(session, changed);
  if (hasErrors(changed)) return fail(session);
  try {
    const result = await compileForRun(session);
    if (result?.graph === undefined) return fail(session);
    const options = { ...runOptions(session, result), graph: result.graph, ...state.open() };
    return (await executor.runGraph(options)).outcome === "succeeded" ? 0 : 1;
  } finally {
    await state.close();
  }
}

/** The final compilation, or `undefined` when something is wrong, which has been reported. */
async function compileForRun(session: Session): Promise<CompileResult | undefined> {
  const { invocation, template } = session;
  const result = await compileWithEffects({
    host: invocation.host,
    template,
    undeclared: invocation.flags.bool("strict-vars")
      ? "error"
      : invocation.flags.bool("warn-on-undeclared-var")
        ? "warn"
        : "ignore",
    signal: session.cancellation.cancel,
    report: (diagnostics) => report(session, diagnostics),
    async readData(graph, soFar) {
      // The ledger has to know of programs that data sources start.
      const options = { ...runOptions(session, soFar), graph, ...session.state.open() };
      const { outcome, effects } = await session.executor.runEffects(options);
      return outcome === "succeeded" ? effects : undefined;
    },
  });
  if (result === undefined) return undefined;
  const prepared = await prepareComponents(invocation, template, result);
  report(session, [...result.diagnostics, ...prepared]);
  if (hasErrors(result.diagnostics) || hasErrors(prepared)) return undefined;
  if (result.buildNames.length > 0) return result;
  report(session, [diagnose(cliCatalog["no-builds"], {})]);
  return undefined;
}

function report({ bus }: Session, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    // Reading data sources may have said the same already.
    if (diagnostic.severity !== "error" && bus.hasPublished(diagnostic)) continue;
    bus.publish({}, { type: "diagnostic", diagnostic });
  }
}

/** Ends the output of a run that never began. */
function fail({ bus, invocation, cancellation, environment, started }: Session): number {
  const { cancel } = cancellation;
  if (cancel.aborted && !bus.hasCancelled) {
    bus.publish({}, { type: "run.cancel", stage: 1, reason: String(cancel.reason) });
  }
  if (bus.hasCancelled || invocation.flags.text("format") === "ndjson") {
    const outcome = bus.hasCancelled ? "cancelled" : "failed";
    bus.publish({}, { type: "run.end", outcome, durationMs: environment.clock.monotonic() - started });
  }
  // What nobody waited for says nothing any more.
  bus.close();
  return 1;
}

function runOptions(session: Session, result: CompileResult): Omit<RunOptions, "graph"> {
  const { template, bus, environment, cancellation, invocation } = session;
  return {
    ...environment,
    bus,
    plugins: template.plugins,
    signals: cancellation,
    build: {
      ...readBuildOptions(invocation),
      ...session.reuse,
      ...(session.timeoutMs === undefined ? {} : { timeoutMs: timeLeft(session, session.timeoutMs) }),
    },
    inputs: lateInputsOf(result),
    secrets: secretsOf(result),
    startTime: invocation.host.processStartTime,
  };
}

function timeLeft({ environment, started }: Session, timeoutMs: number): number {
  return Math.max(0, timeoutMs - (environment.clock.monotonic() - started));
}

function readBuildOptions({ flags }: Invocation): BuildOptions {
  return {
    onError: (flags.text("on-error") ?? "cleanup") as OnError,
    parallel: flags.int("parallel-builds") ?? 0,
    debug: flags.bool("debug"),
    force: flags.bool("force"),
  };
}

function openState(session: Session): RunState | undefined {
  const { executor, environment, invocation, template } = session;
  const { directory, warnings } = executor.openStateFolder({
    host: environment.host,
    templateDirectory: template.project.rootDirectory,
    configured: readSetting(invocation.host.env, "STATE_DIR"),
  });
  report(session, warnings);
  if (directory === undefined) return undefined;
  const about = { template: templatePath(invocation), startTime: invocation.host.processStartTime };
  return executor.openRunState(directory, { runId: environment.runId, clock: environment.clock, about });
}
