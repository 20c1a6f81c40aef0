import type { BuildPlan, CompileResult, PostProcessorPlan, ProvisionerPlan } from "@hclbuild/compiler";
import {
  consoleText,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  objectValue,
  quoteGo,
  stringValue,
  tupleValue,
  unmarkDeep,
  containsMark,
  type Value,
} from "@hclbuild/value";

/** The variables and locals of a template, one line each, as `inspect` and the console's `variables` show them. */
export function renderVariables({ variables, locals }: Pick<CompileResult, "variables" | "locals">): string {
  const given = new Map([...variables].map(([name, variable]) => [name, variable.value]));
  return `> input-variables:\n\n${renderValues("var", given)}\n> local-variables:\n\n${renderValues("local", locals)}`;
}

/** What `inspect` prints about a template, in Packer's layout. */
export function renderInspection(result: CompileResult): string {
  const builds = result.builds.map(renderBuild).join("");
  return `Packer Inspect: HCL2 mode\n\n${renderVariables(result)}\n> builds:\n${builds}\n`;
}

function renderValues(root: string, values: ReadonlyMap<string, Value>): string {
  const lines = [...values].map(([name, value]) => `${root}.${name}: ${quoteGo(consoleText(maskLeaves(value)))}\n`);
  return lines.toSorted().join("");
}

/** Hides what is sensitive and keeps the shape of it, as Packer does. */
function maskLeaves(marked: Value): Value {
  if (!containsMark(marked, "sensitive")) return marked;
  const mask = (value: Value): Value => {
    if (!isKnown(value) || isNull(value)) return value;
    switch (value.type.kind) {
      case "list":
      case "set":
      case "tuple":
        return tupleValue(elementsOf(value).map(mask));
      case "map":
      case "object":
        return objectValue(new Map(entriesOf(value).map(([key, item]) => [key, mask(item)])));
      default:
        return stringValue("<sensitive>");
    }
  };
  return mask(unmarkDeep(marked).value);
}

function renderBuild(build: BuildPlan, index: number): string {
  const name = build.name === "" ? `<unnamed build ${index}>` : build.name;
  const description = build.description === "" ? "" : `\n  > Description: ${build.description}\n`;
  const sources = build.uses.map((use) => `\n      ${use.type}.${use.localName}\n`).join("") || "\n      <no source>\n";
  const provisioners =
    build.provisioners.map((step) => `      ${nameOf(step)}\n`).join("") || "      <no provisioner>\n";
  const chains = build.chains
    .map((chain, position) => `      ${position}:\n${chain.map((step) => `        ${nameOf(step)}\n`).join("")}`)
    .join("\n");
  return [
    `\n  > ${name}:\n${description}`,
    `\n    sources:\n${sources}`,
    `\n    provisioners:\n\n${provisioners}`,
    `\n    post-processors:\n\n${chains || "      <no post-processor>\n"}`,
  ].join("");
}

function nameOf(step: ProvisionerPlan | PostProcessorPlan): string {
  return step.name === undefined || step.name === "" ? step.type : `${step.type}.${step.name}`;
}
