import { prepareGraph, runEffects } from "@hclbuild/executor";
import { createScope } from "@hclbuild/eval";
import { defineComponent, s } from "@hclbuild/schema";
import { buildError, definePlugin, unknownOption, type Plugin } from "@hclbuild/sdk";
import { defineCatalog, msg } from "@hclbuild/diagnostics";
import { markValue, stringValue } from "@hclbuild/value";
import {
  createFakeClock,
  createFakeHost,
  createFakePlugin,
  createFakeRandom,
  fakeComponent,
  fakeEffect,
  fakeGraph,
  fakeMachine,
  fakeStep,
  fakeValue,
  pluginOf,
} from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { createEventBus } from "@hclbuild/executor";

const catalog = defineCatalog("checker", {
  seen: { severity: "warning", message: msg`It sees ${"what"}.` },
  broken: { severity: "error", message: msg`It is broken.` },
});
const host = createFakeHost({ cwd: "/tmp", temporary: "/tmp" });
const signal = new AbortController().signal;

function checker(): Plugin {
  const schema = defineComponent({
    kind: "builder",
    name: "checker",
    since: "0.1.0",
    summary: "Reports what it sees.",
    body: { a: s.any(), b: s.string().default("default") },
  });
  return pluginOf(schema, {
    form: "phased",
    prepare(config, report) {
      const show = (value: unknown): unknown => (value === unknownOption ? "(unknown)" : value);
      report(catalog.seen, { what: JSON.stringify(config, (_key, value: unknown) => show(value)) });
    },
    launch: async () => {
      throw buildError(catalog.broken, {});
    },
    capture: async () => undefined,
  });
}

describe("prepareGraph", () => {
  it("shows components what is known, with defaults, and no secrets", async () => {
    const graph = {
      ...fakeGraph([
        fakeMachine("m", {
          component: fakeComponent("builder", "checker", "example.test/checker/checker"),
          config: { a: { x: 1, late: { $out: "m", path: ["ID"] }, secret: { $input: "var.secret" }, go: "{{ .X }}" } },
          steps: [fakeStep("m/1", {})],
        }),
      ]),
      spans: { m: { "": ["a.pkr.hcl", 3, 9] as const } },
    };
    const inputs = createScope({ var: stringValue("x") });
    const scope = {
      ...inputs,
      resolve: () => ({ value: markValue(stringValue("hidden"), "sensitive"), consumed: 1 }),
    };
    const plugins = [checker(), createFakePlugin().plugin];
    const found = await prepareGraph({ graph, plugins, host, inputs: scope, signal });
    expect(found).toEqual([
      {
        code: "checker/seen",
        severity: "warning",
        message: 'It sees {"a":{"go":"(unknown)","late":"(unknown)","secret":"(unknown)","x":1},"b":"default"}.',
        primary: { file: "a.pkr.hcl", start: 3, end: 9 },
        address: "m",
      },
    ]);
  });

  it("says once what it finds for several nodes of one block", async () => {
    const component = fakeComponent("builder", "checker", "example.test/checker/checker");
    const nodes = ["m", "n", "o"].map((id) => fakeMachine(id, { component, config: {} }));
    const here = { "": ["a.pkr.hcl", 3, 9] as const };
    const graph = { ...fakeGraph(nodes), spans: { m: here, n: here, o: { "": ["a.pkr.hcl", 12, 20] as const } } };
    const found = await prepareGraph({ graph, plugins: [checker()], host, inputs: createScope({}), signal });
    expect(found.map(({ address, primary }) => [address, primary?.start])).toEqual([
      ["m", 3],
      ["o", 12],
    ]);
  });

  it("lets the communicator look at the options of its builder, and says where they are", async () => {
    const body = { communicator: s.string().default("wire"), key: s.string() };
    const facts = { since: "0.1.0", summary: "Reports what it sees." };
    const source = "example.test/wired/wired";
    const plugin = definePlugin({
      name: "wired",
      source,
      version: "1.0.0",
      apiVersion: 1,
      components: [
        {
          schema: defineComponent({ kind: "builder", name: "wired", ...facts, body }),
          load: async () => ({
            runtime: { form: "phased", launch: async () => ({ output: {} }), capture: async () => undefined },
          }),
        },
        {
          schema: defineComponent({ kind: "communicator", name: "wire", ...facts, body }),
          load: async () => ({
            runtime: {
              prepare: (config, report, { spanOf }) =>
                report(catalog.seen, { what: JSON.stringify(config), span: spanOf("key") }),
              connect: async () => expect.unreachable(),
            },
          }),
        },
      ],
    });
    const component = fakeComponent("builder", "wired", source);
    const nodes = [
      fakeMachine("m", { component, config: { key: "k" } }),
      fakeMachine("n", { component, config: { communicator: "none" } }),
    ];
    const spans = { m: { "": ["a.pkr.hcl", 3, 9], "/key": ["a.pkr.hcl", 20, 23] } } as const;
    const graph = { ...fakeGraph(nodes), spans };
    const found = await prepareGraph({ graph, plugins: [plugin], host, inputs: createScope({}), signal });
    expect(found).toEqual([
      {
        code: "checker/seen",
        severity: "warning",
        message: 'It sees {"key":"k","communicator":"wire"}.',
        primary: { file: "a.pkr.hcl", start: 20, end: 23 },
        address: "m",
      },
    ]);
  });

  it("reports components that are not there", async () => {
    const graph = fakeGraph([fakeMachine("m", { component: fakeComponent("builder", "none", "no/such") })]);
    const found = await prepareGraph({ graph, plugins: [], host, inputs: createScope({}), signal });
    expect(found).toMatchObject([{ code: "execute/component-missing", address: "m" }]);
  });
});

describe("runEffects", () => {
  it("reads only what the builds need, in the order of their needs", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeEffect("data.fake.unused", { input: "unused" }),
      fakeEffect("data.fake.first", { input: "first" }),
      fakeValue("local.v", { $tmpl: [{ $out: "data.fake.first", path: ["output"] }, "+"] }),
      fakeEffect("data.fake.second", { input: { $out: "local.v" } }),
      fakeMachine("m", { config: { launch: { $tmpl: ["say:", { $out: "data.fake.second", path: ["output"] }] } } }),
    ]);
    const clock = createFakeClock();
    const result = await runEffects({
      graph,
      plugins: [fake.plugin],
      signals: { cancel: signal },
      build: { onError: "cleanup", parallel: 0, debug: false, force: false },
      inputs: createScope({}),
      bus: createEventBus({ clock }),
      clock,
      random: createFakeRandom(),
      host,
      coreVersion: "1.16.0",
      runId: "r",
    });
    expect(fake.trace).toEqual(["read first", "read first+"]);
    expect([result.outcome, [...result.effects.keys()]]).toEqual([
      "succeeded",
      ["data.fake.first", "data.fake.second"],
    ]);
  });
});
