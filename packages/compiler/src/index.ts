export { compile, type CompileOptions, type CompileResult } from "./compile.js";
export { configCatalog, referenceCatalog, variableCatalog } from "./catalog.js";
export { compatibilityLevel } from "./requirements/compatibility.js";
export { compileGlob, type Glob } from "./select/glob.js";
export type { EffectCallSite, LateEffectCall } from "./evaluate/effect-calls.js";
export type { HostFailure, LoadHost } from "./load/host.js";
export { loadCatalog } from "./load/catalog.js";
export { loadProject, type InputType, type LoadOptions } from "./load/load.js";
export { parseBody } from "./load/parse-body.js";
export { parsePluginSource, type PluginSourceProblem } from "./requirements/plugin-source.js";
export type { Project, ProjectFile, VariableFile } from "./load/project.js";
export type { RequiredPlugin, Requirements } from "./requirements/requirements.js";
export {
  createPlaceScope,
  createRunScope,
  type BuildView,
  type Definitions,
  type Place,
  type SourceView,
} from "./evaluate/scope.js";
export type { SelectionPatterns } from "./select/only-except.js";
export type { Symbols } from "./blocks/symbols.js";
export {
  compareVersions,
  parseConstraints,
  parseVersion,
  satisfies,
  type Constraints,
  type Version,
} from "./requirements/version.js";
export type { BuildPlan, PostProcessorPlan, ProvisionerPlan, SourceUse } from "./blocks/build-plan.js";
export type { GivenValue, VariableDeclaration, VariableOrigin } from "./variables/declare.js";
export type { VariableInputs } from "./variables/inputs.js";
export type { Variable } from "./variables/resolve.js";
export {
  assignableVariables,
  inspectModel,
  renderInspectText,
  renderVariablesText,
  type InspectedBuild,
  type InspectedStep,
  type InspectedValue,
  type InspectedVariable,
  type InspectModel,
} from "./inspect/inspect.js";
export { inspectJsonSchema } from "./inspect/schema.js";
