import type { Report, Span } from "@hclbuild/diagnostics";
import { asText, isNull, markValue, stringValue, type Value } from "@hclbuild/value";
import { signRequest, type AwsCredentials } from "./aws-signature.js";
import { effectCatalog } from "./effect-catalog.js";

/** What the effect functions may use of the outside. */
export interface EffectEnvironment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  env(name: string): string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** Text of a file, for AWS's shared configuration; `undefined` when it cannot be read. */
  readTextFile?(path: string): string | undefined;
  readonly homeDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A call to run, as the evaluator saw it. */
export interface EffectRequest {
  readonly name: string;
  /** Known values. */
  readonly args: readonly Value[];
  readonly span?: Span | undefined;
}

interface Context {
  readonly request: EffectRequest;
  readonly environment: EffectEnvironment;
  readonly report: Report;
}

/**
 * Runs a call of `vault`, `consul_key`, `aws_secretsmanager` or `aws_secretsmanager_raw`. Reports and gives `undefined`
 * when the service cannot be asked or has no such value. Secrets are marked sensitive. Rejects only with the reason of
 * `environment.signal`.
 */
export async function runEffectCall(
  request: EffectRequest,
  environment: EffectEnvironment,
  report: Report,
): Promise<Value | undefined> {
  const context: Context = { request, environment, report };
  const [first, second] = request.args;
  if (first === undefined || isNull(first)) return undefined;
  const name = asText(first);
  const key = second === undefined || isNull(second) ? undefined : asText(second);
  switch (request.name) {
    case "vault":
      return secret(await readVault(context, name, key ?? ""));
    case "consul_key":
      return readConsul(context, name);
    case "aws_secretsmanager":
      return secret(await readSecretKey(context, name, key));
    case "aws_secretsmanager_raw":
      return secret(await readSecret(context, name));
    default:
      return undefined;
  }
}

function secret(text: string | undefined): Value | undefined {
  return text === undefined ? undefined : markValue(stringValue(text), "sensitive");
}

type Failure = Readonly<Record<string, string | number>>;

function fail(context: Context, slug: keyof typeof effectCatalog, texts: Failure): undefined {
  const args = { name: context.request.name, ...texts, span: context.request.span };
  context.report(effectCatalog[slug] as (typeof effectCatalog)["bad-answer"], args as never);
  return undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(context: Context, service: string, url: URL, init: RequestInit): Promise<Answer | undefined> {
  const { environment } = context;
  try {
    const options = environment.signal === undefined ? init : { ...init, signal: environment.signal };
    const response = await environment.fetch(url.href, options);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    environment.signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail(context, "unreachable", { service, address: url.origin, reason });
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The service's own words about an error, shortened; such answers hold no secrets. */
function reasonOf(text: string): string {
  const object = parseObject(text);
  const errors = object?.["errors"];
  const words = Array.isArray(errors) ? errors.join("; ") : (object?.["message"] ?? object?.["Message"] ?? text);
  const line = (typeof words === "string" ? words : text).replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return line === "" ? "it gave no reason" : line.slice(0, 200);
}

function parseAddress(context: Context, setting: string, text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return fail(context, "not-configured", {
      setting: `a valid address in ${setting}`,
      advice: "It must be a URL such as https://host:8200.",
    });
  }
}

/** Pieces of a scalar that can be used as a text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

async function readVault(context: Context, path: string, key: string): Promise<string | undefined> {
  const { environment } = context;
  const token = environment.env("VAULT_TOKEN");
  if (token === undefined || token === "") {
    const advice = "Set it to a token that may read the secret; VAULT_ADDR says where Vault is.";
    return fail(context, "not-configured", { setting: "the environment variable VAULT_TOKEN", advice });
  }
  const base = parseAddress(context, "VAULT_ADDR", environment.env("VAULT_ADDR") || "https://127.0.0.1:8200");
  if (base === undefined) return undefined;
  const url = new URL(`/v1/${path.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/")}`, base);
  const namespace = environment.env("VAULT_NAMESPACE");
  const headers = {
    "x-vault-token": token,
    "x-vault-request": "true",
    ...(namespace === undefined || namespace === "" ? {} : { "x-vault-namespace": namespace }),
  };
  const answer = await ask(context, "Vault", url, { headers });
  if (answer === undefined) return undefined;
  if (answer.status === 404) return fail(context, "not-found", { service: "Vault", key: path });
  if (answer.status !== 200) {
    return fail(context, "refused", { service: "Vault", status: answer.status, reason: reasonOf(answer.text) });
  }
  const outer = parseObject(answer.text)?.["data"] as Readonly<Record<string, unknown>> | undefined | null;
  if (typeof outer !== "object" || outer === null) {
    return fail(context, "bad-answer", { service: "Vault", reason: "The answer has no data" });
  }
  // Version 2 of the store nests the values once more.
  const inner = outer["data"];
  return pickKey(
    context,
    typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : outer,
    key,
  );
}

function pickKey(context: Context, values: Readonly<Record<string, unknown>>, key: string): string | undefined {
  if (!Object.hasOwn(values, key)) {
    const keys = Object.keys(values).toSorted().join(", ") || "none";
    return fail(context, "missing-key", { key, keys });
  }
  const text = textOf(values[key]);
  return text === undefined || text === "" ? fail(context, "not-text", { key }) : text;
}

async function readConsul(context: Context, key: string): Promise<Value | undefined> {
  const { environment } = context;
  const address = environment.env("CONSUL_HTTP_ADDR") || "127.0.0.1:8500";
  const isSecure = /^(?:1|true)$/i.test(environment.env("CONSUL_HTTP_SSL") ?? "");
  const withScheme = address.includes("://") ? address : `${isSecure ? "https" : "http"}://${address}`;
  const base = parseAddress(context, "CONSUL_HTTP_ADDR", withScheme);
  if (base === undefined) return undefined;
  const url = new URL(`/v1/kv/${key.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/")}`, base);
  for (const [setting, parameter] of [
    ["CONSUL_NAMESPACE", "ns"],
    ["CONSUL_PARTITION", "partition"],
  ] as const) {
    const value = environment.env(setting);
    if (value !== undefined && value !== "") url.searchParams.set(parameter, value);
  }
  const token = environment.env("CONSUL_HTTP_TOKEN");
  const answer = await ask(context, "Consul", url, {
    headers: token === undefined || token === "" ? {} : { "x-consul-token": token },
  });
  if (answer === undefined) return undefined;
  if (answer.status === 404) return fail(context, "not-found", { service: "Consul", key });
  if (answer.status !== 200) {
    return fail(context, "refused", { service: "Consul", status: answer.status, reason: reasonOf(answer.text) });
  }
  const value = /"Value"\s*:\s*(?:"([A-Za-z0-9+/=]*)"|null)/.exec(answer.text);
  if (value === null) return fail(context, "bad-answer", { service: "Consul", reason: "The answer has no value" });
  return stringValue(Buffer.from(value[1] ?? "", "base64").toString("utf8"));
}

/** Sections of AWS's shared configuration files. */
function readSection(text: string | undefined, section: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isInside = false;
  for (const line of (text ?? "").split(/\r?\n/)) {
    const header = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) isInside = header === section || header === `profile ${section}`;
    const match = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (isInside && match !== null) values.set((match[1] as string).toLowerCase(), match[2] as string);
  }
  return values;
}

interface AwsSettings {
  readonly region: string;
  readonly credentials: AwsCredentials;
}

function readAwsSettings(context: Context): AwsSettings | undefined {
  const { environment } = context;
  const { homeDir } = environment;
  const profile = environment.env("AWS_PROFILE") || "default";
  const read = (setting: string, name: string): ReadonlyMap<string, string> => {
    const path = environment.env(setting) || (homeDir === undefined ? undefined : `${homeDir}/.aws/${name}`);
    return readSection(path === undefined ? undefined : environment.readTextFile?.(path), profile);
  };
  const shared = read("AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const config = read("AWS_CONFIG_FILE", "config");
  const region = environment.env("AWS_REGION") || environment.env("AWS_DEFAULT_REGION") || config.get("region");
  const accessKeyId = environment.env("AWS_ACCESS_KEY_ID");
  const secretAccessKey = environment.env("AWS_SECRET_ACCESS_KEY");
  const credentials =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, sessionToken: environment.env("AWS_SESSION_TOKEN") || undefined }
      : (credentialsIn(shared) ?? credentialsIn(config));
  if (credentials === undefined) {
    const advice = "Set AWS_SECRET_ACCESS_KEY with it, or AWS_PROFILE to a profile that holds keys.";
    return fail(context, "not-configured", { setting: "the environment variable AWS_ACCESS_KEY_ID", advice });
  }
  if (region === undefined) {
    return fail(context, "not-configured", {
      setting: "the environment variable AWS_REGION",
      advice: "Set it to the region that holds the secret.",
    });
  }
  return { region, credentials };
}

function credentialsIn(section: ReadonlyMap<string, string>): AwsCredentials | undefined {
  const accessKeyId = section.get("aws_access_key_id");
  const secretAccessKey = section.get("aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: section.get("aws_session_token") };
}

const amazon = "AWS Secrets Manager";

async function readSecret(context: Context, name: string): Promise<string | undefined> {
  const { environment } = context;
  const settings = readAwsSettings(context);
  if (settings === undefined) return undefined;
  const endpoint = environment.env("AWS_ENDPOINT_URL_SECRETS_MANAGER") || environment.env("AWS_ENDPOINT_URL");
  const url = parseAddress(
    context,
    "AWS_ENDPOINT_URL",
    endpoint || `https://secretsmanager.${settings.region}.amazonaws.com/`,
  );
  if (url === undefined) return undefined;
  const body = JSON.stringify({ SecretId: name, VersionStage: "AWSCURRENT" });
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" };
  const signed = signRequest(
    { method: "POST", url, headers, body },
    { service: "secretsmanager", ...settings, now: environment.now() },
  );
  const { host: _host, ...sent } = signed;
  const answer = await ask(context, amazon, url, { method: "POST", headers: sent, body });
  if (answer === undefined) return undefined;
  const object = parseObject(answer.text);
  if (answer.status !== 200) {
    if (/ResourceNotFound/.test(textOf(object?.["__type"]) ?? ""))
      return fail(context, "not-found", { service: amazon, key: name });
    return fail(context, "refused", { service: amazon, status: answer.status, reason: reasonOf(answer.text) });
  }
  const text = object?.["SecretString"];
  if (typeof text === "string") return text;
  return object?.["SecretBinary"] === undefined
    ? fail(context, "bad-answer", { service: amazon, reason: "The answer has no secret" })
    : fail(context, "not-text", { key: name });
}

async function readSecretKey(context: Context, name: string, key: string | undefined): Promise<string | undefined> {
  const text = await readSecret(context, name);
  if (text === undefined) return undefined;
  const values = parseObject(text);
  if (values === undefined) {
    // A secret that is a plain text has no keys.
    return key === undefined ? text : fail(context, "missing-key", { key, keys: "none, it is a plain text" });
  }
  if (key !== undefined) return pickKey(context, values, key);
  const keys = Object.keys(values);
  const [only] = keys;
  return only !== undefined && keys.length === 1
    ? pickKey(context, values, only)
    : fail(context, "ambiguous-key", { keys: keys.toSorted().join(", ") || "there are none" });
}
