import type { JsonValue } from "@hclbuild/schema";
import type { NodeId } from "./expr.js";
import { canonicalJson, isJsonObject, pointerStep } from "./json.js";
import type { BuildGraph, GraphNode } from "./node.js";

/** One difference inside a node. An absent side means that there is nothing there. */
export interface NodeChange {
  /** JSON pointer into the node. */
  readonly pointer: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What differs between two graphs, nodes in the order of their graph. */
export interface GraphDiff {
  readonly added: readonly GraphNode[];
  readonly removed: readonly GraphNode[];
  readonly changed: readonly { readonly id: NodeId; readonly changes: readonly NodeChange[] }[];
}

/** Compares two graphs node by node. Spans and the order of nodes do not count. */
export function diffGraphs(before: BuildGraph, after: BuildGraph): GraphDiff {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const current = new Map(after.nodes.map((node) => [node.id, node]));
  const changed: { id: NodeId; changes: readonly NodeChange[] }[] = [];
  for (const node of after.nodes) {
    const previous = old.get(node.id);
    if (previous === undefined) continue;
    const changes: NodeChange[] = [];
    compare(previous as unknown as JsonValue, node as unknown as JsonValue, "", changes);
    if (changes.length > 0) changed.push({ id: node.id, changes });
  }
  return {
    added: after.nodes.filter((node) => !old.has(node.id)),
    removed: before.nodes.filter((node) => !current.has(node.id)),
    changed,
  };
}

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  pointer: string,
  changes: NodeChange[],
): void {
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      compare(before[key], after[key], pointer + pointerStep(key), changes);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, current] = [before as readonly JsonValue[], after as readonly JsonValue[]];
    for (let index = 0; index < Math.max(old.length, current.length); index++) {
      compare(old[index], current[index], pointer + pointerStep(index), changes);
    }
    return;
  }
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return;
  changes.push({
    pointer,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}
