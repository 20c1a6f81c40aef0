import type { MachineNode, NodeId, PostNode } from "@hclbuild/graph";
import {
  messageOf,
  type ArtifactHandle,
  type BuilderRuntime,
  type BuildContext,
  type BuildHooks,
  type EnclosedBuilder,
} from "@hclbuild/sdk";
import type { Value } from "@hclbuild/value";
import { diagnose } from "@hclbuild/diagnostics";
import { commonData } from "./build-data.js";
import { buildInfoOf, reportFailure, resolveBuildConfig, type BuildFrame } from "./build-frame.js";
import { executeCatalog } from "../catalog.js";
import { reportNoCheckpoints } from "../checkpoints/plan.js";
import { planReuse } from "../checkpoints/reuse.js";
import type { Outcome } from "../events/events.js";
import { errorOf, type Aftermath } from "../failure.js";
import { createFailureGate } from "./failure-gate.js";
import { enclosePhased } from "./phased-builder.js";
import { runPostProcessors } from "./post-process.js";
import { cleanupProvision, folderName, provision } from "./provision.js";
import { createNodeScope, createRunContext, type Run } from "../run/run-context.js";

/** A build to run. */
export interface BuildRequest {
  readonly node: MachineNode;
  /** Its post-processors, in the order of the graph. */
  readonly posts: readonly PostNode[];
  readonly outputOf: (node: NodeId) => Value | undefined;
}

/** How a build ended. */
export interface BuildResult {
  /** Id of the machine node. */
  readonly node: NodeId;
  readonly name: string;
  readonly outcome: Outcome;
  /** In order; `undefined` stands for a build without an artifact. Empty unless the build succeeded. */
  readonly artifacts: readonly (ArtifactHandle | undefined)[];
  /** The error as one text. */
  readonly error?: string;
}

/** Runs one build with its post-processors. Never rejects: a failure is its result. */
export async function runBuild(run: Run, request: BuildRequest): Promise<BuildResult> {
  const { node } = request;
  const { bus, clock } = run.options;
  const origin = { node: node.id, build: node.name };
  const machineData = { current: commonData(run.options.runId, node.name) };
  const frame: BuildFrame = {
    run,
    node,
    origin,
    signal: run.signal,
    outputOf: request.outputOf,
    machineData,
    checkpoints: { current: undefined },
    failure: { node: undefined },
    reported: new WeakSet(),
  };
  bus.publish(origin, { type: "build.start" });
  const started = clock.monotonic();
  let outcome: Outcome = "succeeded";
  let error: string | undefined;
  let artifacts: readonly (ArtifactHandle | undefined)[] = [];
  try {
    const reuse = await planReuse(frame, request.posts);
    artifacts = reuse?.artifacts ?? (await makeArtifacts(frame, request.posts));
    run.signal.throwIfAborted();
    if (reuse?.artifacts === undefined) await reuse?.record(artifacts);
  } catch (thrown) {
    outcome = run.signal.aborted ? "cancelled" : "failed";
    error = run.signal.aborted ? cancelledText : messageOf(thrown);
    artifacts = [];
    if (outcome === "failed") reportFailure(frame, thrown, frame.failure.node ?? node.id);
  }
  for (const [index, artifact] of artifacts.entries()) {
    if (artifact !== undefined) bus.publish(origin, { type: "artifact", index, artifact: artifact.describe() });
  }
  bus.publish(origin, {
    type: "build.end",
    outcome,
    durationMs: clock.monotonic() - started,
    ...(error === undefined ? {} : { error }),
    artifacts: artifacts.map((artifact) => artifact?.describe() ?? null),
  });
  return { node: node.id, name: node.name, outcome, artifacts, ...(error === undefined ? {} : { error }) };
}

async function makeArtifacts(
  frame: BuildFrame,
  posts: readonly PostNode[],
): Promise<readonly (ArtifactHandle | undefined)[]> {
  const built = await runMachine(frame);
  return built === undefined ? [undefined] : await runPostProcessors(frame, posts, built);
}

/** What a cancelled build says instead of an error. */
export const cancelledText = "build was cancelled";

async function runMachine(frame: BuildFrame): Promise<ArtifactHandle | undefined> {
  const { run, node, origin } = frame;
  const { bus, clock } = run.options;
  const { kind, name } = node.component;
  bus.publish(origin, { type: "node.start", kind: "machine", component: { kind, name } });
  const started = clock.monotonic();
  const end = (outcome: Outcome, error?: unknown): void =>
    bus.publish(origin, {
      type: "node.end",
      kind: "machine",
      outcome,
      durationMs: clock.monotonic() - started,
      ...(error === undefined ? {} : { error: errorOf(error) }),
    });
  try {
    const artifact = await runBuilder(frame);
    end("succeeded");
    return artifact;
  } catch (error) {
    end(frame.signal.aborted ? "cancelled" : "failed", frame.signal.aborted ? undefined : error);
    throw error;
  }
}

async function runBuilder(frame: BuildFrame): Promise<ArtifactHandle | undefined> {
  const { run, node, origin, signal } = frame;
  signal.throwIfAborted();
  const { schema, runtime } = await run.components.load({ ...node.component, kind: "builder" });
  const build = buildInfoOf(frame, frame.machineData.current);
  const config = resolveBuildConfig(frame, { id: node.id, schema, config: node.config }, build);
  const { onError } = run.options.build;
  const aftermath: Aftermath = { mode: onError === "ask" ? "cleanup" : onError };
  const gate = createFailureGate(frame, aftermath);
  const builder = enclosedForm(frame, runtime as BuilderRuntime<unknown>, { frame, gate, aftermath });
  const hooks: BuildHooks = {
    async provision(machine) {
      frame.machineData.current = machine.data;
      await provision({ frame, gate }, machine);
    },
    cleanupProvision: (machine) => cleanupProvision(frame, machine),
  };
  await using scope = createNodeScope(run, origin);
  let settled = false;
  const parts = { origin, component: node.component, build, signal, scope, folder: folderName(node.id) };
  const context: BuildContext = Object.assign(createRunContext(run, parts), { failed: () => !settled });
  const artifact = await builder.run(context, config, hooks);
  settled = true;
  return artifact;
}

function enclosedForm(
  frame: BuildFrame,
  runtime: BuilderRuntime<unknown>,
  settings: Parameters<typeof enclosePhased>[1],
): EnclosedBuilder<unknown> {
  if (runtime.form === "phased") return enclosePhased(runtime, settings);
  const { onError, checkpoints } = frame.run.options.build;
  if (checkpoints !== undefined)
    reportNoCheckpoints(frame, `the builder ${frame.node.component.name} runs its build by itself`);
  if (onError !== "cleanup" && !runtime.honours.has("shell-on-error")) {
    const { name } = frame.node.component;
    frame.run.report(
      frame.origin,
      diagnose(executeCatalog["option-not-honoured"], {
        builder: name,
        option: `-on-error=${onError}`,
        address: frame.node.id,
      }),
    );
  }
  return runtime;
}
