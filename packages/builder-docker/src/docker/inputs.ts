import { dirname, resolve } from "node:path";
import type { ComponentInputs, Host, InputsContext, Json } from "@hclbuild/sdk";
import { resolveEngineAddress } from "../engine/address.js";
import { readContextFilter } from "../engine/build-context.js";
import { proxyVariables } from "../engine/client-config.js";
import { addressEnvironment } from "../engine/client.js";
import { parseRunCommand } from "../engine/run-command.js";
import { platformOf, type DockerConfig } from "./base.js";

/**
 * The Dockerfile and the build context without what is ignored of it, when the image to start from is built; and what a
 * container gets of this machine: variables, profiles, proxies, the platform, the owner of uploads.
 */
export async function readInputs(config: DockerConfig, { host }: InputsContext): Promise<ComponentInputs> {
  const { build } = config;
  const values = valuesOf(config, host);
  if (build === undefined || build === null) return { files: [], values };
  const dockerfile = resolve(host.cwd, build.path);
  const directory = resolve(host.cwd, build.build_dir ?? dirname(build.path));
  const { ignoreFile, leavesOut } = await readContextFilter({ directory, dockerfile, host });
  return { files: [dockerfile, ...(ignoreFile === undefined ? [] : [ignoreFile]), directory], leavesOut, values };
}

function valuesOf(config: DockerConfig, host: Host): Json {
  const environment = addressEnvironment(host);
  const { display } = resolveEngineAddress(environment, config.docker_path);
  const { env, readText } = environment;
  const run = parseRunCommand(config.run_command ?? [], { env, readText, cwd: host.cwd });
  const values = {
    // One that cannot be read fails the build.
    run: run.kind === "options" ? run.options : null,
    proxies: proxyVariables(environment, display),
    platform: platformOf({ environment }, config),
    owner: uploadOwner(),
  };
  return JSON.parse(JSON.stringify(values)) as Json;
}

/** Uploaded files belong to the user who builds, as with `docker cp`. */
export function uploadOwner(): { readonly uid: number; readonly gid: number } {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}
