import type {
  BuildGraph,
  ComponentRef,
  ConfigTemplate,
  EffectNode,
  GraphNode,
  MachineNode,
  PostNode,
  StepNode,
  ValueNode,
} from "@hclbuild/graph";
import type { ComponentKind } from "@hclbuild/schema";

const fakeSource = "example.test/fake/fake";

/** A reference to a component of the fake plugin, or of another one. */
export function fakeComponent(kind: ComponentKind, name = "fake", plugin = fakeSource): ComponentRef {
  return { plugin, kind, name, schema: "sha256:0" };
}

/** A step of a machine. */
export function fakeStep(id: string, config: ConfigTemplate, rest: Partial<StepNode> = {}): StepNode {
  return { id, component: fakeComponent("provisioner"), config, ...rest };
}

/** A machine; its full name is its id. */
export function fakeMachine(id: string, rest: Partial<MachineNode> = {}): MachineNode {
  return {
    kind: "machine",
    id,
    name: id,
    sourceName: id,
    component: fakeComponent("builder"),
    config: {},
    steps: [],
    onError: [],
    after: [],
    out: "dynamic",
    ...rest,
  };
}

/** A post-processor of a machine. */
export function fakePost(id: string, machine: string, rest: Partial<PostNode> = {}): PostNode {
  return {
    kind: "post",
    id,
    chain: 0,
    component: fakeComponent("post-processor"),
    config: {},
    from: machine,
    machine,
    ...rest,
  };
}

/** A data source. */
export function fakeEffect(id: string, config: ConfigTemplate = {}): EffectNode {
  return { kind: "effect", id, component: fakeComponent("data-source"), config, out: "dynamic" };
}

/** A value that is evaluated while the graph runs. */
export function fakeValue(id: string, expr: ValueNode["expr"], rest: Partial<ValueNode> = {}): ValueNode {
  return { kind: "value", id, expr, out: "dynamic", ...rest };
}

/** A graph of the nodes; its roots are the machines and the post-processors. */
export function fakeGraph(nodes: readonly GraphNode[]): BuildGraph {
  const roots = nodes.filter((node) => node.kind === "machine" || node.kind === "post").map((node) => node.id);
  return { format: "hclbuild.graph/1", requires: [], nodes, roots, spans: {} };
}
