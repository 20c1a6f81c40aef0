import type { CompileResult } from "@hclbuild/compiler";
import type { Diagnostic } from "@hclbuild/diagnostics";
import { dependenciesOf, templatesOf, visitCalls, type BuildGraph, type NodeId } from "@hclbuild/graph";
import type { Value } from "@hclbuild/value";
import type { Effects, LoadedTemplate } from "./compile-template.js";
import type { CliHost } from "../command.js";
import { hasErrors } from "../output/diagnostic-output.js";
import type { UndeclaredNames } from "../flags/shared-flags.js";
import { askServices, lateCallErrors } from "./service-calls.js";

/** What {@link compileWithEffects} needs. */
export interface EffectfulCompilation {
  readonly host: CliHost;
  readonly template: LoadedTemplate;
  readonly undeclared: UndeclaredNames;
  readonly signal: AbortSignal;
  /** Runs the data sources of a graph; `undefined` when one failed, which has been reported. */
  readData(graph: BuildGraph, result: CompileResult): Promise<Effects | undefined>;
  report(diagnostics: readonly Diagnostic[]): void;
}

/**
 * Compiles, asks the services and reads the data sources that are needed, and compiles again until nothing is left to be
 * asked: an answer may be the argument of the next question. Gives `undefined` when a service or a data source failed,
 * or somebody interrupted; otherwise the last compilation, whose own diagnostics are not reported here.
 */
export async function compileWithEffects(work: EffectfulCompilation): Promise<CompileResult | undefined> {
  const { host, template, undeclared, signal } = work;
  const effects = new Map<NodeId, Value>();
  for (;;) {
    const result = template.compile({ undeclared, effects: new Map(effects) });
    const { graph, effectCalls } = result;
    if (graph === undefined || hasErrors(result.diagnostics)) return result;
    const before = effects.size;
    if (effectCalls.length > 0) {
      const asked = await askServices(host, effectCalls, signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (asked === undefined) return undefined;
      work.report(asked.diagnostics);
      if (hasErrors(asked.diagnostics)) return undefined;
      for (const [id, value] of asked.answers) effects.set(id, value);
    } else if (graph.nodes.some(({ kind }) => kind === "effect" || kind === "deferred")) {
      const read = await work.readData(readyPart(graph, result), result);
      if (read === undefined) return undefined;
      for (const [id, value] of read) effects.set(id, value);
    }
    if (effects.size > before) continue;
    const late = lateCallErrors(result);
    work.report(late);
    return late.length === 0 ? result : undefined;
  }
}

/**
 * The graph with those data sources as its roots that no service has to be asked for first, or with all, if there are
 * none. A graph holds only data sources that something needs, but blocks to come are no roots.
 */
function readyPart(graph: BuildGraph, { definitions }: CompileResult): BuildGraph {
  const asks = (name: string): boolean => definitions.functions.get(name)?.effect !== undefined;
  const blocked = new Set<NodeId>();
  for (const node of graph.nodes) {
    for (const part of templatesOf(node)) visitCalls(part, (name) => void (asks(name) && blocked.add(node.id)));
  }
  for (let size = -1; size !== blocked.size;) {
    size = blocked.size;
    for (const node of graph.nodes) if (dependenciesOf(node).some((id) => blocked.has(id))) blocked.add(node.id);
  }
  const all = graph.nodes.filter(({ kind }) => kind === "effect").map(({ id }) => id);
  const ready = all.filter((id) => !blocked.has(id));
  return { ...graph, roots: ready.length === 0 ? all : ready };
}
