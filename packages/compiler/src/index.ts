export { compile, type CompileOptions, type CompileResult } from "./compile.js";
export { configCatalog, referenceCatalog, variableCatalog } from "./catalog.js";
export { compatibilityLevel } from "./compatibility.js";
export { compileGlob, type Glob } from "./glob.js";
export type { EffectCallSite, LateEffectCall } from "./effect-calls.js";
export type { HostFailure, LoadHost } from "./host.js";
export { loadCatalog } from "./load-catalog.js";
export { loadProject, type InputType, type LoadOptions } from "./load.js";
export { parseBody } from "./parse-body.js";
export { parsePluginSource, type PluginSourceProblem } from "./plugin-source.js";
export type { Project, ProjectFile, VariableFile } from "./project.js";
export type { RequiredPlugin, Requirements } from "./requirements.js";
export {
  createPlaceScope,
  createRunScope,
  type BuildView,
  type Definitions,
  type Place,
  type SourceView,
} from "./scope.js";
export type { SelectionPatterns } from "./only-except.js";
export type { Symbols } from "./symbols.js";
export {
  compareVersions,
  parseConstraints,
  parseVersion,
  satisfies,
  type Constraints,
  type Version,
} from "./version.js";
export type { BuildPlan, PostProcessorPlan, ProvisionerPlan, SourceUse } from "./build-plan.js";
export type { GivenValue, VariableDeclaration, VariableOrigin } from "./variables/declare.js";
export type { VariableInputs } from "./variables/inputs.js";
export type { Variable } from "./variables/resolve.js";
export {
  assignableVariables,
  inspectModel,
  renderInspectText,
  type InspectedBuild,
  type InspectedStep,
  type InspectedValue,
  type InspectedVariable,
  type InspectModel,
} from "./inspect.js";
export { inspectJsonSchema } from "./inspect-schema.js";
