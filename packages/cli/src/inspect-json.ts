import type { BuildPlan, CompileResult, PostProcessorPlan, ProvisionerPlan } from "@hclbuild/compiler";
import { containsMark, isWhollyKnown, toJson, typeConstraintText, type Value } from "@hclbuild/value";

/** Name and version of the document that `inspect -format=json` prints. */
const inspectFormat = "hclbuild.inspect/1";

/** What a template declares, for programs. Values that are sensitive or not yet known are left out. */
export function renderInspectionJson(result: CompileResult): string {
  const variables = [...result.variables].map(([name, { declaration, value }]) => ({
    name,
    type: typeConstraintText(declaration.type),
    ...(declaration.description === undefined ? {} : { description: declaration.description }),
    required: declaration.default === undefined,
    sensitive: declaration.sensitive,
    ...valuePart(value),
  }));
  const locals = [...result.locals].map(([name, value]) => ({
    name,
    sensitive: containsMark(value, "sensitive"),
    ...valuePart(value),
  }));
  const plugins = result.requirements.plugins.map(({ accessor, source, constraint }) => ({
    accessor,
    source,
    constraint,
  }));
  const document = { format: inspectFormat, plugins, variables, locals, builds: result.builds.map(describeBuild) };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function valuePart(value: Value): { readonly value?: unknown } {
  if (containsMark(value, "sensitive") || !isWhollyKnown(value)) return {};
  const text = toJson(value);
  return typeof text === "string" ? { value: JSON.parse(text) as unknown } : {};
}

function describeBuild(build: BuildPlan): object {
  return {
    ...(build.name === "" ? {} : { name: build.name }),
    ...(build.description === "" ? {} : { description: build.description }),
    sources: build.uses.map((use) => `${use.type}.${use.localName}`),
    provisioners: build.provisioners.map(describeStep),
    ...(build.errorCleanup === undefined ? {} : { errorCleanupProvisioner: describeStep(build.errorCleanup) }),
    postProcessors: build.chains.map((chain) => chain.map(describeStep)),
  };
}

function describeStep(step: ProvisionerPlan | PostProcessorPlan): object {
  return { type: step.type, ...(step.name === undefined || step.name === "" ? {} : { name: step.name }) };
}
