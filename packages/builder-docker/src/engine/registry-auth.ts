import { spawn } from "node:child_process";
import type { RunContext } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import type { AddressEnvironment } from "./address.js";
import { readClientConfig, type ClientConfig, type StoredLogin } from "./client-config.js";
import { oneLine } from "./client.js";
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
 * credential helper it names. `undefined` when there are none; an anonymous pull may still work, so that a helper that
 * fails is a warning.
 */
export async function storedAuth(
  environment: AddressEnvironment,
  image: string,
  context: Pick<RunContext, "signal" | "report">,
): Promise<RegistryAuth | undefined> {
  const config = readClientConfig(environment);
  const key = registryKey(image);
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[parseImageName(image).registry] ?? config.credsStore;
  if (helper) {
    const answer = await askHelper(helper, key, environment, context.signal);
    if (answer.kind === "login") return answer.login;
    if (answer.kind === "failed") {
      const program = `docker-credential-${helper}`;
      context.report(catalog["credential-helper-failed"], { program, registry: key, reason: answer.reason });
    }
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

type HelperAnswer =
  | { readonly kind: "login"; readonly login: RegistryAuth }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly reason: string };

/** Asks a helper as its protocol has it (docker-credential-helpers, "get"): the address goes in, JSON comes out. */
async function askHelper(
  helper: string,
  key: string,
  environment: AddressEnvironment,
  signal: AbortSignal,
): Promise<HelperAnswer> {
  const end = await new Promise<{ readonly text: string; readonly reason?: string }>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], {
      env: environment.env as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "pipe"],
      signal,
    });
    let text = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint = (complaint + chunk).slice(-2000)));
    child.on("error", (error) => resolve({ text: "", reason: `it could not be run (${error.message})` }));
    child.on("close", (code) => {
      if (code === 0) resolve({ text });
      else resolve({ text, reason: `it ended with ${code ?? "a signal"}: ${oneLine(text.trim() || complaint)}` });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(key);
  });
  signal.throwIfAborted();
  if (end.reason === undefined) return readAnswer(end.text, key);
  // What helpers say when they work and have nothing.
  return /credentials not found/i.test(end.text) ? { kind: "none" } : { kind: "failed", reason: end.reason };
}

function readAnswer(text: string, key: string): HelperAnswer {
  try {
    const { Username: username = "", Secret: secret } = JSON.parse(text) as { Username?: string; Secret?: string };
    if (!secret) return { kind: "none" };
    if (username === "<token>") return { kind: "login", login: { identitytoken: secret, serveraddress: key } };
    return { kind: "login", login: { username, password: secret, serveraddress: key } };
  } catch {
    // The text may hold a secret.
    return { kind: "failed", reason: "it answered with something that is not JSON" };
  }
}
