import { compile, loadProject, type CompileOptions, type CompileResult, type Project } from "@hclbuild/compiler";
import type { NodeId } from "@hclbuild/graph";
import type { Plugin } from "@hclbuild/sdk";
import type { Value } from "@hclbuild/value";
import { createPluginRegistry, loadBuiltInPlugins } from "./components.js";
import type { Invocation } from "./command.js";
import { createFunctions } from "./functions.js";
import { createLoadHost } from "./load-host.js";
import { readTemplateInputs } from "./template-inputs.js";

/** A template that has been read, and how to compile it. */
export interface LoadedTemplate {
  readonly project: Project;
  readonly plugins: readonly Plugin[];
  /** Compiles; with `effects`, what data sources gave is known. */
  compile(options?: Pick<CompileOptions, "undeclared" | "syntaxOnly" | "effects">): CompileResult;
}

/** Outputs of data sources by the ids of their nodes. */
export type Effects = ReadonlyMap<NodeId, Value>;

/** Reads the template at `path` with the inputs that the flags and the environment give. */
export async function loadTemplate(invocation: Invocation, path: string): Promise<LoadedTemplate> {
  const { host } = invocation;
  const inputs = readTemplateInputs(invocation);
  const [project, plugins] = await Promise.all([
    loadProject(createLoadHost(host), path, { variableFiles: inputs.variableFiles }),
    loadBuiltInPlugins(),
  ]);
  const common = {
    project,
    registry: createPluginRegistry(plugins),
    functions: createFunctions(host, project.rootDirectory),
    inputs: { flags: inputs.variables, environment: host.env },
    selection: { only: inputs.only, except: inputs.except },
  };
  return { project, plugins, compile: (options = {}) => compile({ ...common, ...options }) };
}
