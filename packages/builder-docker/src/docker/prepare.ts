import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { describeSystemError, type Report } from "@hclbuild/diagnostics";
import { isKnownOption, type MaybeUnknown, type PrepareContext } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { readTextIfPresent } from "../engine/client.js";
import { knownRunFlags, parseRunCommand } from "../engine/run-command.js";
import type { DockerConfig } from "./base.js";

/** What can be said of a source before any engine is asked. */
export async function prepare(
  config: MaybeUnknown<DockerConfig>,
  report: Report,
  context: PrepareContext,
): Promise<void> {
  if (!isKnownOption(config)) return;
  checkRunCommand(config.run_command, report, context);
  await checkDockerfile(config.build, report, context);
  const { export_path: path } = config;
  if (typeof path === "string" && path !== "" && (await isFolder(resolve(context.host.cwd, path)))) {
    report(catalog["export-path-is-directory"], { path, span: context.spanOf("export_path") });
  }
}

type Loose<Name extends keyof DockerConfig> = MaybeUnknown<DockerConfig[Name]>;

/** Stands for words that are only known while the build runs, as the image is. */
const laterWord = "{{.Image}}";

function checkRunCommand(words: Loose<"run_command">, report: Report, context: PrepareContext): void {
  if (words === undefined || !isKnownOption(words) || words.length === 0) return;
  const { env, cwd } = context.host;
  const known = words.map((word) => (isKnownOption(word) ? word : laterWord));
  const result = parseRunCommand(known, { env, cwd, readText: readTextIfPresent });
  const span = context.spanOf("run_command");
  if (result.kind === "unsupported-flag" && !result.flag.includes(laterWord)) {
    report(catalog["unsupported-run-flag"], { flag: result.flag, known: knownRunFlags.join(" "), span });
  } else if (result.kind === "invalid" && !result.reason.includes(laterWord)) {
    report(catalog["invalid-run-command"], { reason: result.reason, span });
  }
}

async function checkDockerfile(build: Loose<"build">, report: Report, context: PrepareContext): Promise<void> {
  if (build === undefined || !isKnownOption(build) || typeof build.path !== "string") return;
  const { path } = build;
  const span = context.spanOf("build/path") ?? context.spanOf("build");
  try {
    const facts = await stat(resolve(context.host.cwd, path));
    if (facts.isDirectory()) report(catalog["build-input-unreadable"], { path, reason: "it is a folder", span });
  } catch (error) {
    report(catalog["build-input-unreadable"], { path, reason: describeSystemError(error), span });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isDirectory() === true;
}
