import { buildError, type RunContext } from "@hclbuild/sdk";
import { catalog } from "./catalog.js";
import { translateFailure, type Engine } from "./engine/client.js";
import { ecrPassword } from "./engine/ecr.js";
import { storedAuth, type RegistryAuth } from "./engine/registry-auth.js";

/** The login options that the builder and docker-push share. */
export interface LoginConfig {
  readonly login?: boolean | undefined;
  readonly login_username?: string | undefined;
  readonly login_password?: string | undefined;
  readonly login_server?: string | undefined;
  readonly ecr_login?: boolean | undefined;
  readonly aws_access_key?: string | undefined;
  readonly aws_secret_key?: string | undefined;
  readonly aws_token?: string | undefined;
  readonly aws_profile?: string | undefined;
  readonly aws_force_use_public_ecr?: boolean | undefined;
}

const dockerHub = "https://index.docker.io/v1/";

/**
 * Credentials for an image: from the options, checked with the registry first, or else those that the user's docker
 * client has. Nothing is written to the client's configuration, so there is nothing to log out of.
 */
export async function registryAuth(
  engine: Engine,
  config: LoginConfig,
  image: string,
  context: Pick<RunContext, "signal" | "report">,
): Promise<RegistryAuth | undefined> {
  return (await checkedAuth(engine, config, context.signal)) ?? storedAuth(engine.environment, image, context);
}

/** Credentials from the options, checked with the registry; `undefined` when the options ask for no login. */
export async function checkedAuth(
  engine: Engine,
  config: LoginConfig,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const auth = await configuredAuth(engine, config, signal);
  if (auth === undefined) return undefined;
  try {
    await engine.docker.checkAuth({ ...auth, abortSignal: signal });
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) =>
      buildError(catalog["login-failed"], { server: auth.serveraddress, reason: failure.reason }),
    );
  }
  return auth;
}

async function configuredAuth(
  engine: Engine,
  config: LoginConfig,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const server = config.login_server || dockerHub;
  if (config.ecr_login) {
    const password = await ecrPassword(
      {
        server,
        accessKey: config.aws_access_key,
        secretKey: config.aws_secret_key,
        token: config.aws_token,
        profile: config.aws_profile,
        publicRegistry: config.aws_force_use_public_ecr ?? false,
        env: engine.environment.env,
      },
      signal,
    );
    return { username: "AWS", password, serveraddress: server };
  }
  if (!config.login) return undefined;
  return { username: config.login_username ?? "", password: config.login_password ?? "", serveraddress: server };
}
