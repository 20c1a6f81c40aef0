import type { CompileResult } from "@hclbuild/compiler";
import { sortDiagnostics, type Diagnostic } from "@hclbuild/diagnostics";
import type { RunSignals } from "@hclbuild/executor";
import type { CliHost, Invocation } from "../command.js";
import type { LoadedTemplate } from "./compile-template.js";
import { compileWithEffects } from "./compile-with-effects.js";
import { hasErrors } from "../output/diagnostic-output.js";
import type { UndeclaredNames } from "../flags/shared-flags.js";
import { lateInputsOf } from "./late-inputs.js";
import { readEffects } from "./read-effects.js";
import { createComponentSurroundings } from "../host/sdk-host.js";

export interface TemplateCheck {
  readonly template: LoadedTemplate;
  readonly undeclared: UndeclaredNames;
  /** Really read data sources. */
  readonly readData: boolean;
  /** Ends reading them. */
  readonly signals: RunSignals;
}

/**
 * Compiles a template and lets the components it names check their configurations. The diagnostics of the result hold
 * all findings.
 */
export async function checkTemplate(invocation: Invocation, check: TemplateCheck): Promise<CompileResult> {
  const { template, undeclared } = check;
  const found: Diagnostic[] = [];
  const plain = template.compile({ undeclared });
  const result = check.readData ? ((await readAll(invocation.host, check, found)) ?? plain) : plain;
  found.push(...(await prepareComponents(invocation, template, result)));
  if (found.length === 0) return result;
  return { ...result, diagnostics: sortDiagnostics([...result.diagnostics, ...found], result.sources) };
}

/** Compiles with everything that services and data sources give; adds what is wrong with these to `found`. */
function readAll(
  host: CliHost,
  { template, undeclared, signals }: TemplateCheck,
  found: Diagnostic[],
): Promise<CompileResult | undefined> {
  return compileWithEffects({
    host,
    template,
    undeclared,
    signal: signals.cancel,
    report: (diagnostics) => void found.push(...diagnostics),
    async readData(graph, result) {
      const { effects, diagnostics } = await readEffects({ host, template, signals }, graph, result);
      found.push(...diagnostics);
      return effects;
    },
  });
}

/** Lets components look at their configurations, if the template is sound otherwise. */
export async function prepareComponents(
  { host }: Invocation,
  { plugins }: LoadedTemplate,
  result: CompileResult,
): Promise<readonly Diagnostic[]> {
  if (result.graph === undefined || hasErrors(result.diagnostics)) return [];
  const [{ prepareGraph }, sdk] = await Promise.all([import("@hclbuild/executor"), import("@hclbuild/sdk")]);
  return prepareGraph({
    graph: result.graph,
    plugins,
    host: createComponentSurroundings(host, sdk).host,
    inputs: lateInputsOf(result),
    signal: new AbortController().signal,
  });
}
