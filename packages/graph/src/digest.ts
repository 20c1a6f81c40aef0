import { createHash } from "node:crypto";
import { freezeComponent, type ComponentSchema, type JsonValue } from "@hclbuild/schema";
import type { NodeId } from "./expr.js";
import { canonicalJson, isJsonObject } from "./json.js";
import type { BuildGraph, Digest, GraphNode, StepNode } from "./node.js";
import { dependenciesOf } from "./references.js";
import { topologicalOrder } from "./order.js";

/** SHA-256 of the canonical JSON of some data: independent of key order. */
export function digestOfJson(value: JsonValue): Digest {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;
}

/** Digest of a component's schema, as it goes into a `ComponentRef`. Documentation does not count less than the rest. */
export function digestOfSchema(component: ComponentSchema): Digest {
  return digestOfJson(freezeComponent(component));
}

/** What digests of nodes are made of besides the graph. */
export interface DigestInputs {
  /** A digest that stands for an input's value, such as an HMAC of a password; `undefined` for iterators and others. */
  digestOfInput(address: string): Digest | undefined;
}

/**
 * The digest of every node, dependencies included: equal digests mean that running again would do the same. Spans and
 * names for display do not count; a call of a volatile function counts as the call.
 *
 * A graph with a cycle has no digests; the map is empty then.
 */
export function digestOf(graph: BuildGraph, inputs: DigestInputs): ReadonlyMap<NodeId, Digest> {
  const digests = new Map<NodeId, Digest>();
  const order = topologicalOrder(graph);
  if (order.kind === "cycle") return digests;
  for (const node of order.nodes) {
    const substitute = (value: JsonValue): JsonValue => substituteInputs(value, node.id, digests, inputs);
    const needs = dependenciesOf(node).map((id) => [id, digests.get(id) ?? null]);
    digests.set(node.id, digestOfJson([identityOf(node, substitute), needs] as JsonValue));
  }
  return digests;
}

type Substitute = (value: JsonValue) => JsonValue;

function identityOf(node: GraphNode, substitute: Substitute): JsonValue {
  switch (node.kind) {
    case "value":
      return { kind: node.kind, expr: substitute(node.expr) };
    case "deferred":
      return { kind: node.kind, block: substitute(node.block) };
    case "effect":
      return { kind: node.kind, component: { ...node.component }, config: substitute(node.config) };
    case "post":
      return {
        kind: node.kind,
        component: { ...node.component },
        config: substitute(node.config),
        keepInput: node.keepInput ?? null,
      };
    case "machine":
      return {
        kind: node.kind,
        component: { ...node.component },
        sourceName: node.sourceName,
        config: substitute(node.config),
        steps: node.steps.map((step) => stepIdentity(step, substitute)),
        onError: node.onError.map((step) => stepIdentity(step, substitute)),
      };
  }
}

function stepIdentity(step: StepNode, substitute: Substitute): JsonValue {
  return {
    component: { ...step.component },
    config: substitute(step.config),
    continueOnError: step.continueOnError ?? false,
  };
}

/** Replaces outputs and inputs by digests; an output of the node itself (`build.*`) stays as it is. */
function substituteInputs(
  value: JsonValue,
  self: NodeId,
  digests: ReadonlyMap<NodeId, Digest>,
  inputs: DigestInputs,
): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => substituteInputs(item, self, digests, inputs));
  if (!isJsonObject(value)) return value;
  const out = value["$out"];
  if (typeof out === "string" && out !== self) return { ...value, $out: digests.get(out) ?? out };
  const input = value["$input"];
  if (typeof input === "string") return { ...value, $input: inputs.digestOfInput(input) ?? input };
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substituteInputs(item, self, digests, inputs)]),
  );
}
