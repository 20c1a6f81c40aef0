import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  createEngineFunctions,
  goFailure,
  parseGoTemplate,
  renderGoTemplate as renderParsed,
  type GoData,
  type GoFailure,
} from "@hclbuild/go-template";
import type { BuildInfo } from "./context.js";
import { BuildError } from "./errors.js";
import type { Random } from "./host.js";
import type { Json } from "./json.js";

/** What a Go template may draw on. */
export interface TemplateFacts {
  /** What `{{.Name}}` gives. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly build: BuildInfo;
  /** Milliseconds since the epoch that `timestamp`, `isotime` and `strftime` give. */
  readonly startTime: number;
  readonly workingDirectory: string;
  readonly random: Random;
  /** Fails for fields without a value, which otherwise give `<no value>`. */
  readonly isStrict?: boolean;
}

/**
 * Renders an option as Packer's components do. Text without `{{` is returned as it is. Besides `fields` the build's data
 * can be reached, as fields and with `build`.
 * @throws BuildError `gotemplate/…`
 */
export function renderGoTemplate(text: string, facts: TemplateFacts): string {
  if (!text.includes("{{")) return text;
  const bag = new DiagnosticBag();
  const template = parseGoTemplate(text, bag.report);
  const { build } = facts;
  const functions = createEngineFunctions({
    startTime: facts.startTime,
    uuid: () => facts.random.uuid(),
    workingDirectory: facts.workingDirectory,
    packerVersion: build.coreVersion,
    buildName: build.sourceName,
    buildType: build.builderType,
    build: (key) => buildValue(build, key),
  });
  const rendered = bag.hasErrors
    ? ""
    : renderParsed(
        template,
        {
          data: { ...build.data, ...facts.fields } as GoData,
          functions,
          missingKey: facts.isStrict === true ? "error" : "default",
        },
        bag.report,
      );
  const problem = bag.items.find((item) => item.severity === "error");
  if (problem === undefined) return rendered;
  throw new BuildError(problem.message.replace(/\.$/, ""), { code: problem.code, hint: problem.detail });
}

function buildValue(build: BuildInfo, key: string): string | GoFailure {
  const value = build.data[key];
  if (value === undefined) return goFailure(`The build makes nothing known under "${key}".`);
  return typeof value === "string" ? value : JSON.stringify(value);
}
