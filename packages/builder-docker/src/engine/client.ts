import { readFileSync, statSync } from "node:fs";
import { Agent } from "node:https";
import Docker from "dockerode";
import { buildError, messageOf, systemErrorCode, type BuildError, type Logger } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { createSshAgent, sshFailure } from "./ssh-tunnel.js";
import { resolveEngineAddress, type AddressEnvironment, type EngineAddress } from "./address.js";

/** A connection to one engine. */
export interface Engine {
  readonly docker: Docker;
  readonly address: EngineAddress;
  readonly environment: AddressEnvironment;
}

/** What an {@link Engine} is found by. */
export interface EngineRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly platform: string;
  readonly dockerPath?: string | undefined;
  /** Told what is asked of the engine, and what it answers. */
  readonly log?: Logger | undefined;
}

/** Finds the engine. Nothing is sent yet; an address that cannot be used is a `docker/engine-address-invalid`. */
export function connectEngine(request: EngineRequest): Engine {
  const environment = addressEnvironment(request);
  const address = resolveEngineAddress(environment, request.dockerPath);
  if (address.kind === "invalid") throw buildError(catalog["engine-address-invalid"], { reason: address.reason });
  const docker = createClient(dockerOptions(address, request.env));
  if (request.log !== undefined) logRequests(docker, address.display, request.log);
  return { docker, address, environment };
}

/** This machine, as far as engines are found by it. */
export function addressEnvironment({
  env,
  homeDirectory,
  platform,
}: Pick<EngineRequest, "env" | "homeDirectory" | "platform">): AddressEnvironment {
  return {
    env,
    homeDirectory,
    platform: platform as NodeJS.Platform,
    readText: readTextIfPresent,
    isSocket: (path) => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false,
  };
}

/** Notes requests and how they ended: not what is in them, which may be secret. */
function logRequests(docker: Docker, address: string, log: Logger): void {
  const modem = docker.modem as DialingModem;
  const dial = modem.dial.bind(modem);
  log.debug("docker engine found", { address });
  modem.dial = (options, callback) => {
    const request = `${options.method} ${options.path.replace(/\?$/, "")}`;
    log.debug("docker engine request", { request });
    dial(options, (error, answer) => {
      const failed = error instanceof Error ? { error: error.message } : {};
      log.debug("docker engine answer", { request, ...failed });
      callback(error, answer);
    });
  };
}

/** The part of the library through which all requests go. */
interface DialingModem {
  dial(
    options: { readonly method: string; readonly path: string },
    callback: (error: unknown, answer: unknown) => void,
  ): void;
}

/** Asks the engine with options that its client has no method for. */
export async function dialEngine<Answer>(engine: Engine, options: object): Promise<Answer> {
  const modem = engine.docker.modem as {
    dial(options: object, callback: (error: unknown, answer: unknown) => void): void;
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => (error ? reject(error) : resolve(answer as Answer)));
  });
}

/** What the engine knows of an image. The client's own method cannot be cancelled. */
export async function lookAtImage(engine: Engine, name: string, signal: AbortSignal): Promise<Docker.ImageInspectInfo> {
  const statusCodes = { 200: true, 404: "no such image", 500: "server error" };
  return dialEngine(engine, {
    path: `/images/${imagePath(name)}/json`,
    method: "GET",
    statusCodes,
    abortSignal: signal,
  });
}

/**
 * The name of an image as a part of a request's path. One that is wrong is for the engine to refuse, unless it would lead
 * to another path (`docker/image-name-invalid`).
 */
export function imagePath(name: string): string {
  const parts = name.split("/");
  if (parts.some((part) => /^\.{0,2}$/.test(part))) {
    throw buildError(catalog["image-name-invalid"], {
      image: name,
      reason: "one of its parts between slashes is empty or made of dots",
    });
  }
  return parts.map((part) => encodeURIComponent(part).replaceAll(/%(3A|40)/g, decodeURIComponent)).join("/");
}

/** The library looks at the variables of this process too, which must not change what was found. */
function createClient(options: Docker.DockerOptions): Docker {
  // oxlint-disable-next-line no-restricted-properties -- there is no other way to keep the library from them
  const own = process.env;
  const host = own["DOCKER_HOST"];
  delete own["DOCKER_HOST"];
  try {
    return new Docker(options);
  } finally {
    if (host !== undefined) own["DOCKER_HOST"] = host;
  }
}

function dockerOptions(
  address: Exclude<EngineAddress, { kind: "invalid" }>,
  env: EngineRequest["env"],
): Docker.DockerOptions {
  switch (address.kind) {
    case "socket":
      return { socketPath: address.path };
    case "ssh":
      return { protocol: "http", host: "localhost", agent: createSshAgent(address, env) } as Docker.DockerOptions;
    case "tcp":
      return {
        protocol: address.protocol,
        host: address.host,
        port: address.port,
        ...(address.tls?.ca === undefined ? {} : { ca: address.tls.ca }),
        ...(address.tls?.cert === undefined ? {} : { cert: address.tls.cert }),
        ...(address.tls?.key === undefined ? {} : { key: address.tls.key }),
        // With "verify" off the docker command line accepts any certificate.
        ...(address.tls && !address.tls.verify ? { agent: new Agent({ rejectUnauthorized: false }) } : {}),
      };
  }
}

/** Text of a file; `undefined` when it cannot be read. */
export function readTextIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** An answer of the engine that is not a success. */
export interface EngineFailure {
  readonly status: number;
  readonly reason: string;
}

/** Reads what the engine said; `undefined` for an error that is not an answer, such as a lost connection. */
export function engineFailure(error: unknown): EngineFailure | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return undefined;
  const json = "json" in error ? error.json : undefined;
  const message =
    typeof json === "object" && json !== null && "message" in json && typeof json.message === "string"
      ? json.message
      : error.message.replace(/^\(HTTP code \d+\) ([a-z ]+ - )?/, "");
  return { status: error.statusCode, reason: oneLine(message) };
}

/** The engine's text without its final period, fit to stand inside a sentence. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, "; ")
    .replace(/\.+$/, "");
}

const connectionCodes: ReadonlySet<string> = new Set([
  "EACCES",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTDIR",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  sshFailure,
  "ETIMEDOUT",
]);

/** What Node and OpenSSL call failures of TLS, and answers that are no HTTP. */
const protocolCodes = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|HPE_)/;

/** Whether the connection itself failed: the engine is not there, went away, or is not to be trusted. */
export function isConnectionLoss(error: unknown): boolean {
  const code = systemErrorCode(error);
  if (code !== undefined) return connectionCodes.has(code) || protocolCodes.test(code);
  return error instanceof Error && /socket hang up|premature close|aborted/i.test(error.message);
}

/** The error for a first contact that failed. */
export function unreachable(engine: Engine, error: unknown): BuildError {
  return buildError(
    catalog["engine-unreachable"],
    { address: engine.address.display, reason: oneLine(messageOf(error)) },
    { cause: error, retryable: true },
  );
}

/**
 * Turns whatever a call to the engine threw into the right error: cancellation stays what it is, a lost connection
 * names the engine, and an answer goes to `explain`.
 */
export function translateFailure(
  engine: Engine,
  error: unknown,
  signal: AbortSignal,
  explain: (failure: EngineFailure) => BuildError,
): unknown {
  if (signal.aborted) return signal.reason;
  const failure = engineFailure(error);
  if (failure !== undefined) return explain(failure);
  if (isConnectionLoss(error)) return unreachable(engine, error);
  return error;
}
