import { InternalError, type Span } from "@hclbuild/diagnostics";
import type { ComponentSchema, OutputOf, RegisteredComponent } from "@hclbuild/schema";
import { digestOfSchema } from "./digest.js";
import type { NodeId, OutExpr } from "./expr.js";
import type {
  BuildGraph,
  ComponentRef,
  DeferredNode,
  EffectNode,
  GraphNode,
  MachineNode,
  PostNode,
  SpanEntry,
  ValueNode,
} from "./node.js";
import { topologicalOrder } from "./order.js";
import { dependenciesOf } from "./references.js";

/**
 * A handle on a node's output that TypeScript knows the type of. In the graph it is only the expression
 * `{kind: "out"}`.
 */
export interface Ref<T = unknown> {
  readonly id: NodeId;
  readonly expr: OutExpr;
  path<K extends keyof T & (string | number)>(key: K): Ref<T[K]>;
}

type Body<N extends GraphNode> = Omit<N, "kind">;

/** Collects nodes. Ids must be unique; `build` brings the nodes into dependency order. */
export interface GraphBuilder {
  effect<C extends ComponentSchema>(node: Body<EffectNode>, schema?: C): Ref<OutputOf<C>>;
  machine<C extends ComponentSchema>(node: Body<MachineNode>, schema?: C): Ref<OutputOf<C>>;
  post(node: Body<PostNode>): NodeId;
  value(node: Body<ValueNode>): Ref;
  deferred(node: Body<DeferredNode>): NodeId;
  has(id: NodeId): boolean;
  /** Nodes that others depend on and that are not there yet, sorted. */
  missing(): readonly NodeId[];
  /** Makes a node one that is wanted for its own sake. */
  root(id: NodeId): void;
  /** Records where a part of a node's or step's configuration comes from; `pointer` is a JSON pointer. */
  span(id: NodeId, pointer: string, span: Span | undefined): void;
  /** @throws InternalError when nodes depend on each other in a cycle. */
  build(): BuildGraph;
}

/** Makes an empty builder. */
export function createGraphBuilder(): GraphBuilder {
  const nodes = new Map<NodeId, GraphNode>();
  const roots: NodeId[] = [];
  const spans: Record<NodeId, Record<string, SpanEntry>> = {};
  const wanted = new Set<NodeId>();
  const add = (node: GraphNode): NodeId => {
    if (nodes.has(node.id)) throw new InternalError(`two graph nodes are called ${node.id}`);
    nodes.set(node.id, node);
    for (const id of dependenciesOf(node)) wanted.add(id);
    return node.id;
  };
  return {
    effect: (node) => refTo(add({ kind: "effect", ...node }), []),
    machine: (node) => refTo(add({ kind: "machine", ...node }), []),
    post: (node) => add({ kind: "post", ...node }),
    value: (node) => refTo(add({ kind: "value", ...node }), []),
    deferred: (node) => add({ kind: "deferred", ...node }),
    has: (id) => nodes.has(id),
    missing: () => [...wanted].filter((id) => !nodes.has(id)).sort(),
    root: (id) => void roots.push(id),
    span: (id, pointer, span) => {
      if (span !== undefined) (spans[id] ??= {})[pointer] = [span.file, span.start, span.end];
    },
    build: () => {
      // What others depend on comes first, so that machines keep the order of the template.
      const isShared = (node: GraphNode): boolean => node.kind !== "machine" && node.kind !== "post";
      const all = [...nodes.values()];
      const order = topologicalOrder({ nodes: [...all.filter(isShared), ...all.filter((node) => !isShared(node))] });
      if (order.kind === "cycle")
        throw new InternalError(`graph nodes depend on each other: ${order.nodes.join(", ")}`);
      return { format: "hclbuild.graph/1", requires: [], nodes: order.nodes, roots, spans };
    },
  };
}

function refTo<T>(id: NodeId, path: readonly (string | number)[]): Ref<T> {
  return {
    id,
    expr: { kind: "out", node: id, path },
    path: (key) => refTo(id, [...path, key]),
  };
}

const digests = new WeakMap<ComponentSchema, string>();

/** The reference to a registered component that nodes carry. */
export function componentRef({ schema, plugin }: RegisteredComponent): ComponentRef {
  let digest = digests.get(schema);
  if (digest === undefined) {
    digest = digestOfSchema(schema);
    digests.set(schema, digest);
  }
  return { plugin, kind: schema.kind, name: schema.name, schema: digest };
}
