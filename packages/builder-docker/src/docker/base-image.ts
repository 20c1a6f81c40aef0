import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { buildError, type BuildContext, type BuildError } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { unreadable } from "../engine/build-context.js";
import { translateFailure, type Engine } from "../engine/client.js";
import type { RegistryAuth } from "../engine/registry-auth.js";
import { chooseBuilder, readNeeds, type DockerfileNeeds } from "./base-image-builder.js";
import type { BaseImageConfig, BaseImageRequest, BuildFailure } from "./base-image-request.js";
import { buildClassic } from "./build-classic.js";
import { buildWithBuildKit } from "./build-kit.js";

/** Builds the image to start from and returns its id. */
export async function buildBaseImage(
  engine: Engine,
  context: BuildContext,
  options: { readonly config: BaseImageConfig; readonly auth: RegistryAuth | undefined },
): Promise<string> {
  const { config, auth } = options;
  context.ui.say("Building base image...");
  const directory = resolve(context.host.cwd, config.build_dir ?? dirname(config.path));
  const dockerfile = resolve(context.host.cwd, config.path);
  const needs = readNeeds(await readDockerfile(dockerfile, config.path));
  const explain = (failure: BuildFailure): BuildError => explainFailure(config.path, needs, failure);
  const request: BaseImageRequest = { engine, context, config, directory, dockerfile, auth };
  try {
    const builder = await chooseBuilder(engine, { needs, path: config.path }, context.signal);
    return builder === "buildkit" ? await buildWithBuildKit(request, explain) : await buildClassic(request, explain);
  } catch (error) {
    throw translateFailure(engine, error, context.signal, explain);
  }
}

async function readDockerfile(dockerfile: string, shown: string): Promise<string> {
  try {
    return await readFile(dockerfile, "utf8");
  } catch (error) {
    throw unreadable(shown, error);
  }
}

/** An engine's own BuildKit may be older than the Dockerfile, which it then reports as a line that makes no sense. */
function explainFailure(path: string, needs: DockerfileNeeds, { reason, step }: BuildFailure): BuildError {
  const isTooOld =
    needs.feature !== undefined && !needs.namesSyntax && /parse error|unknown (flag|instr)/i.test(reason);
  if (isTooOld) return buildError(catalog["dockerfile-needs-newer-buildkit"], { path, feature: needs.feature, reason });
  return buildError(catalog["build-failed"], { path, reason, ...(step === undefined ? {} : { step }) });
}
