import type { CompileResult } from "@hclbuild/compiler";
import { sortDiagnostics, type Diagnostic } from "@hclbuild/diagnostics";
import type { Invocation } from "./command.js";
import type { LoadedTemplate } from "./compile-template.js";
import { hasErrors } from "./diagnostic-output.js";
import { lateInputsOf } from "./late-inputs.js";
import { readEffects } from "./read-effects.js";
import { createComponentSurroundings } from "./sdk-host.js";

export interface TemplateCheck {
  readonly template: LoadedTemplate;
  readonly undeclared: "ignore" | "warn";
  /** Really read data sources. */
  readonly readData: boolean;
}

/**
 * Compiles a template and lets the components it names check their configurations. The diagnostics of the result hold
 * all findings.
 */
export async function checkTemplate(invocation: Invocation, check: TemplateCheck): Promise<CompileResult> {
  const { template, undeclared } = check;
  let result = template.compile({ undeclared });
  const found: Diagnostic[] = [];
  if (check.readData && result.graph !== undefined && !hasErrors(result.diagnostics)) {
    const outcome = await readEffects(invocation, template, result);
    found.push(...outcome.diagnostics);
    if (outcome.effects !== undefined) result = template.compile({ undeclared, effects: outcome.effects });
  }
  found.push(...(await prepareComponents(invocation, template, result)));
  if (found.length === 0) return result;
  return { ...result, diagnostics: sortDiagnostics([...result.diagnostics, ...found], result.sources) };
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
