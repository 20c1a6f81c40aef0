import type { CompileResult } from "@hclbuild/compiler";
import type { Diagnostic } from "@hclbuild/diagnostics";
import type { RunOptions, RunSignals } from "@hclbuild/executor";
import type { BuildGraph } from "@hclbuild/graph";
import type { Effects } from "./compile-template.js";
import type { EffectfulCompilation } from "./compile-with-effects.js";
import { lateInputsOf, secretsOf } from "./late-inputs.js";
import { createRunEnvironment } from "../build/run-environment.js";
import { logEvent } from "../build/run-view.js";

export interface EffectsOutcome {
  /** Absent when a data source failed. */
  readonly effects?: Effects;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the data sources of a graph that its roots need, without showing anything. */
export async function readEffects(
  { host, template, signals }: Pick<EffectfulCompilation, "host" | "template"> & { readonly signals: RunSignals },
  graph: BuildGraph,
  result: CompileResult,
): Promise<EffectsOutcome> {
  const [executor, sdk] = await Promise.all([import("@hclbuild/executor"), import("@hclbuild/sdk")]);
  const bus = executor.createEventBus({ clock: host.clock });
  const diagnostics: Diagnostic[] = [];
  bus.subscribe((event) => {
    if (event.type === "diagnostic") diagnostics.push(event.diagnostic);
    if (host.log !== undefined) logEvent(host.log, event, executor);
  });
  const options: RunOptions = {
    ...createRunEnvironment(host, { sdk, executor, mayAsk: false }),
    bus,
    graph,
    plugins: template.plugins,
    signals,
    build: { onError: "cleanup", parallel: 0, debug: false, force: false },
    inputs: lateInputsOf(result),
    secrets: secretsOf(result),
  };
  const { outcome, effects } = await executor.runEffects(options);
  return outcome === "succeeded" ? { effects, diagnostics } : { diagnostics };
}
