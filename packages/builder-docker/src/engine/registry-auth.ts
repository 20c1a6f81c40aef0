import { spawn } from "node:child_process";
import type { AddressEnvironment } from "./address.js";
import { readClientConfig, type ClientConfig, type StoredLogin } from "./client-config.js";
import { parseImageName } from "./image-name.js";

/** Credentials as the engine takes them. Holds a secret: never log or show it. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

const dockerHub = "https://index.docker.io/v1/";

/** The name under which the docker client keeps the credentials of an image's registry. */
export function registryKey(image: string): string {
  const { registry } = parseImageName(image);
  return registry === "docker.io" || registry === "index.docker.io" ? dockerHub : registry;
}

/**
 * Credentials that the user has for an image's registry: from the client configuration's `auths`, or from the
 * credential helper it names. `undefined` when there are none; an anonymous pull may still work.
 */
export async function storedAuth(
  environment: AddressEnvironment,
  image: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const config = readClientConfig(environment);
  const key = registryKey(image);
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[parseImageName(image).registry] ?? config.credsStore;
  if (helper) {
    const answer = await askHelper(helper, key, environment, signal);
    if (answer !== undefined) return answer;
  }
  return authFromConfig(config, key);
}

/** The registries that the user's docker client has credentials for, under the names it keeps them by. */
export function storedRegistries(environment: AddressEnvironment): readonly string[] {
  const { auths, credHelpers } = readClientConfig(environment);
  return [...new Set([...Object.keys(auths ?? {}), ...Object.keys(credHelpers ?? {})])];
}

function authFromConfig(config: ClientConfig, key: string): RegistryAuth | undefined {
  const entry = config.auths?.[key] ?? legacyEntry(config, key);
  if (entry === undefined) return undefined;
  if (entry.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: key };
  if (entry.username && entry.password)
    return { username: entry.username, password: entry.password, serveraddress: key };
  if (!entry.auth) return undefined;
  const decoded = Buffer.from(entry.auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon === -1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), serveraddress: key };
}

/** Old clients kept logins under addresses such as `https://registry.example/v1/`. */
function legacyEntry({ auths }: ClientConfig, key: string): StoredLogin | undefined {
  const hostOf = (address: string): string => address.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");
  return Object.entries(auths ?? {}).find(([address]) => hostOf(address) === key)?.[1];
}

async function askHelper(
  helper: string,
  key: string,
  environment: AddressEnvironment,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const output = await new Promise<string | undefined>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], {
      env: environment.env as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "ignore"],
      signal,
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text : undefined));
    child.stdin.on("error", () => undefined);
    child.stdin.end(key);
  });
  signal.throwIfAborted();
  if (output === undefined) return undefined;
  try {
    const answer = JSON.parse(output) as { Username?: string; Secret?: string };
    if (!answer.Secret) return undefined;
    if (answer.Username === "<token>") return { identitytoken: answer.Secret, serveraddress: key };
    return { username: answer.Username ?? "", password: answer.Secret, serveraddress: key };
  } catch {
    return undefined;
  }
}
