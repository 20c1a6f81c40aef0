import type { NodeId } from "./expr.js";
import type { BuildGraph, GraphNode } from "./node.js";
import { dependenciesOf } from "./references.js";

/** The nodes, dependencies first, or a cycle as the ids along it. */
export type OrderResult =
  | { readonly kind: "order"; readonly nodes: readonly GraphNode[] }
  | { readonly kind: "cycle"; readonly nodes: readonly NodeId[] };

/**
 * Sorts nodes so that each comes after its dependencies; among those that could come next, the one that stands first in
 * the graph does. Takes time linear in nodes and edges, up to a logarithm.
 */
export function topologicalOrder(graph: Pick<BuildGraph, "nodes">): OrderResult {
  const position = new Map(graph.nodes.map((node, index) => [node.id, index]));
  const waiting: number[] = [];
  const dependents = new Map<number, number[]>();
  for (const node of graph.nodes) {
    const needed = dependenciesOf(node).flatMap((id) => position.get(id) ?? []);
    waiting.push(needed.length);
    for (const index of needed) {
      const list = dependents.get(index);
      if (list) list.push(waiting.length - 1);
      else dependents.set(index, [waiting.length - 1]);
    }
  }
  const ready = createMinimumQueue();
  for (const [index, count] of waiting.entries()) if (count === 0) ready.push(index);
  const order: GraphNode[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    order.push(graph.nodes[index] as GraphNode);
    for (const dependent of dependents.get(index) ?? []) {
      waiting[dependent] = (waiting[dependent] as number) - 1;
      if (waiting[dependent] === 0) ready.push(dependent);
    }
  }
  if (order.length === graph.nodes.length) return { kind: "order", nodes: order };
  return { kind: "cycle", nodes: findCycle(graph.nodes, position) };
}

/** Follows dependencies until a node comes up again. Only called when there is a cycle among the unfinished nodes. */
function findCycle(nodes: readonly GraphNode[], position: ReadonlyMap<NodeId, number>): readonly NodeId[] {
  const finished = new Set<NodeId>();
  for (const start of nodes) {
    const path: NodeId[] = [];
    const pending: { readonly id: NodeId; readonly depth: number }[] = [{ id: start.id, depth: 0 }];
    while (pending.length > 0) {
      const { id, depth } = pending.pop() as { id: NodeId; depth: number };
      for (const left of path.splice(depth)) finished.add(left);
      const seen = path.indexOf(id);
      if (seen !== -1) return path.slice(seen);
      const index = position.get(id);
      if (finished.has(id) || index === undefined) continue;
      path.push(id);
      for (const next of dependenciesOf(nodes[index] as GraphNode)) pending.push({ id: next, depth: depth + 1 });
    }
    for (const left of path) finished.add(left);
  }
  return [];
}

/** A binary heap of numbers. */
function createMinimumQueue(): { push(item: number): void; pop(): number | undefined } {
  const heap: number[] = [];
  const swap = (a: number, b: number): void => {
    const item = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = item;
  };
  return {
    push(item) {
      let index = heap.push(item) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if ((heap[parent] as number) <= (heap[index] as number)) return;
        swap(parent, index);
        index = parent;
      }
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || heap.length === 0) return first;
      heap[0] = last as number;
      let index = 0;
      for (;;) {
        const left = 2 * index + 1;
        const right = left + 1;
        let least = index;
        if (left < heap.length && (heap[left] as number) < (heap[least] as number)) least = left;
        if (right < heap.length && (heap[right] as number) < (heap[least] as number)) least = right;
        if (least === index) return first;
        swap(index, least);
        index = least;
      }
    },
  };
}
