import { createHash } from "node:crypto";

/** What finding the engine may read. Nothing else of the machine decides which engine is used. */
export interface AddressEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly platform: NodeJS.Platform;
  /** Text of a file, `undefined` when it cannot be read. */
  readText(path: string): string | undefined;
  isSocket(path: string): boolean;
}

export type EngineAddress =
  | { readonly kind: "socket"; readonly path: string; readonly display: string }
  | {
      readonly kind: "tcp";
      readonly protocol: "http" | "https";
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsFiles;
      readonly display: string;
    }
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly port?: number;
      readonly username?: string;
      /** Path of the engine's socket on the host, unless it is the usual one. */
      readonly socket?: string;
      readonly display: string;
    }
  | { readonly kind: "invalid"; readonly reason: string; readonly display: string };

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/**
 * Finds the engine as the docker command line does: `DOCKER_HOST`, then the context named by `DOCKER_CONTEXT` or by
 * `currentContext` of the client configuration, then the platform's default socket. With `dockerPath` naming podman,
 * its compatible socket is looked for instead.
 */
export function resolveEngineAddress(environment: AddressEnvironment, dockerPath = "docker"): EngineAddress {
  const { env } = environment;
  if (env["DOCKER_HOST"]) return parseHost(env["DOCKER_HOST"], environment);
  if (isPodman(dockerPath)) return podmanAddress(environment);
  const context = contextName(environment);
  if (context !== undefined && context !== "default") return contextAddress(context, environment);
  const path = defaultSocket(environment);
  return { kind: "socket", path, display: environment.platform === "win32" ? `npipe://${path}` : `unix://${path}` };
}

function defaultSocket({ platform }: AddressEnvironment): string {
  return platform === "win32" ? "//./pipe/docker_engine" : "/var/run/docker.sock";
}

/** Folder of the docker client's configuration. */
export function dockerConfigDirectory(environment: AddressEnvironment): string {
  return environment.env["DOCKER_CONFIG"] || `${environment.homeDirectory}/.docker`;
}

function isPodman(dockerPath: string): boolean {
  const name = dockerPath.split(/[\\/]/).at(-1) ?? "";
  return name.replace(/\.exe$/, "").startsWith("podman");
}

function podmanAddress(environment: AddressEnvironment): EngineAddress {
  if (environment.env["CONTAINER_HOST"]) return parseHost(environment.env["CONTAINER_HOST"], environment);
  const runtimeDirectory = environment.env["XDG_RUNTIME_DIR"];
  const candidates = [
    ...(runtimeDirectory ? [`${runtimeDirectory}/podman/podman.sock`] : []),
    "/run/podman/podman.sock",
    "/var/run/podman/podman.sock",
  ];
  const found = candidates.find((path) => environment.isSocket(path));
  if (found !== undefined) return { kind: "socket", path: found, display: `unix://${found}` };
  return {
    kind: "invalid",
    reason: `podman's compatible API socket was not found (looked at ${candidates.join(", ")}); start it with "podman system service --time=0" or "systemctl --user start podman.socket"`,
    display: "podman",
  };
}

function contextName(environment: AddressEnvironment): string | undefined {
  if (environment.env["DOCKER_CONTEXT"]) return environment.env["DOCKER_CONTEXT"];
  const config = readJson(environment, `${dockerConfigDirectory(environment)}/config.json`);
  const current = config?.["currentContext"];
  return typeof current === "string" && current !== "" ? current : undefined;
}

function contextAddress(name: string, environment: AddressEnvironment): EngineAddress {
  const id = createHash("sha256").update(name).digest("hex");
  const root = `${dockerConfigDirectory(environment)}/contexts`;
  const meta = readJson(environment, `${root}/meta/${id}/meta.json`);
  const endpoints = meta?.["Endpoints"] as Record<string, { Host?: string; SkipTLSVerify?: boolean }> | undefined;
  const endpoint = endpoints?.["docker"];
  if (!endpoint?.Host) {
    return {
      kind: "invalid",
      reason: `the docker context "${name}" does not exist or names no engine`,
      display: `context ${name}`,
    };
  }
  return parseHost(endpoint.Host, environment, {
    directory: `${root}/tls/${id}/docker`,
    verify: endpoint.SkipTLSVerify !== true,
  });
}

interface TlsDirectory {
  readonly directory: string;
  readonly verify: boolean;
}

function parseHost(host: string, environment: AddressEnvironment, contextTls?: TlsDirectory): EngineAddress {
  const display = withoutPassword(host);
  const invalid = (reason: string): EngineAddress => ({ kind: "invalid", reason, display });
  const scheme = /^([a-z]+):\/\/(.*)$/.exec(host);
  if (!scheme)
    return invalid(`"${display}" is not an engine address; it must look like unix:///path or tcp://host:port`);
  const [, protocol, rest] = scheme as unknown as [string, string, string];
  if (protocol === "unix" || protocol === "npipe")
    return { kind: "socket", path: rest || defaultSocket(environment), display: host };
  if (protocol === "ssh") return sshAddress(host);
  if (protocol !== "tcp" && protocol !== "http" && protocol !== "https") {
    return invalid(`the address scheme "${protocol}" is not one of unix, npipe, tcp, http, https, ssh`);
  }
  const tls = tlsFiles(environment, contextTls);
  const secure = protocol === "https" || (protocol === "tcp" && tls !== undefined);
  let url: URL;
  try {
    url = new URL(`http://${rest}`);
  } catch {
    return invalid(`"${display}" is not an engine address`);
  }
  return {
    kind: "tcp",
    protocol: secure ? "https" : "http",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 2376 : 2375) : Number(url.port),
    ...(secure && tls ? { tls } : {}),
    display: url.password === "" ? host : display,
  };
}

/** What may be shown of an address, also of one that is wrong. */
function withoutPassword(host: string): string {
  return host.replace(/^([^/]*\/\/)?([^/@:]*):.*@/s, "$1$2@");
}

/** What the address does not say is for the configuration of SSH to say. */
function sshAddress(host: string): EngineAddress {
  const display = withoutPassword(host);
  const invalid = (reason: string): EngineAddress => ({ kind: "invalid", reason, display });
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || url.hostname === "") return invalid(`"${display}" names no host`);
  if (url.password !== "") return invalid("an address with ssh:// takes no password; use a key or an agent");
  return {
    kind: "ssh",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.pathname.length > 1 ? { socket: decodeURIComponent(url.pathname) } : {}),
    display: host,
  };
}

function tlsFiles(environment: AddressEnvironment, contextTls: TlsDirectory | undefined): TlsFiles | undefined {
  const verifyVariable = environment.env["DOCKER_TLS_VERIFY"];
  const directory =
    contextTls?.directory ?? (environment.env["DOCKER_CERT_PATH"] || dockerConfigDirectory(environment));
  if (contextTls === undefined && !verifyVariable && !environment.env["DOCKER_TLS"]) return undefined;
  const ca = environment.readText(`${directory}/ca.pem`);
  const cert = environment.readText(`${directory}/cert.pem`);
  const key = environment.readText(`${directory}/key.pem`);
  // A context that asks for no verification means TLS, even if it has no certificates.
  if (contextTls?.verify === true && ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    verify: contextTls?.verify ?? Boolean(verifyVariable),
  };
}

function readJson(environment: AddressEnvironment, path: string): Record<string, unknown> | undefined {
  const text = environment.readText(path);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
