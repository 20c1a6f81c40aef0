import { createHash } from "node:crypto";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { evaluate, type FunctionTable, type Scope } from "@hclbuild/eval";
import {
  canonicalJson,
  decodeTemplate,
  encodeTemplate,
  templatesOf,
  visitCalls,
  type BuildGraph,
  type NodeId,
} from "@hclbuild/graph";
import { containsMark, isWhollyKnown, type Value } from "@hclbuild/value";

/** A call of a function that asks a service, with the arguments it is to be asked with. */
export interface EffectCallSite {
  /** The key of its result among the effects of the next compilation. */
  readonly id: NodeId;
  readonly name: string;
  readonly args: readonly Value[];
}

/**
 * The id of a call: equal calls have equal ids, so that a service is asked once. `undefined` when the arguments are not
 * known, or sensitive: their hash must not be in a plan.
 */
export function effectCallId(name: string, args: readonly Value[]): NodeId | undefined {
  if (args.some((arg) => !isWhollyKnown(arg) || containsMark(arg, "sensitive"))) return undefined;
  const digest = createHash("sha256")
    .update(canonicalJson(args.map((arg) => encodeTemplate(arg))))
    .digest("hex");
  return `effect.${name}.${digest.slice(0, 12)}`;
}

/** The calls that a graph still waits for and whose arguments are known, each once, in the order of the graph. */
export function effectCallsOf(graph: BuildGraph, functions: FunctionTable, scope: Scope): readonly EffectCallSite[] {
  const calls = new Map<NodeId, EffectCallSite>();
  for (const template of graph.nodes.flatMap(templatesOf)) {
    visitCalls(template, (name, args) => {
      if (functions.get(name)?.effect === undefined) return;
      // An argument that cannot be evaluated yet gives an unknown value, and its mistakes are reported elsewhere.
      const values = args.map((arg) => evaluate(decodeTemplate(arg), scope, new DiagnosticBag().report));
      const id = effectCallId(name, values);
      if (id !== undefined) calls.set(id, { id, name, args: values });
    });
  }
  return [...calls.values()];
}
