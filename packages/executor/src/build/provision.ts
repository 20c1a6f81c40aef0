import type { StepNode } from "@hclbuild/graph";
import type { JsonValue } from "@hclbuild/schema";
import {
  buildError,
  deadline,
  formatDuration,
  messageOf,
  sleep,
  type MachineAccess,
  type ProvisionerRuntime,
  type StepContext,
  type StepUi,
} from "@hclbuild/sdk";
import { executeCatalog } from "../catalog.js";
import { buildInfoOf, resolveBuildConfig, type BuildFrame } from "./build-frame.js";
import { errorOf, type FailureGate } from "../failure.js";
import type { NodeKind } from "../events/events.js";
import { createNodeScope, createRunContext, uiSources } from "../run/run-context.js";
import { createStepUi } from "../events/ui.js";

/** What runs a build's steps. */
export interface ProvisionSettings {
  readonly frame: BuildFrame;
  /** Decides what happens when a step failed: throws to fail the build, returns to try the step again. */
  readonly gate: FailureGate;
}

/** Runs the build's provisioners, in order; rejects with the error of the one that failed. */
export async function provision(settings: ProvisionSettings, machine: MachineAccess): Promise<void> {
  const { frame, gate } = settings;
  const plan = frame.checkpoints.current;
  for (const [index, step] of frame.node.steps.entries()) {
    if (index < (plan?.restored ?? 0)) {
      skipStep(frame, step);
      continue;
    }
    for (;;) {
      frame.signal.throwIfAborted();
      if (frame.run.options.build.debug)
        await pauseForDebug(frame, "Pausing before the next provisioner . Press enter to continue.");
      try {
        const config = plan?.configOf(index);
        const request = {
          step,
          kind: "step",
          signal: frame.signal,
          ...(config === undefined ? {} : { config }),
        } as const;
        const clean = await runStep(frame, machine, request);
        frame.failure.node = undefined;
        await plan?.save(index, clean);
        break;
      } catch (error) {
        await gate(error, { what: step.name ?? step.component.name, step: "StepProvision", machine });
      }
    }
  }
}

/** Runs the error-cleanup-provisioner, if there is one, under the signal of clean-ups. Its failure is only reported. */
export async function cleanupProvision(frame: BuildFrame, machine: MachineAccess): Promise<void> {
  const ui = buildUi(frame);
  ui.say("Provisioning step had errors: Running the cleanup provisioner, if present...");
  for (const step of frame.node.onError) {
    try {
      await runStep(frame, machine, { step, kind: "cleanup-step", signal: frame.run.cleanupSignal });
    } catch (error) {
      ui.error(`error-cleanup-provisioner failed: ${messageOf(error)}`);
    }
  }
}

/** The ui of the build itself. */
export function buildUi(frame: BuildFrame): StepUi {
  return createStepUi(uiSources(frame.run), frame.origin);
}

/** Waits for enter in debug mode; goes on at once when nobody can press it. */
export async function pauseForDebug(frame: BuildFrame, text: string): Promise<void> {
  const { prompt } = frame.run.options;
  if (prompt === undefined) return;
  await buildUi(frame).ask(text, frame.signal);
}

/** A step whose result the machine started with. */
function skipStep(frame: BuildFrame, step: StepNode): void {
  const { kind, name } = step.component;
  const origin = { ...frame.origin, node: step.id };
  const label = step.name === undefined ? {} : { label: step.name };
  const { bus } = frame.run.options;
  bus.publish(origin, { type: "node.start", kind: "step", component: { kind, name }, ...label });
  bus.publish(origin, { type: "node.end", kind: "step", outcome: "skipped", durationMs: 0 });
}

interface StepRun {
  readonly step: StepNode;
  /** The configuration when it is known already. */
  readonly config?: Readonly<Record<string, JsonValue>>;
  readonly kind: NodeKind;
  readonly signal: AbortSignal;
}

/** Runs a step with its events. False when it failed and `continue_on_error` passed that over. */
async function runStep(frame: BuildFrame, machine: MachineAccess, request: StepRun): Promise<boolean> {
  const { step, kind } = request;
  const { bus, clock } = frame.run.options;
  const origin = { ...frame.origin, node: step.id };
  const { kind: componentKind, name } = step.component;
  const label = step.name === undefined ? {} : { label: step.name };
  bus.publish(origin, { type: "node.start", kind, component: { kind: componentKind, name }, ...label });
  const started = clock.monotonic();
  const end = (outcome: "succeeded" | "failed" | "cancelled", error?: unknown): void =>
    bus.publish(origin, {
      type: "node.end",
      kind,
      outcome,
      durationMs: clock.monotonic() - started,
      ...(error === undefined ? {} : { error: errorOf(error) }),
    });
  try {
    const swallowed = await runWrapped(frame, machine, request);
    end(swallowed === undefined ? "succeeded" : "failed", swallowed);
    return swallowed === undefined;
  } catch (error) {
    if (kind === "step") frame.failure.node = step.id;
    end(request.signal.aborted ? "cancelled" : "failed", request.signal.aborted ? undefined : error);
    throw error;
  }
}

/**
 * The component inside its wrappers, from the inside: pause or timeout, retries, continue_on_error. Returns the error
 * that continue_on_error swallowed.
 */
async function runWrapped(frame: BuildFrame, machine: MachineAccess, request: StepRun): Promise<unknown> {
  const { step, signal } = request;
  const ui = stepUi(frame, step);
  try {
    await withRetries(ui, request, () => runAttempt(frame, machine, request));
    return undefined;
  } catch (error) {
    if (step.continueOnError !== true || signal.aborted) throw error;
    ui.say(
      `Warning: Provisioner failed with "${messageOf(error)}", but continue_on_error is set; continuing the build.`,
    );
    return error;
  }
}

async function withRetries(ui: StepUi, { step, signal }: StepRun, attempt: () => Promise<void>): Promise<void> {
  let first: unknown;
  try {
    await attempt();
    return;
  } catch (error) {
    if (signal.aborted || (step.retry ?? 0) < 1) throw error;
    first = error;
  }
  // As in Packer, the messages and the final error are those of the first failure.
  for (let left = step.retry ?? 0; left > 0; left -= 1) {
    ui.say(`Provisioner failed with "${messageOf(first)}", retrying with ${left} trie(s) left`);
    try {
      await attempt();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  ui.say("retry limit reached.");
  throw first;
}

/** One attempt, with its pause or its timeout: a pause makes the timeout have no effect, as in Packer. */
async function runAttempt(frame: BuildFrame, machine: MachineAccess, request: StepRun): Promise<void> {
  const { step, signal } = request;
  const { clock } = frame.run.options;
  const ui = stepUi(frame, step);
  if (step.pauseMs !== undefined && step.pauseMs > 0) {
    ui.say(`Pausing ${formatDuration(step.pauseMs)} before the next provisioner...`);
    await sleep(clock, step.pauseMs, signal);
    await runComponent(frame, machine, request);
    return;
  }
  if (step.timeoutMs === undefined || step.timeoutMs <= 0) {
    await runComponent(frame, machine, request);
    return;
  }
  const timeout = formatDuration(step.timeoutMs);
  ui.say(`Setting a ${timeout} timeout for the next provisioner...`);
  using limit = deadline(clock, step.timeoutMs, signal);
  limit.signal.addEventListener("abort", () => {
    if (limit.expired) ui.error("Cancelling provisioner after a timeout...");
  });
  try {
    await runComponent(frame, machine, { ...request, signal: limit.signal });
  } catch (error) {
    if (!limit.expired || signal.aborted) throw error;
    throw buildError(executeCatalog["step-timeout"], { timeout }, { cause: error });
  }
}

async function runComponent(frame: BuildFrame, machine: MachineAccess, request: StepRun): Promise<void> {
  const { run } = frame;
  const { step, signal } = request;
  const origin = { ...frame.origin, node: step.id };
  signal.throwIfAborted();
  const { schema, runtime } = await run.components.load({ ...step.component, kind: "provisioner" });
  const build = buildInfoOf(frame, machine.data);
  const node = { id: step.id, schema, config: step.config };
  const config = request.config ?? resolveBuildConfig(frame, node, build);
  await using scope = createNodeScope(run, origin);
  const parts = { origin, component: step.component, build, signal, scope };
  // Assigned, not spread: reading the context's folder would make it.
  const context: StepContext = Object.assign(createRunContext(run, parts), { communicator: machine.communicator });
  await (runtime as ProvisionerRuntime<unknown>).provision(context, config);
  signal.throwIfAborted();
}

function stepUi(frame: BuildFrame, step: StepNode): StepUi {
  return createStepUi(uiSources(frame.run), { ...frame.origin, node: step.id });
}

/** A node's id as the name of a folder. */
export function folderName(id: string): string {
  return id.replaceAll(/[^\w.#-]+/g, "_");
}
