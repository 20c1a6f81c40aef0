import {
  compile,
  loadProject,
  type CompileOptions,
  type CompileResult,
  type InputType,
  type Project,
  type RequiredPlugin,
} from "@hclbuild/compiler";
import { sortDiagnostics, type Diagnostic } from "@hclbuild/diagnostics";
import type { NodeId } from "@hclbuild/graph";
import type { Plugin } from "@hclbuild/sdk";
import type { Value } from "@hclbuild/value";
import { createPluginRegistry, loadBuiltInPlugins } from "../components.js";
import type { CliHost, Invocation } from "../command.js";
import { hasErrors } from "../output/diagnostic-output.js";
import { createFunctions } from "./functions.js";
import { createLoadHost } from "../host/load-host.js";
import type { PluginUse, RequiredPackages } from "../plugins/required.js";
import { readTemplateInputs } from "./template-inputs.js";

/** A template that has been read, and how to compile it. */
export interface LoadedTemplate {
  readonly project: Project;
  readonly plugins: readonly Plugin[];
  /** Plugins that are npm packages and can be used, by source. */
  readonly packages: RequiredPackages["packages"];
  /** Compiles; with `effects`, what data sources gave is known. */
  compile(options?: Pick<CompileOptions, "undeclared" | "syntaxOnly" | "effects">): CompileResult;
}

/** Outputs of data sources by the ids of their nodes. */
export type Effects = ReadonlyMap<NodeId, Value>;

/**
 * Reads the template at `path` with the inputs that the flags and the environment give. The code of plugins that are npm
 * packages can only be run when `pluginUse` says so.
 */
export async function loadTemplate(
  invocation: Invocation,
  path: string,
  pluginUse: PluginUse = "read",
): Promise<LoadedTemplate> {
  const { host } = invocation;
  const inputs = readTemplateInputs(invocation);
  // The flag takes no other texts.
  const inputType = invocation.flags.text("config-type") as InputType | undefined;
  const [project, builtIn] = await Promise.all([
    loadProject(createLoadHost(host), path, { variableFiles: inputs.variableFiles, inputType }),
    loadBuiltInPlugins(),
  ]);
  const { log } = host;
  const notes = log === undefined ? undefined : await import("./template-log.js");
  if (log !== undefined) notes?.logProject(log.sink, { project, inputs, env: host.env });
  const common = {
    project,
    functions: createFunctions(host, project.rootDirectory),
    inputs: { flags: inputs.variables, environment: host.env },
    selection: { only: inputs.only, except: inputs.except },
  };
  const registry = createPluginRegistry(builtIn);
  const required = await findPackages(host, project, {
    use: pluginUse,
    read: () => compile({ ...common, registry, syntaxOnly: true }).requirements.plugins,
  });
  const noted = (result: CompileResult): CompileResult => {
    if (log !== undefined) notes?.logCompilation(log.sink, result);
    return result;
  };
  if (required === undefined) {
    const compileTemplate: LoadedTemplate["compile"] = (options = {}) =>
      noted(compile({ ...common, registry, ...options }));
    return { project, plugins: builtIn, packages: new Map(), compile: compileTemplate };
  }
  const extended = createPluginRegistry(builtIn, required.manifests);
  return {
    project,
    // Where a name is looked up without its plugin, the built-in ones win.
    plugins: [...required.plugins, ...builtIn],
    packages: required.packages,
    compile: (options = {}) =>
      noted(withFindings(compile({ ...common, registry: extended, ...options }), required.diagnostics)),
  };
}

interface PackageSearch {
  readonly use: PluginUse;
  /** What the template requires. */
  readonly read: () => readonly RequiredPlugin[];
}

/** The npm packages that a template requires; `undefined` when it requires none, which is cheap to see. */
async function findPackages(
  host: CliHost,
  project: Project,
  search: PackageSearch,
): Promise<RequiredPackages | undefined> {
  if (!project.files.some(({ source }) => /\bnpm\\?\//i.test(source.text))) return undefined;
  const { loadRequiredPackages } = await import("../plugins/required.js");
  return loadRequiredPackages(host, project.rootDirectory, { plugins: search.read(), use: search.use });
}

/** The result of compiling with what is wrong with plugins; without a graph when that is an error. */
function withFindings(result: CompileResult, findings: readonly Diagnostic[]): CompileResult {
  if (findings.length === 0) return result;
  const diagnostics = sortDiagnostics([...result.diagnostics, ...findings], result.sources);
  const { graph, ...rest } = result;
  return graph === undefined || hasErrors(findings) ? { ...rest, diagnostics } : { ...rest, graph, diagnostics };
}
