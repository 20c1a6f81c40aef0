import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  createGraphBuilder,
  decodeGraph,
  dependenciesOf,
  diffGraphs,
  digestOf,
  encodeGraph,
  encodeTemplate,
  renderGraph,
  topologicalOrder,
  type BuildGraph,
  type ComponentRef,
  type GraphNode,
  type Template,
} from "@hclbuild/graph";
import { expression } from "./arbitraries.js";

const component: ComponentRef = { plugin: "core", kind: "builder", name: "null", schema: "sha256:0" };

function sample(): BuildGraph {
  const graph = createGraphBuilder();
  graph.post({
    id: "build/source.null.a/post.0.0",
    chain: 0,
    component: { ...component, kind: "post-processor", name: "manifest" },
    config: { output: "m.json" },
    from: "build/source.null.a",
    machine: "build/source.null.a",
    keepInput: true,
  });
  const keys = graph.effect({
    id: "data.http.keys",
    component: { plugin: "core", kind: "data-source", name: "http", schema: "sha256:1" },
    config: { url: "https://example.org" },
    out: ["object", { body: "string" }],
  });
  graph.value({ id: "local.greeting", expr: { $call: "upper", args: [encodeTemplate(keys.expr)] }, out: "string" });
  graph.machine({
    id: "build/source.null.a",
    name: "null.a",
    sourceName: "a",
    component,
    config: { communicator: "none", ssh_password: { $input: "var.password" } },
    connect: { communicator: "none" },
    steps: [
      {
        id: "build/source.null.a/provisioner.0",
        component: { ...component, kind: "provisioner", name: "shell-local" },
        config: {
          inline: [{ $tmpl: ["echo ", { $out: "local.greeting" }] }, { $out: "build/source.null.a", path: ["ID"] }],
        },
        pauseMs: 1000,
      },
    ],
    onError: [],
    after: [],
    out: ["object", { ID: "string" }],
  });
  graph.span("build/source.null.a", "/communicator", { file: "a.pkr.hcl", start: 3, end: 9 });
  graph.root("build/source.null.a");
  graph.root("build/source.null.a/post.0.0");
  return graph.build();
}

const inputs = { digestOfInput: (address: string) => `hmac:${address}` };

function decode(text: string): { graph: BuildGraph | undefined; problems: readonly string[] } {
  const bag = new DiagnosticBag();
  const graph = decodeGraph(text, bag.report);
  return { graph, problems: bag.items.map((item) => `${item.code}: ${item.detail ?? ""}`) };
}

describe("a graph", () => {
  it("has its nodes in dependency order, shared ones first and machines as they were added", () => {
    expect(sample().nodes.map((node) => node.id)).toEqual([
      "data.http.keys",
      "local.greeting",
      "build/source.null.a",
      "build/source.null.a/post.0.0",
    ]);
  });

  it("comes back unchanged through its document", () => {
    const graph = sample();
    const { graph: back, problems } = decode(encodeGraph(graph));
    expect(problems).toEqual([]);
    expect(back).toEqual(graph);
    expect(encodeGraph(back as BuildGraph)).toBe(encodeGraph(graph));
  });

  it("reads as text", () => {
    expect(renderGraph(sample(), "text")).toBe(`effect data.http.keys: data-source http
  url = "https://example.org"

value local.greeting = upper(data.http.keys)

machine build/source.null.a: builder null
  build "null.a" of source "a"
  communicator = "none"
  ssh_password = var.password
  step build/source.null.a/provisioner.0: provisioner shell-local
    pause 1000 ms
    inline = ["echo \${local.greeting}", build/source.null.a.ID]

post build/source.null.a/post.0.0: post-processor manifest
  from build/source.null.a
  keep input true
  output = "m.json"

root build/source.null.a
root build/source.null.a/post.0.0
`);
  });

  it("draws its nodes and edges", () => {
    expect(renderGraph(sample(), "dot")).toBe(`digraph build {
  rankdir=LR;
  "data.http.keys" [label="data.http.keys\\ndata-source http", shape=cds];
  "local.greeting" [label="local.greeting", shape=ellipse];
  "build/source.null.a" [label="build/source.null.a\\nbuilder null", shape=box3d];
  "build/source.null.a/post.0.0" [label="build/source.null.a/post.0.0\\npost-processor manifest", shape=box];
  "data.http.keys" -> "local.greeting";
  "local.greeting" -> "build/source.null.a";
  "build/source.null.a" -> "build/source.null.a/post.0.0";
}
`);
    expect(renderGraph(sample(), "mermaid")).toBe(`flowchart LR
  n0>"data.http.keys<br/>data-source http"]
  n1("local.greeting")
  n2[["build/source.null.a<br/>builder null"]]
  n3["build/source.null.a/post.0.0<br/>post-processor manifest"]
  n0 --> n1
  n1 --> n2
  n2 --> n3
`);
  });
});

describe("reading a document", () => {
  const change = (edit: (json: Record<string, never>) => void): string => {
    const json = JSON.parse(encodeGraph(sample())) as Record<string, never>;
    edit(json);
    return JSON.stringify(json);
  };
  const machine = (json: Record<string, never>): Record<string, unknown> =>
    (json["nodes"] as unknown as Record<string, unknown>[])[2] as Record<string, unknown>;

  it.each<[string, string, string]>([
    ["no JSON", "{", "graph/not-json"],
    ["another format", '{"format": "hclbuild.graph/2"}', "graph/unsupported-format"],
    ["no graph at all", "[]", "graph/unsupported-format"],
    ["a capability", change((json) => Object.assign(json, { requires: ["matrix"] })), "graph/unsupported-capability"],
    [
      "an unknown kind",
      change((json) => Object.assign(machine(json), { kind: "robot" })),
      "graph/malformed: At /nodes/2/kind",
    ],
    [
      "an unknown property",
      change((json) => Object.assign(machine(json), { extra: 1 })),
      "graph/malformed: At /nodes/2/extra",
    ],
    ["a missing property", change((json) => void delete machine(json)["steps"]), "graph/malformed: At /nodes/2/steps"],
    [
      "a bad template",
      change((json) => Object.assign(machine(json), { config: { a: { $call: 1 } } })),
      "graph/malformed: At /nodes/2/config/a",
    ],
    [
      "a dangling reference",
      change((json) => Object.assign(machine(json), { after: ["nowhere"] })),
      "graph/malformed: At /nodes/2: there is no node nowhere",
    ],
    ["a dangling root", change((json) => Object.assign(json, { roots: ["nowhere"] })), "graph/malformed: At /roots/0"],
    [
      "two nodes of one id",
      change((json) => Object.assign(machine(json), { id: "data.http.keys" })),
      "graph/malformed: At /nodes/2/id",
    ],
  ])("reports %s", (_, text, problem) => {
    const { graph, problems } = decode(text);
    expect(graph).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem)).toBe(true);
  });
});

describe("digests", () => {
  const rebuild = (edit: (nodes: GraphNode[]) => GraphNode[], graph = sample()): BuildGraph => ({
    ...graph,
    nodes: edit([...graph.nodes]),
  });
  const replace = (id: string, part: object) => (nodes: GraphNode[]) =>
    nodes.map((node) => (node.id === id ? ({ ...node, ...part } as GraphNode) : node));
  const machineId = "build/source.null.a";

  it("depend on neither key order nor spans", () => {
    const reversed = JSON.parse(JSON.stringify(sample()), (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    ) as BuildGraph;
    expect(digestOf({ ...reversed, spans: {} }, inputs)).toEqual(digestOf(sample(), inputs));
  });

  it("depend on everything else, and on what a node depends on", () => {
    const before = digestOf(sample(), inputs);
    const changes: ((nodes: GraphNode[]) => GraphNode[])[] = [
      replace(machineId, { config: { communicator: "ssh" } }),
      replace(machineId, { steps: [] }),
      replace(machineId, { sourceName: "b" }),
      replace(machineId, { component: { ...component, schema: "sha256:2" } }),
      replace("data.http.keys", { config: { url: "https://example.net" } }),
      replace("local.greeting", { expr: "hi" }),
    ];
    for (const edit of changes) expect(digestOf(rebuild(edit), inputs).get(machineId)).not.toBe(before.get(machineId));
    const otherSecret = digestOf(sample(), { digestOfInput: () => "hmac:other" });
    expect(otherSecret.get(machineId)).not.toBe(before.get(machineId));
    expect(otherSecret.get("data.http.keys")).toBe(before.get("data.http.keys"));
  });

  it("do not change by a round trip, whatever the expressions", () => {
    fc.assert(
      fc.property(fc.array(expression, { minLength: 1, maxLength: 3 }), (expressions) => {
        const graph = createGraphBuilder();
        const known: Template[] = expressions.map((expr) => encodeTemplate(expr));
        graph.effect({ id: "data.http.keys", component, config: {}, out: "dynamic" });
        graph.effect({ id: "build.web/source.null.a", component, config: {}, out: "dynamic" });
        known.forEach((expr, index) => graph.value({ id: `local.v${index}`, expr, out: "dynamic" }));
        const built = graph.build();
        const { graph: back, problems } = decode(encodeGraph(built));
        expect(problems).toEqual([]);
        expect(digestOf(back as BuildGraph, inputs)).toEqual(digestOf(built, inputs));
      }),
      { numRuns: 200 },
    );
  });
});

describe("order", () => {
  it("puts dependencies first in any graph, and names a true cycle otherwise", () => {
    const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 24 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const nodes: GraphNode[] = Array.from({ length: 12 }, (_, index) => ({
          kind: "value",
          id: `local.v${index}`,
          expr: pairs.filter(([to]) => to === index).map(([, from]) => ({ $out: `local.v${from}` })),
          out: "dynamic",
        }));
        const result = topologicalOrder({ nodes });
        const byId = new Map(nodes.map((node) => [node.id, node]));
        if (result.kind === "order") {
          const seen = new Set<string>();
          for (const node of result.nodes) {
            for (const id of dependenciesOf(node)) expect(seen.has(id)).toBe(true);
            seen.add(node.id);
          }
          expect(seen.size).toBe(12);
        } else {
          expect(result.nodes.length).toBeGreaterThan(1);
          result.nodes.forEach((id, index) => {
            const next = result.nodes[(index + 1) % result.nodes.length] as string;
            expect(dependenciesOf(byId.get(id) as GraphNode)).toContain(next);
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("diff", () => {
  it("names what was added, removed and changed", () => {
    const before = sample();
    const after: BuildGraph = {
      ...before,
      nodes: before.nodes
        .filter((node) => node.kind !== "post")
        .map((node) => (node.kind === "machine" ? { ...node, config: { communicator: "ssh" } } : node))
        .concat([{ kind: "value", id: "local.new", expr: 1, out: "number" }]),
    };
    const diff = diffGraphs(before, after);
    expect(diff.added.map((node) => node.id)).toEqual(["local.new"]);
    expect(diff.removed.map((node) => node.id)).toEqual(["build/source.null.a/post.0.0"]);
    expect(diff.changed).toEqual([
      {
        id: "build/source.null.a",
        changes: [
          { pointer: "/config/communicator", before: "none", after: "ssh" },
          { pointer: "/config/ssh_password", before: { $input: "var.password" } },
        ],
      },
    ]);
    expect(diffGraphs(before, before)).toEqual({ added: [], removed: [], changed: [] });
  });
});
