import type { AssignableVariable, JsonValue } from "@hclbuild/schema";
import {
  consoleText,
  containsMark,
  isWhollyKnown,
  quoteGo,
  toJson,
  typeConstraintText,
  unmarkDeep,
  type Value,
} from "@hclbuild/value";
import type { BuildPlan, PostProcessorPlan } from "../blocks/build-plan.js";
import type { CompileResult } from "../compile.js";
import type { Variable } from "../variables/resolve.js";

/** A value for display: the JSON form of what is known, or why there is none. */
export type InspectedValue =
  | { readonly kind: "known"; readonly value: JsonValue }
  | { readonly kind: "unknown" }
  | { readonly kind: "sensitive" };

/** An input variable and its value. */
export interface InspectedVariable {
  readonly name: string;
  /** In the syntax of type constraints. */
  readonly type: string;
  readonly description?: string;
  readonly sensitive: boolean;
  /** It has no default. */
  readonly required: boolean;
  readonly default?: InspectedValue;
  readonly value: InspectedValue;
  /** Where the value comes from; absent when there is none. */
  readonly origin?: "default" | "environment" | "file" | "flag";
}

/** A provisioner or post-processor. */
export interface InspectedStep {
  readonly type: string;
  readonly name?: string;
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** A build block. */
export interface InspectedBuild {
  readonly name?: string;
  readonly description?: string;
  /** `TYPE.NAME`, with the name inside the build. */
  readonly sources: readonly string[];
  readonly provisioners: readonly InspectedStep[];
  readonly errorCleanup?: InspectedStep;
  readonly postProcessors: readonly (readonly InspectedStep[])[];
}

/** What `inspect` says about a template. Plain data, without anything secret. */
export interface InspectModel {
  readonly format: "hclbuild.inspect/1";
  readonly requiredPlugins: readonly { readonly name: string; readonly source: string; readonly version: string }[];
  readonly variables: readonly InspectedVariable[];
  readonly locals: readonly { readonly name: string; readonly value: InspectedValue }[];
  readonly dataSources: readonly { readonly type: string; readonly name: string }[];
  readonly sources: readonly { readonly type: string; readonly name: string }[];
  readonly builds: readonly InspectedBuild[];
}

/** Describes a compiled template. Templates with mistakes are described as far as they could be understood. */
export function inspectModel(result: CompileResult): InspectModel {
  const { requirements, symbols } = result;
  const named = ({ type, name }: { readonly type: string; readonly name: string }): { type: string; name: string } => ({
    type,
    name,
  });
  return {
    format: "hclbuild.inspect/1",
    requiredPlugins: requirements.plugins.map(({ accessor, source, constraint }) => ({
      name: accessor,
      source,
      version: constraint,
    })),
    variables: sortedEntries(result.variables).map(([name, variable]) => inspectVariable(name, variable)),
    locals: sortedEntries(result.locals).map(([name, value]) => ({ name, value: inspectValue(value) })),
    dataSources: [...symbols.data.values()].map(named),
    sources: [...symbols.sources.values()].map(named),
    builds: result.builds.map(inspectBuild),
  };
}

/**
 * The variables of a template as the schema of its variable files needs them. Defaults are left out that are not plain or
 * differ between machines.
 */
export function assignableVariables(result: CompileResult): readonly AssignableVariable[] {
  return sortedEntries(result.variables).map(([name, { declaration }]) => {
    const { type, description, sensitive, readsEnvironment } = declaration;
    const isFixed = declaration.default !== undefined && !readsEnvironment;
    const standard = isFixed ? inspectValue(declaration.default.value) : undefined;
    return {
      name,
      type,
      sensitive,
      ...(description === undefined ? {} : { description }),
      ...(standard?.kind === "known" && !sensitive ? { default: standard.value } : {}),
    };
  });
}

function sortedEntries<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function inspectVariable(name: string, { declaration, value, given }: Variable): InspectedVariable {
  const { description, sensitive, type } = declaration;
  const origin = given.at(-1)?.origin;
  const standard = declaration.default?.value;
  return {
    name,
    type: typeConstraintText(type),
    ...(description === undefined ? {} : { description }),
    sensitive,
    required: standard === undefined,
    ...(standard === undefined ? {} : { default: sensitive ? { kind: "sensitive" } : inspectValue(standard) }),
    value: inspectValue(value),
    ...(origin === undefined ? {} : { origin }),
  };
}

function inspectValue(value: Value): InspectedValue {
  if (containsMark(value, "sensitive")) return { kind: "sensitive" };
  if (!isWhollyKnown(value)) return { kind: "unknown" };
  const json = toJson(unmarkDeep(value).value);
  return typeof json === "string" ? { kind: "known", value: JSON.parse(json) as JsonValue } : { kind: "unknown" };
}

function inspectBuild(plan: BuildPlan): InspectedBuild {
  return {
    ...(plan.name === "" ? {} : { name: plan.name }),
    ...(plan.description === "" ? {} : { description: plan.description }),
    sources: plan.references,
    provisioners: plan.provisioners.map(inspectStep),
    ...(plan.errorCleanup === undefined ? {} : { errorCleanup: inspectStep(plan.errorCleanup) }),
    postProcessors: plan.chains.map((chain) => chain.map(inspectStep)),
  };
}

function inspectStep({ type, name, only, except }: PostProcessorPlan): InspectedStep {
  return {
    type,
    ...(name === undefined ? {} : { name }),
    ...(only === undefined ? {} : { only }),
    ...(except === undefined ? {} : { except }),
  };
}

/** What the command `variables` of Packer's console prints: two lists, each with an empty line after it. */
export function renderVariablesText(result: CompileResult): string {
  const variables = sortedEntries(result.variables).map(([name, { value }]) => `var.${name}: ${shownValue(value)}\n`);
  const locals = sortedEntries(result.locals).map(([name, value]) => `local.${name}: ${shownValue(value)}\n`);
  return `> input-variables:\n\n${variables.join("")}\n> local-variables:\n\n${locals.join("")}\n`;
}

/** The text of `inspect`, as Packer prints it. */
export function renderInspectText(result: CompileResult): string {
  const builds = result.builds.map(
    (plan, index) => `\n  > ${plan.name === "" ? `<unnamed build ${index}>` : plan.name}:\n${buildText(plan)}`,
  );
  return `Packer Inspect: HCL2 mode\n\n${renderVariablesText(result)}> builds:\n${builds.join("")}`;
}

function shownValue(value: Value): string {
  return quoteGo(consoleText(value, "structure"));
}

function buildText(plan: BuildPlan): string {
  const description = plan.description === "" ? "" : `\n  > Description: ${plan.description}\n`;
  const sources = plan.references.map((reference) => `\n      ${reference}\n`);
  const provisioners = plan.provisioners.map((step) => `      ${stepText(step)}\n`);
  const chains = plan.chains.map(
    (chain, index) => `\n      ${index}:\n${chain.map((step) => `        ${stepText(step)}\n`).join("")}`,
  );
  return [
    description,
    `\n    sources:\n${sources.length === 0 ? "\n      <no source>\n" : sources.join("")}`,
    `\n    provisioners:\n\n${provisioners.length === 0 ? "      <no provisioner>\n" : provisioners.join("")}`,
    `\n    post-processors:\n${chains.length === 0 ? "\n      <no post-processor>\n" : chains.join("")}`,
  ].join("");
}

function stepText({ type, name }: PostProcessorPlan): string {
  return name === undefined || name === "" ? type : `${type}.${name}`;
}
