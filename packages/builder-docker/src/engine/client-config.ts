import { dockerConfigDirectory, type AddressEnvironment } from "./address.js";

/** The configuration of the user's docker client, as far as it matters here. May hold secrets: never log or show it. */
export interface ClientConfig {
  readonly auths?: Readonly<Record<string, StoredLogin>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
  /** By the address of an engine, or `default`. */
  readonly proxies?: Readonly<Record<string, ProxySettings>>;
}

/** What the client keeps of a login. */
export interface StoredLogin {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Proxies that containers are told of. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

/** Reads the client's `config.json`; empty when there is none, or it cannot be read as one. */
export function readClientConfig(environment: AddressEnvironment): ClientConfig {
  const text = environment.readText(`${dockerConfigDirectory(environment)}/config.json`);
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as ClientConfig) : {};
  } catch {
    return {};
  }
}

/**
 * The variables for the proxies of an engine's containers and builds, as the docker program passes them on (Docker
 * documentation, "Configure the Docker CLI to use a proxy server"): each name in upper and in lower case.
 */
export function proxyVariables(environment: AddressEnvironment, engine: string): Readonly<Record<string, string>> {
  const { proxies } = readClientConfig(environment);
  const settings = proxies?.[engine] ?? proxies?.["default"];
  const variables = {
    HTTP_PROXY: settings?.httpProxy,
    HTTPS_PROXY: settings?.httpsProxy,
    NO_PROXY: settings?.noProxy,
    FTP_PROXY: settings?.ftpProxy,
    ALL_PROXY: settings?.allProxy,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      typeof value === "string" && value !== ""
        ? [
            [name, value],
            [name.toLowerCase(), value],
          ]
        : [],
    ),
  );
}

/** The platform that `DOCKER_DEFAULT_PLATFORM` asks for where a template asks for none. */
export function defaultPlatform({ env }: AddressEnvironment): string | undefined {
  return env["DOCKER_DEFAULT_PLATFORM"] || undefined;
}
