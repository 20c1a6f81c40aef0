import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  dependenciesOf,
  type EffectNode,
  type MachineNode,
  type NodeId,
  type PostNode,
  type ValueNode,
} from "@hclbuild/graph";
import { deadline, type Deadline } from "@hclbuild/sdk";
import { containsMark, markValue, type Value } from "@hclbuild/value";
import { followPath } from "../build/build-data.js";
import { cancelledText, runBuild, type BuildResult } from "../build/build-run.js";
import { runEffect } from "./effects.js";
import type { Outcome } from "../events/events.js";
import { createRun, removeTemporaryFolder, type Run } from "./run-context.js";
import { collectSecrets, evaluateTemplate, watchSecrets } from "./run-node.js";
import { runTasks, type Task } from "./scheduler.js";
import type { RunOptions } from "./settings.js";

/** How a run ended. */
export interface RunResult {
  readonly outcome: Exclude<Outcome, "skipped">;
  /** In the order of the graph. */
  readonly builds: readonly BuildResult[];
  /** Outputs of the effect nodes that ran or were given. */
  readonly effects: ReadonlyMap<NodeId, Value>;
}

/**
 * Runs the builds of a graph and what they depend on. Never rejects for what a user can cause: failures are diagnostics
 * and build ends on the bus, and the outcome of the result. When `signals.stopWaiting` aborts, it resolves without
 * waiting for what still runs.
 */
export async function runGraph(options: RunOptions): Promise<RunResult> {
  return await runWith(options, (run, collected) => allTasks(run, collected));
}

/**
 * Runs only the effect nodes that the graph's roots depend on, for the second compilation. Of run and build events it
 * emits `run.cancel` alone; failures are diagnostics.
 */
export async function runEffects(options: RunOptions): Promise<RunResult> {
  using limit = limitOf(options);
  const run = createRun(options, limit.signal);
  const collected = collectNodes(run);
  const wanted = neededEffects(options, collected);
  run.addSecrets(options.secrets ?? []);
  try {
    const tasks = effectTasks(run, collected).filter((task) => wanted.has(task.id));
    const work = runTasks(tasks, { parallel: 0, signal: run.signal });
    const outcomes = await untilNobodyWaits(work, options, limit);
    const outcome = run.signal.aborted || outcomes === undefined ? "cancelled" : worst([...outcomes.values()]);
    return { outcome, builds: [], effects: collected.effects };
  } finally {
    removeTemporaryFolder(run);
  }
}

function limitOf({ clock, build, signals }: RunOptions): Deadline {
  return deadline(clock, build.timeoutMs ?? Number.POSITIVE_INFINITY, signals.cancel);
}

async function runWith(
  options: RunOptions,
  makeTasks: (run: Run, collected: Collected) => readonly Task[],
): Promise<RunResult> {
  const { bus, clock, build } = options;
  using limit = limitOf(options);
  const run = createRun(options, limit.signal);
  const started = clock.monotonic();
  const collected = collectNodes(run);
  const machines = [...collected.machines.values()];
  const parallel = build.debug ? 1 : Math.max(0, build.parallel);
  const { state } = options;
  const leaveJournal = state === undefined ? undefined : bus.subscribe((event) => state.journal.record(event));
  bus.publish(
    {},
    {
      type: "run.start",
      runId: options.runId,
      parallel,
      debug: build.debug,
      builds: machines.map(({ id, name, component }) => ({ node: id, name, builderType: component.name })),
    },
  );
  run.addSecrets(options.secrets ?? []);
  const work = runTasks(makeTasks(run, collected), { parallel, signal: run.signal });
  const outcomes = await untilNobodyWaits(work, options, limit);
  const builds = machines.map((node) => collected.results.get(node.id) ?? unfinished(node));
  const outcome = run.signal.aborted || outcomes === undefined ? "cancelled" : worst([...outcomes.values()]);
  removeTemporaryFolder(run);
  run.fileDigests.save();
  bus.publish({}, { type: "run.end", outcome, durationMs: clock.monotonic() - started });
  if (outcomes === undefined) bus.close();
  leaveJournal?.();
  await state?.close();
  return { outcome, builds, effects: collected.effects };
}

/** Waits for the work, and says when it is cancelled. `undefined` when nobody waits for it any more. */
async function untilNobodyWaits<T>(work: Promise<T>, options: RunOptions, limit: Deadline): Promise<T | undefined> {
  const { stopWaiting } = options.signals;
  const announce = (stage: 1 | 2, signal: AbortSignal): void =>
    options.bus.publish(
      {},
      { type: "run.cancel", stage, reason: limit.expired ? "timeout" : reasonText(signal.reason) },
    );
  using _cancelled = whenAborted(limit.signal, () => announce(1, limit.signal));
  if (stopWaiting === undefined) return await work;
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  using _stopped = whenAborted(stopWaiting, () => {
    announce(2, stopWaiting);
    stop();
  });
  return await Promise.race([work, stopped]);
}

/** Calls the listener when the signal aborts, or now if it has; not any more once disposed. */
function whenAborted(signal: AbortSignal, listener: () => void): Disposable {
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}

function reasonText(reason: unknown): string {
  return typeof reason === "string" ? reason : "interrupt";
}

function unfinished(node: MachineNode): BuildResult {
  return { node: node.id, name: node.name, outcome: "cancelled", artifacts: [], error: cancelledText };
}

function worst(outcomes: readonly Outcome[]): Exclude<Outcome, "skipped"> {
  if (outcomes.some((outcome) => outcome === "failed" || outcome === "skipped")) return "failed";
  return outcomes.includes("cancelled") ? "cancelled" : "succeeded";
}

/** The nodes of a graph by kind, and what is known of them. */
interface Collected {
  readonly effectNodes: ReadonlyMap<NodeId, EffectNode>;
  readonly machines: ReadonlyMap<NodeId, MachineNode>;
  readonly posts: readonly PostNode[];
  readonly effects: Map<NodeId, Value>;
  readonly results: Map<NodeId, BuildResult>;
  readonly outputOf: (node: NodeId) => Value | undefined;
  /** What a node needs of effects and machines, through value nodes too. */
  readonly needs: (node: NodeId) => readonly NodeId[];
}

function collectNodes(run: Run): Collected {
  const { graph } = run.options;
  const effectNodes = new Map<NodeId, EffectNode>();
  const values = new Map<NodeId, ValueNode>();
  const machines = new Map<NodeId, MachineNode>();
  const posts: PostNode[] = [];
  for (const node of graph.nodes) {
    if (node.kind === "effect") effectNodes.set(node.id, node);
    else if (node.kind === "value") values.set(node.id, node);
    else if (node.kind === "machine") machines.set(node.id, node);
    else if (node.kind === "post") posts.push(node);
  }
  const effects = new Map(run.options.effects ?? []);
  for (const value of effects.values()) run.addSecrets(secretsIn(value));
  const dependencies = new Map(graph.nodes.map((node) => [node.id, dependenciesOf(node)]));
  return {
    effectNodes,
    machines,
    posts,
    effects,
    results: new Map(),
    outputOf: valueLookup(run, values, effects),
    needs: (id) => [
      ...new Set((dependencies.get(id) ?? []).flatMap((other) => (values.has(other) ? needsOf(other) : [other]))),
    ],
  };

  function needsOf(value: NodeId): readonly NodeId[] {
    return (dependencies.get(value) ?? []).flatMap((other) => (values.has(other) ? needsOf(other) : [other]));
  }
}

function secretsIn(value: Value): readonly string[] {
  const secrets: string[] = [];
  if (containsMark(value, "sensitive")) collectSecrets(value, false, secrets);
  return secrets;
}

/** Outputs of effects, and value nodes evaluated once per run, when first asked for. */
function valueLookup(
  run: Run,
  values: ReadonlyMap<NodeId, ValueNode>,
  effects: ReadonlyMap<NodeId, Value>,
): (node: NodeId) => Value | undefined {
  const known = new Map<NodeId, Value>();
  const lookup = (id: NodeId): Value | undefined => {
    const given = effects.get(id) ?? known.get(id);
    const node = values.get(id);
    if (given !== undefined || node === undefined) return given;
    const bag = new DiagnosticBag();
    const { inputs } = run.options;
    const addSecrets = (secrets: readonly string[]): void => run.addSecrets(secrets);
    const open = {
      ...inputs,
      resolve: inputs.resolve.bind(inputs),
      output(other: NodeId, path: readonly (string | number)[]) {
        const found = lookup(other);
        return found === undefined ? undefined : followPath(found, path);
      },
    };
    const scope = watchSecrets(open, addSecrets);
    const plain = evaluateTemplate(node.expr, scope, bag);
    for (const diagnostic of bag.items) run.report({ node: id }, diagnostic);
    const value = node.sensitive === true ? markValue(plain, "sensitive") : plain;
    addSecrets(secretsIn(value));
    known.set(id, value);
    return value;
  };
  return lookup;
}

function neededEffects(options: RunOptions, collected: Collected): ReadonlySet<NodeId> {
  const wanted = new Set<NodeId>();
  const pending = [...options.graph.roots];
  const seen = new Set<NodeId>();
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (collected.effectNodes.has(id)) wanted.add(id);
    pending.push(...collected.needs(id));
  }
  return wanted;
}

function effectTasks(run: Run, collected: Collected): readonly Task[] {
  const nodes = [...collected.effectNodes.values()].filter((node) => !collected.effects.has(node.id));
  return nodes.map((node) => ({
    id: node.id,
    dependencies: collected.needs(node.id),
    limited: false,
    async run() {
      const { outcome, value } = await runEffect(run, node, collected.outputOf);
      if (value !== undefined) {
        run.addSecrets(secretsIn(value));
        collected.effects.set(node.id, value);
      }
      return outcome;
    },
    skip: () => undefined,
  }));
}

function allTasks(run: Run, collected: Collected): readonly Task[] {
  const wanted = neededEffects(run.options, collected);
  const builds = [...collected.machines.values()].map((node) => buildTask(run, collected, node));
  return [...effectTasks(run, collected).filter((task) => wanted.has(task.id)), ...builds];
}

function buildTask(run: Run, collected: Collected, node: MachineNode): Task {
  const posts = collected.posts.filter((post) => post.machine === node.id);
  const own = new Set([node.id, ...posts.map((post) => post.id)]);
  const dependencies = [...own].flatMap((id) => collected.needs(id)).filter((id) => !own.has(id));
  return {
    id: node.id,
    dependencies: [...new Set(dependencies)],
    limited: true,
    async run() {
      const result = await runBuild(run, { node, posts, outputOf: collected.outputOf });
      collected.results.set(node.id, result);
      return result.outcome;
    },
    skip(dependency) {
      const failed = dependency !== undefined;
      const error = failed ? `${dependency} failed, which this build needs` : cancelledText;
      const outcome = failed ? "skipped" : "cancelled";
      collected.results.set(node.id, { node: node.id, name: node.name, outcome, artifacts: [], error });
      if (!failed) return;
      const origin = { node: node.id, build: node.name };
      run.options.bus.publish(origin, { type: "build.end", outcome: "failed", durationMs: 0, error, artifacts: [] });
    },
  };
}
