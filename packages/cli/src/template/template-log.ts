import type { CompileResult, Project } from "@hclbuild/compiler";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";
import type { LogSink } from "../output/log.js";
import type { TemplateInputs } from "./template-inputs.js";

/** Notes which files were read and which variables are set where: names alone, as values may be secrets. */
export function logProject(
  sink: LogSink,
  {
    project,
    inputs,
    env,
  }: { readonly project: Project; readonly inputs: TemplateInputs; readonly env: CliHost["env"] },
): void {
  sink(`template folder: ${project.rootDirectory}`);
  for (const { source, syntax } of project.files) {
    sink(`template file: ${source.name} (${syntax}, ${source.text.length} characters)`);
  }
  for (const { source, origin, body } of project.variableFiles) {
    // What is wrong with it is reported when it is compiled.
    const names = [...body.justAttributes(new DiagnosticBag().report).keys()].join(", ");
    sink(`variable file: ${source.name} (${origin}): ${names || "nothing"}`);
  }
  const set = Object.keys(env).filter((name) => name.startsWith("PKR_VAR_"));
  if (set.length > 0) sink(`variables from the environment: ${set.toSorted().join(", ")}`);
  const flags = inputs.variables.map((text) => text.split("=", 1)[0]);
  if (flags.length > 0) sink(`variables from flags: ${flags.join(", ")}`);
}

/** Notes what a template came to. */
export function logCompilation(sink: LogSink, result: CompileResult): void {
  const { graph, diagnostics, buildNames } = result;
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const steps = graph?.nodes.reduce((sum, node) => sum + (node.kind === "machine" ? node.steps.length : 0), 0) ?? 0;
  const size = graph === undefined ? "no graph" : `a graph of ${graph.nodes.length} nodes and ${steps} steps`;
  sink(`compiled to ${size} with ${errors} errors and ${diagnostics.length - errors} warnings`);
  if (buildNames.length > 0) sink(`selected builds: ${buildNames.join(", ")}`);
}
