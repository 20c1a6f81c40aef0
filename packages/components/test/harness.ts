import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { externalPlugin, plugin } from "@hclbuild/components";
import type { Clock, Json, Plugin } from "@hclbuild/sdk";
import { createClock, createLocalCommunicator } from "@hclbuild/sdk";
import { defineComponent } from "@hclbuild/schema";
import {
  coreBuilders,
  createFakeHost,
  createHumanView,
  fakeComponent,
  fakeGraph,
  fakeMachine,
  pluginOf,
  runFake,
  type BuildEvent,
  type GraphNode,
  type MachineNode,
  type PostNode,
  type RunOptions,
  type StepNode,
} from "@hclbuild/testkit";

export const realClock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });

/** A folder for one test; `dispose` removes it. */
export function makeFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "components-")));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

type Config = Readonly<Record<string, Json>>;

export function step(name: string, config: Config, rest: Partial<StepNode> = {}): StepNode {
  return { id: `n/${name}`, component: fakeComponent("provisioner", name, "core"), config, ...rest };
}

export function post(name: string, config: Config, rest: Partial<PostNode> = {}): PostNode {
  return {
    kind: "post",
    id: `n/post.${name}`,
    chain: 0,
    component: fakeComponent("post-processor", name, "core"),
    config,
    from: "n",
    machine: "n",
    ...rest,
  };
}

const localSchema = defineComponent({
  kind: "builder",
  name: "local",
  since: "0.1.0",
  summary: "This machine.",
  body: {},
});

/** A builder whose machine is a folder of this one. */
export function localBuilder(root: string): Plugin {
  return pluginOf(localSchema, {
    form: "phased",
    launch: async (context) => ({
      output: {},
      connect: createLocalCommunicator({
        host: context.host,
        clock: context.clock,
        root,
        env: { PATH: process.env["PATH"] },
      }),
    }),
    capture: async () => undefined,
  });
}

export interface ComponentRun {
  readonly outcome: string;
  readonly error: string | undefined;
  /** What Packer would print of the build itself, with random parts of file names replaced. */
  readonly lines: readonly string[];
  readonly artifacts: readonly (Json | undefined)[];
  /** Codes of the diagnostics, in order. */
  readonly codes: readonly string[];
}

export interface ComponentRequest {
  readonly folder: string;
  readonly machine?: Partial<MachineNode>;
  readonly steps?: readonly StepNode[];
  readonly posts?: readonly PostNode[];
  readonly plugins?: readonly Plugin[];
  readonly options?: Partial<RunOptions>;
  readonly force?: boolean;
  /** Real time when absent. */
  readonly clock?: Clock;
  readonly onEvent?: (event: BuildEvent) => void;
}

/** Runs real components on a null machine (or another one) in the folder. */
export async function runComponents(request: ComponentRequest): Promise<ComponentRun> {
  const machine = fakeMachine("n", {
    name: "null.n",
    sourceName: "n",
    component: fakeComponent("builder", "null", "core"),
    config: { communicator: "none" },
    steps: request.steps ?? [],
    ...request.machine,
  });
  const nodes: readonly GraphNode[] = [machine, ...(request.posts ?? [])];
  const view = createHumanView({ color: false, timestamps: false, formatTime: String });
  let text = "";
  const codes: string[] = [];
  const { result } = await runFake({
    graph: fakeGraph(nodes),
    plugins: [plugin, externalPlugin, ...coreBuilders, ...(request.plugins ?? [])],
    folder: request.folder,
    clock: request.clock ?? realClock,
    build: { force: request.force ?? false },
    options: {
      host: createFakeHost({ cwd: request.folder, temporary: request.folder }, { PATH: process.env["PATH"] }),
      ...request.options,
    },
    onEvent: (event) => {
      request.onEvent?.(event);
      if (event.type === "diagnostic") codes.push(event.diagnostic.code);
      if (event.type !== "run.end") text += view(event);
    },
  });
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(request.folder, "DIR")
        .replaceAll(/packer-shell\d+/g, "packer-shell0")
        .replace(/(?:finished|errored) after [\w ]+/, "ended"),
    );
  const [build] = result.builds;
  return {
    outcome: result.outcome,
    error: build?.error,
    lines,
    artifacts: (build?.artifacts ?? []).map((artifact) => artifact?.describe() as unknown as Json),
    codes,
  };
}

/** The component reference of a folder machine. */
export const localMachine: Partial<MachineNode> = {
  component: fakeComponent("builder", "local", "example.test/local/local"),
  config: {},
};
