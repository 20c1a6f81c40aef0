import type { CompileResult } from "@hclbuild/compiler";
import type { Diagnostic } from "@hclbuild/diagnostics";
import type { RunOptions } from "@hclbuild/executor";
import type { Invocation } from "./command.js";
import type { Effects, LoadedTemplate } from "./compile-template.js";
import { lateInputsOf, secretsOf } from "./late-inputs.js";
import { createRunEnvironment, noSignals } from "./run-environment.js";

export interface EffectsOutcome {
  /** Absent when a data source failed. */
  readonly effects?: Effects;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the data sources that the selected builds need, without showing anything. */
export async function readEffects(
  { host }: Invocation,
  template: LoadedTemplate,
  result: CompileResult,
): Promise<EffectsOutcome> {
  if (result.graph === undefined) return { diagnostics: [] };
  const [executor, sdk] = await Promise.all([import("@hclbuild/executor"), import("@hclbuild/sdk")]);
  const bus = executor.createEventBus({ clock: host.clock });
  const diagnostics: Diagnostic[] = [];
  bus.subscribe((event) => {
    if (event.type === "diagnostic") diagnostics.push(event.diagnostic);
  });
  const options: RunOptions = {
    ...createRunEnvironment(host, { sdk, executor, mayAsk: false }),
    bus,
    graph: result.graph,
    plugins: template.plugins,
    signals: noSignals,
    build: { onError: "cleanup", parallel: 0, debug: false, force: false },
    inputs: lateInputsOf(result),
    secrets: secretsOf(result),
  };
  const { outcome, effects } = await executor.runEffects(options);
  return outcome === "succeeded" ? { effects, diagnostics } : { diagnostics };
}
