import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { MachineNode } from "@hclbuild/graph";
import { defineComponent } from "@hclbuild/schema";
import {
  definePlugin,
  runCommand,
  type ConnectTarget,
  type PhasedBuilder,
  type Plugin,
  type ProvisionerRuntime,
} from "@hclbuild/sdk";
import {
  createFakePlugin,
  createRunState,
  createFakeClock,
  fakeComponent,
  fakeGraph,
  fakeMachine,
  fakePost,
  fakeStep,
  runFake,
  type FakeRunRequest,
} from "@hclbuild/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { BuildEvent } from "@hclbuild/executor";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "diagnostics-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = "example.test/test/test";
const builderSchema = defineComponent({
  kind: "builder",
  name: "test",
  since: "0.1.0",
  summary: "A machine.",
  body: {},
});
const stepSchema = defineComponent({
  kind: "provisioner",
  name: "test",
  since: "0.1.0",
  summary: "A step that runs a command.",
  body: {},
});

type Provision = ProvisionerRuntime<object>["provision"];

const runTrue: Provision = async ({ communicator, signal }) => {
  await runCommand(communicator, { command: "true" }, signal);
};

/** A builder that says how its machine is reached, and a provisioner that runs a command there. */
function testPlugin(launch: PhasedBuilder<object>["launch"], provision = runTrue): Plugin {
  return definePlugin({
    name: "test",
    source,
    version: "1.0.0",
    apiVersion: 1,
    components: [
      {
        schema: builderSchema,
        load: async () => ({ runtime: { form: "phased", launch, capture: async () => undefined } }),
      },
      {
        schema: stepSchema,
        load: async () => ({ runtime: { provision } }),
      },
    ],
  });
}

const machine = (rest: Partial<MachineNode> = {}): MachineNode =>
  fakeMachine("a", { component: fakeComponent("builder", "test", source), ...rest });

const commandStep = { ...fakeStep("a/1", {}), component: fakeComponent("provisioner", "test", source) };

async function diagnosticsOf(
  request: Omit<FakeRunRequest, "folder">,
): Promise<{ readonly outcome: string; readonly said: readonly string[]; readonly events: readonly BuildEvent[] }> {
  const { result, events } = await runFake({ ...request, folder });
  const said = events.flatMap((event) => {
    if (event.type !== "diagnostic") return [];
    const { code, severity, message, detail } = event.diagnostic;
    return [`${severity} ${code}: ${message} ${detail ?? ""}`.trimEnd()];
  });
  return { outcome: result.outcome, said, events };
}

it("a communicator that no plugin has", async () => {
  const connect: ConnectTarget = { communicator: "telegraph", host: "127.0.0.1" };
  const plugin = testPlugin(async () => ({ output: {}, connect }));
  const { outcome, said } = await diagnosticsOf({ graph: fakeGraph([machine()]), plugins: [plugin] });
  expect(outcome).toBe("failed");
  expect(said).toEqual([
    'error execute/communicator-missing: There is no communicator named "telegraph". Available are: none.',
  ]);
});

it("a step that needs a machine which cannot be connected to", async () => {
  const plugin = testPlugin(async () => ({ output: {} }));
  const graph = fakeGraph([machine({ steps: [commandStep] })]);
  const { outcome, said } = await diagnosticsOf({ graph, plugins: [plugin] });
  expect(outcome).toBe("failed");
  expect(said).toEqual([
    "error execute/no-connection: The machine of this build cannot be connected to, so that provisioners cannot run. " +
      'Set communicator = "none" for builds whose provisioners only work on this machine.',
  ]);
});

it("a question that nobody can answer", async () => {
  const ask: Provision = async ({ ui, signal }) => {
    await ui.ask("Go on?", signal);
  };
  const plugin = testPlugin(async () => ({ output: {} }), ask);
  const graph = fakeGraph([machine({ steps: [commandStep] })]);
  const { outcome, said } = await diagnosticsOf({ graph, plugins: [plugin] });
  expect(outcome).toBe("failed");
  expect(said).toEqual([
    "error run/cannot-ask: There is nobody to answer a question. " +
      'The build asked "Go on?". Run it on a terminal, or remove what asks.',
  ]);
});

it("a plugin whose module cannot be loaded", async () => {
  const plugin = definePlugin({
    name: "test",
    source,
    version: "1.0.0",
    apiVersion: 1,
    components: [
      {
        schema: builderSchema,
        load: async () => {
          throw new SyntaxError("unexpected end of input");
        },
      },
    ],
  });
  const { outcome, said } = await diagnosticsOf({ graph: fakeGraph([machine()]), plugins: [plugin] });
  expect(outcome).toBe("failed");
  expect(said).toEqual([
    'error execute/plugin-unloadable: The builder "test" cannot be loaded: unexpected end of input. ' +
      `It comes from ${source}; install that plugin again.`,
  ]);
});

it("options that a builder which runs by itself cannot honour", async () => {
  const fake = createFakePlugin();
  const graph = fakeGraph([fakeMachine("a", { component: fakeComponent("builder", "fake-enclosed") })]);
  const { outcome, said } = await diagnosticsOf({
    graph,
    plugins: [fake.plugin],
    build: { onError: "abort", checkpoints: {} },
  });
  expect(outcome).toBe("succeeded");
  expect(said).toEqual([
    "warning execute/checkpoints-off: The build keeps no checkpoints: the builder fake-enclosed runs its build by itself. " +
      "It runs all of its steps, now and the next time.",
    'warning execute/option-not-honoured: The builder "fake-enclosed" cannot honour -on-error=abort. ' +
      "It runs its build by itself; the option is passed on to it.",
  ]);
});

it("checkpoints of a builder that has none", async () => {
  const clock = createFakeClock({ whenIdle: true });
  const { said } = await diagnosticsOf({
    graph: fakeGraph([machine()]),
    plugins: [testPlugin(async () => ({ output: {} }))],
    clock,
    build: { checkpoints: {} },
    options: { state: createRunState(folder, clock) },
  });
  expect(said).toEqual([
    expect.stringMatching(/^warning execute\/checkpoints-off: The build keeps no checkpoints: .*test/),
  ]);
});

it("a secret that is too short to hide, which is said once", async () => {
  const fake = createFakePlugin();
  const config = { password: "abc" };
  const { outcome, said } = await diagnosticsOf({
    graph: fakeGraph([fakeMachine("a", { config }), fakeMachine("b", { config })]),
    plugins: [fake.plugin],
  });
  expect(outcome).toBe("succeeded");
  expect(said).toEqual([
    "warning execute/secret-too-short: A sensitive value of fewer than 4 characters is not hidden in the output. " +
      "Hiding so short a text would make the output unreadable and reveal the value all the same.",
  ]);
});

it("a hidden answer that is too short to hide", async () => {
  const ask: Provision = async ({ ui, signal }) => {
    await ui.ask("Password:", signal, { hidden: true });
  };
  const { outcome, said } = await diagnosticsOf({
    graph: fakeGraph([machine({ steps: [commandStep] })]),
    plugins: [testPlugin(async () => ({ output: {} }), ask)],
    options: { prompt: async () => "abc" },
  });
  expect(outcome).toBe("succeeded");
  expect(said).toEqual([expect.stringMatching(/^warning execute\/secret-too-short: /)]);
});

it("a post-processor that fails: its own diagnostic, and the build's error around it", async () => {
  const fake = createFakePlugin();
  const graph = fakeGraph([fakeMachine("a"), fakePost("a/post.1", "a", { config: { do: "fail:no-space" } })]);
  const { outcome, said, events } = await diagnosticsOf({ graph, plugins: [fake.plugin] });
  expect(outcome).toBe("failed");
  expect(said).toEqual(["error fake/failed: no-space. Nothing can be done about a fake."]);
  expect(events.find((event) => event.type === "build.end")).toMatchObject({
    error: "1 error(s) occurred:\n\n* Post-processor failed: no-space",
  });
  expect([...fake.alive]).toEqual(["image a"]);
});
