import { createScope, type Scope } from "@hclbuild/eval";
import { plugin as fileBuilder } from "@hclbuild/builder-file";
import { plugin as nullBuilder } from "@hclbuild/builder-null";
import {
  createEventBus,
  openRunState,
  runGraph,
  type BuildEvent,
  type BuildOptions,
  type RunOptions,
  type RunResult,
  type RunState,
} from "@hclbuild/executor";
import type { BuildGraph } from "@hclbuild/graph";
import type { Clock, Plugin } from "@hclbuild/sdk";
import path from "node:path";
import { markValue, objectValue, stringValue } from "@hclbuild/value";
import { createFakeClock } from "./fake-clock.js";
import { createFakeHost, createFakeRandom } from "./fake-host.js";

/** A run on a virtual clock, and everything that it said. */
export interface FakeRun {
  readonly result: RunResult;
  readonly events: readonly BuildEvent[];
}

/** What a test may set. */
export interface FakeRunRequest {
  readonly graph: BuildGraph;
  readonly plugins: readonly Plugin[];
  readonly folder: string;
  readonly build?: Partial<BuildOptions>;
  readonly options?: Partial<RunOptions>;
  readonly clock?: Clock;
  /** Called for every event, as it happens. */
  readonly onEvent?: (event: BuildEvent) => void;
}

/** Runs a graph with fake surroundings. */
export async function runFake(request: FakeRunRequest): Promise<FakeRun> {
  const clock = request.clock ?? createFakeClock({ whenIdle: true });
  const bus = createEventBus({
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  const events: BuildEvent[] = [];
  bus.subscribe((event) => {
    events.push(event);
    request.onEvent?.(event);
  });
  const result = await runGraph({
    graph: request.graph,
    plugins: request.plugins,
    signals: { cancel: new AbortController().signal },
    build: { onError: "cleanup", parallel: 0, debug: false, force: false, ...request.build },
    inputs: createScope({}),
    bus,
    clock,
    random: createFakeRandom(),
    host: createFakeHost({ cwd: request.folder, temporary: request.folder }),
    coreVersion: "1.16.0",
    runId: "00000000-0000-4000-8000-000000000001",
    ...request.options,
  });
  return { result, events };
}

/** The state of a run whose state folder is below `folder`. */
export function createRunState(folder: string, clock: Clock): RunState {
  return openRunState(path.join(folder, ".hclbuild"), { runId: "00000000-0000-4000-8000-000000000001", clock });
}

/** A scope in which `var.NAME` are sensitive texts. */
export function secretScope(secrets: Readonly<Record<string, string>>): Scope {
  const marked = Object.entries(secrets).map(
    ([name, text]) => [name, markValue(stringValue(text), "sensitive")] as const,
  );
  return createScope({ var: objectValue(new Map(marked)) });
}

/** The builders that every distribution has, for tests of other components. */
export const coreBuilders: readonly Plugin[] = [nullBuilder, fileBuilder];
