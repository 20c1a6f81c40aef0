import type { BuildContext } from "@hclbuild/sdk";
import { proxyVariables } from "../engine/client-config.js";
import type { Engine } from "../engine/client.js";
import { storedAuth, type RegistryAuth } from "../engine/registry-auth.js";

/** The builder's `build` block. */
export interface BaseImageConfig {
  readonly path: string;
  readonly build_dir?: string | undefined;
  readonly arguments?: Readonly<Record<string, string>> | undefined;
  readonly pull?: boolean | null | undefined;
  readonly compress?: boolean | undefined;
}

/** What an image is built from, and for whom. */
export interface BaseImageRequest {
  readonly engine: Engine;
  readonly context: BuildContext;
  readonly config: BaseImageConfig;
  /** Absolute. */
  readonly directory: string;
  /** Absolute. */
  readonly dockerfile: string;
  /** Credentials from the builder's options; those of the user's docker client are looked up otherwise. */
  readonly auth: RegistryAuth | undefined;
}

/** The arguments of a build: the user's own, and the proxies that the docker program passes on. */
export function buildArguments({ engine, config }: BaseImageRequest): Readonly<Record<string, string>> {
  return { ...proxyVariables(engine.environment, engine.address.display), ...config.arguments };
}

/** What the engine said at the end of a build that failed, and the instruction it was at. */
export interface BuildFailure {
  readonly reason: string;
  readonly step?: string | undefined;
}

/** Credentials for a registry that a build wants to read from. */
export async function authForRegistry(
  request: Pick<BaseImageRequest, "engine" | "context" | "auth">,
  host: string,
): Promise<RegistryAuth | undefined> {
  const registry = host === "registry-1.docker.io" ? "docker.io" : host;
  const { auth, engine, context } = request;
  if (auth !== undefined && serverHost(auth.serveraddress) === registry) return auth;
  return storedAuth(engine.environment, `${registry}/image`, context);
}

/** The host of a `login_server`, which may be written as an address. */
function serverHost(server: string): string {
  const host = server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return host === "index.docker.io" ? "docker.io" : host;
}
