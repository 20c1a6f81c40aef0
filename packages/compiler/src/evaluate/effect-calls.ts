import { createHash } from "node:crypto";
import { DiagnosticBag, type Span } from "@hclbuild/diagnostics";
import { evaluate, type EffectCall, type Scope } from "@hclbuild/eval";
import {
  canonicalJson,
  decodeTemplate,
  encodeTemplate,
  templatesOf,
  visitCalls,
  type BuildGraph,
  type NodeId,
  type Template,
} from "@hclbuild/graph";
import { containsMark, isKnown, isWhollyKnown, stringType, unknownValue, type Value } from "@hclbuild/value";

/** A call of a function that asks a service, with the arguments it is to be asked with. */
export interface EffectCallSite {
  /** The key of its result among the effects of the next compilation. */
  readonly id: NodeId;
  readonly name: string;
  readonly args: readonly Value[];
  /** Where the template makes the call, at first. */
  readonly span?: Span | undefined;
}

/** A call of such a function whose arguments are not known before the build, or are sensitive: nobody can be asked. */
export interface LateEffectCall {
  readonly name: string;
  readonly isSensitive: boolean;
  readonly span?: Span | undefined;
}

/** What a graph still asks of services. */
export interface EffectCalls {
  readonly calls: readonly EffectCallSite[];
  /** Those that stay late when all data sources and services have answered; until then, arguments may become known. */
  readonly late: readonly LateEffectCall[];
}

/** The calls that the evaluation of a template came across, and where. */
export interface NotedCalls {
  /** By id; without an answer. */
  readonly unanswered: Map<NodeId, EffectCallSite>;
  /** Of calls without an id, by the name of the function. */
  readonly spans: Map<string, Span>;
}

/** Remembers a call that has been evaluated. */
export function noteCall(noted: NotedCalls, id: NodeId | undefined, { name, args, span }: EffectCall): void {
  if (id !== undefined && !noted.unanswered.has(id)) noted.unanswered.set(id, { id, name, args, span });
  if (id === undefined && span !== undefined && !noted.spans.has(name)) noted.spans.set(name, span);
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

/**
 * The calls that a graph still waits for and whose arguments are known, each once, in the order of the graph; and those
 * that nobody can answer. `scope` is the run's, `noted` what the compilation came across.
 */
export function effectCallsOf(graph: BuildGraph, scope: Scope, noted: NotedCalls): EffectCalls {
  const calls = new Map<NodeId, EffectCallSite>();
  const late: LateEffectCall[] = [];
  for (const node of graph.nodes) {
    // Which blocks there are depends on something late, and the blocks to come may ask for anything.
    if (node.kind === "deferred") {
      for (const [id, call] of noted.unanswered) calls.set(id, call);
      for (const [name, span] of noted.spans) late.push({ name, isSensitive: true, span });
    }
    for (const template of templatesOf(node)) {
      const found = callsIn(template, scope);
      for (const { id, name, args } of found.calls) {
        calls.set(id, { id, name, args, span: noted.unanswered.get(id)?.span });
      }
      const span = spanOf(graph, node.id);
      late.push(...found.late.map((call) => ({ ...call, span: noted.spans.get(call.name) ?? span })));
    }
  }
  return { calls: [...calls.values()], late };
}

function spanOf(graph: BuildGraph, id: NodeId): Span | undefined {
  const entry = graph.spans[id]?.[""];
  return entry === undefined ? undefined : { file: entry[0], start: entry[1], end: entry[2] };
}

function callsIn(template: Template, scope: Scope): EffectCalls {
  const written: { readonly name: string; readonly args: readonly Template[] }[] = [];
  visitCalls(template, (name, args) => {
    if (scope.functions.get(name)?.effect !== undefined) written.push({ name, args });
  });
  if (written.length === 0) return { calls: [], late: [] };
  const calls = new Map<NodeId, EffectCallSite>();
  const reached = new Set<string>();
  const late: LateEffectCall[] = [];
  // Evaluated as a whole, because iterators of "for" are arguments too. Mistakes are reported elsewhere.
  const silent = new DiagnosticBag().report;
  const watching: Scope = {
    ...scope,
    resolveEffect(call) {
      const { name, args } = call;
      const id = effectCallId(name, args);
      const answer = scope.resolveEffect?.(call) ?? { value: unknownValue(stringType), consumed: 0 };
      reached.add(name);
      if (id === undefined) late.push({ name, isSensitive: true });
      else if (!isKnown(answer.value)) calls.set(id, { id, name, args });
      return answer;
    },
  };
  evaluate(decodeTemplate(template), watching, silent);
  for (const { name, args } of written) {
    // What is unknown is not asked for at all.
    const values = reached.has(name) ? [] : args.map((arg) => evaluate(decodeTemplate(arg), scope, silent));
    if (values.some((value) => !isWhollyKnown(value))) late.push({ name, isSensitive: false });
  }
  return { calls: [...calls.values()], late };
}
