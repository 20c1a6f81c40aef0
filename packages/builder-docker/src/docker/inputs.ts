import { dirname, resolve } from "node:path";
import type { ComponentInputs, InputsContext } from "@hclbuild/sdk";
import { readContextFilter } from "../engine/build-context.js";
import type { DockerConfig } from "./base.js";

/** The Dockerfile and the build context without what is ignored of it, when the image to start from is built. */
export async function readInputs({ build }: DockerConfig, { host }: InputsContext): Promise<ComponentInputs> {
  if (build === undefined || build === null) return { files: [] };
  const dockerfile = resolve(host.cwd, build.path);
  const directory = resolve(host.cwd, build.build_dir ?? dirname(build.path));
  const { ignoreFile, leavesOut } = await readContextFilter({ directory, dockerfile, host });
  return { files: [dockerfile, ...(ignoreFile === undefined ? [] : [ignoreFile]), directory], leavesOut };
}
