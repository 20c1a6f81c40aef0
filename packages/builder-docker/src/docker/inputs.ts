import { dirname, resolve } from "node:path";
import type { ComponentInputs, InputsContext } from "@hclbuild/sdk";
import type { DockerConfig } from "./base.js";

/** The Dockerfile and the build context, when the image to start from is built. */
export function readInputs({ build }: DockerConfig, { host }: InputsContext): ComponentInputs {
  if (build === undefined || build === null) return { files: [] };
  const file = resolve(host.cwd, build.path);
  return { files: [file, resolve(host.cwd, build.build_dir ?? dirname(build.path))] };
}
