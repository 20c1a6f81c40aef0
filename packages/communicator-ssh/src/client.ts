import type { Duplex } from "node:stream";
import { describeSystemError } from "@hclbuild/diagnostics";
import { abortable, BuildError, buildError, type Host, type Logger } from "@hclbuild/sdk";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { prepareAuthentication, type Ask, type Authentication } from "./authentication.js";
import { catalog } from "./catalog.js";
import { useCertificate } from "./certificate.js";
import { describeKey, isAcceptedKey, isKnownHost, type PresentedKey } from "./host-keys.js";
import { readKnownHosts } from "./known-hosts.js";
import type { Endpoint, SshSettings } from "./settings.js";
import { openSocket } from "./sockets.js";

/** A connection that is logged in, with everything that has to be closed with it. */
export interface Session {
  readonly client: Client;
  /** What carries the connection. */
  readonly socket: Duplex;
  readonly endpoint: { readonly host: string; readonly port: number };
  /** Resolves when the connection has closed, for whatever reason. */
  readonly closed: Promise<void>;
  readonly isOpen: () => boolean;
  /** Says goodbye, which needs a server that answers; see `closed`. */
  close(): void;
  /** Cuts the connection, whatever the server does. */
  destroy(reason?: Error): void;
}

/** An error of the login, as opposed to one of the connection: it counts against the handshake attempts. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  readonly methods: string;

  constructor(methods: string) {
    super("the server accepted none of the offered credentials");
    this.methods = methods;
  }
}

/** Longest time from the TCP connection to the end of the login. */
const handshakeTimeout = 60_000;

/** What a login takes from the build. */
export interface LoginContext {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly ask: Ask;
  readonly log: Logger;
}

/** Connects and logs in once, through bastion or proxy. Does not retry. */
export async function openSession(
  settings: SshSettings,
  target: { readonly host: string; readonly port: number },
  context: LoginContext,
): Promise<Session> {
  const { bastion } = settings;
  if (bastion === undefined) {
    const opened = await openSocket(target, settings.proxy, context.signal);
    const session = await logIn(opened, { ...target, credentials: settings.credentials }, settings, context);
    if (settings.idleTimeout !== undefined) watchSilence(session, settings.idleTimeout);
    return session;
  }
  const outer = await openBastion(bastion, settings, context);
  try {
    // The bastion may wait long for a machine that does not answer.
    const socket = await abortable(forward(outer.client, target), context.signal);
    const inner = await logIn({ socket }, { ...target, credentials: settings.credentials }, settings, context);
    void inner.closed.then(() => outer.close());
    void outer.closed.then(() => inner.close());
    const session = { ...inner, destroy: outer.destroy };
    if (settings.idleTimeout !== undefined) watchSilence(session, settings.idleTimeout);
    return session;
  } catch (error) {
    outer.destroy();
    throw error;
  }
}

async function openBastion(bastion: Endpoint, settings: SshSettings, context: LoginContext): Promise<Session> {
  try {
    const socket = await openSocket(bastion, undefined, context.signal);
    // The keys in `ssh_host_key` are the machine's.
    return await logIn(socket, bastion, { ...settings, hostKeys: [] }, context);
  } catch (error) {
    if (context.signal.aborted || error instanceof BuildError) throw error;
    throw buildError(
      catalog["bastion-failed"],
      { host: `${bastion.host}:${bastion.port}`, reason: describeSystemError(error) },
      { cause: error, retryable: !(error instanceof LoginRefused) },
    );
  }
}

async function forward(client: Client, target: { readonly host: string; readonly port: number }): Promise<Duplex> {
  return await new Promise<Duplex>((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

/**
 * A machine that sends nothing for that long counts as lost, so that its reboot is noticed. What is sent to it, such as
 * a keep-alive message, proves nothing.
 */
function watchSilence(session: Session, milliseconds: number): void {
  const timer = setTimeout(() => {
    session.destroy(new Error(`no traffic for ${milliseconds / 1000} s`));
  }, milliseconds);
  session.socket.on("data", () => timer.refresh());
  void session.closed.then(() => clearTimeout(timer));
}

/** The connection that a login uses; `share` as of `BufferedSocket`. */
interface Carrier {
  readonly socket: Duplex;
  readonly share?: () => void;
}

async function logIn(
  { socket, share }: Carrier,
  endpoint: Endpoint,
  settings: SshSettings,
  context: LoginContext,
): Promise<Session> {
  const { authentication, check } = await prepareLogin(endpoint, settings, context).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  const client = new ssh2.Client();
  if (authentication.certified !== undefined) useCertificate(client, authentication.certified);
  if (share !== undefined) shareWhenDecrypted(client, share);
  let open = true;
  const closed = new Promise<void>((resolve) => {
    client.once("close", () => {
      open = false;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      reject(context.signal.reason);
    };
    context.signal.addEventListener("abort", abort, { once: true });
    const settle = (finish: () => void): void => {
      context.signal.removeEventListener("abort", abort);
      finish();
    };
    client.once("ready", () => settle(resolve));
    client.once("close", () =>
      settle(() =>
        reject(loginError(new Error("the server closed the connection during the handshake"), authentication)),
      ),
    );
    client.on("error", (error) =>
      settle(() => reject(check.refused() ?? handshakeError(error, endpoint) ?? loginError(error, authentication))),
    );
    const note = (method: string, allowed: unknown): void =>
      context.log.debug("ssh login", {
        host: endpoint.host,
        method,
        allowed: Array.isArray(allowed) ? (allowed as string[]) : null,
      });
    client.connect({ ...connectConfig(socket, settings, authentication, note), hostVerifier: check.verify });
  }).catch((error: unknown) => {
    // What refuses the configuration has not looked at the connection.
    socket.destroy();
    throw unknownAlgorithm(error) ?? error;
  });
  return {
    client,
    socket,
    endpoint,
    closed,
    isOpen: () => open,
    close: () => client.end(),
    destroy: (reason) => void socket.destroy(reason),
  };
}

async function prepareLogin(
  endpoint: Endpoint,
  settings: SshSettings,
  context: LoginContext,
): Promise<{ readonly authentication: Authentication; readonly check: HostKeyCheck }> {
  const authentication = await prepareAuthentication(endpoint.credentials, context.host, context.ask);
  const check = await hostKeyCheck(endpoint, settings, context.host);
  context.signal.throwIfAborted();
  return { authentication, check };
}

/**
 * Only one of ssh2's ways to decrypt never keeps a part of what was received: AES-GCM by Node's own crypto. Its compiled
 * addon, which a user's installation may have, works in place, and the unencrypted start keeps parts as well. What is
 * not known to copy gets copies.
 */
function shareWhenDecrypted(client: Client, share: () => void): void {
  client.once("ready", () => {
    const { _protocol: protocol } = client as unknown as { readonly _protocol?: { readonly _decipher?: object } };
    if (protocol?._decipher?.constructor.name === "AESGCMDecipherNative") share();
  });
}

/** An error that the same offer gets from the same server every time. */
function handshakeError(error: Error, { host, port }: Endpoint): BuildError | undefined {
  const [, subject] = /^Handshake failed: no matching (.+)$/.exec(error.message) ?? [];
  if (subject === undefined) return undefined;
  const args = { host: `${host}:${port}`, subject: algorithmKinds[subject] ?? subject };
  return buildError(catalog["no-common-algorithm"], args, { cause: error });
}

/** Names of what is negotiated, by the words of ssh2's messages. */
const algorithmKinds: Readonly<Record<string, string>> = {
  "C->S cipher": "cipher",
  "S->C cipher": "cipher",
  "C->S MAC": "message authentication code",
  "S->C MAC": "message authentication code",
  "C->S compression": "compression",
  "S->C compression": "compression",
};

function unknownAlgorithm(error: unknown): BuildError | undefined {
  const [, name] = /^Unsupported algorithm: (.*)$/s.exec(error instanceof Error ? error.message : "") ?? [];
  return name === undefined ? undefined : buildError(catalog["unknown-algorithm"], { name }, { cause: error });
}

function loginError(error: Error & { level?: string }, authentication: Authentication): Error {
  const unanswered = authentication.askFailure();
  if (unanswered !== undefined) return unanswered;
  return error.level === "client-authentication" ? new LoginRefused(authentication.description) : error;
}

/**
 * ssh2's own order, except that where its addon is compiled it would begin with ChaCha20-Poly1305, which the addon fails
 * at with OpenSSL 3.
 */
const chaCha = "chacha20-poly1305@openssh.com";
const lastChaCha = { remove: [chaCha], append: [chaCha] };

function connectConfig(
  sock: Duplex,
  settings: SshSettings,
  authentication: Authentication,
  note: (method: string, allowed: unknown) => void,
): ConnectConfig {
  const methods = [...authentication.methods];
  return {
    sock: sock as never,
    username: authentication.username,
    readyTimeout: authentication.waitsForPerson ? 0 : handshakeTimeout,
    authHandler: ((left: unknown, _partial: unknown, next: (method: unknown) => void) => {
      const method = methods.shift();
      note(method?.type ?? "none is left", left);
      next(method ?? false);
    }) as never,
    ...(settings.forwardAgent && authentication.agentSocket !== undefined
      ? { agent: authentication.agentSocket, agentForward: true }
      : {}),
    ...(settings.keepAlive === undefined ? {} : { keepaliveInterval: settings.keepAlive, keepaliveCountMax: 60 }),
    algorithms: {
      cipher: (settings.ciphers === undefined ? lastChaCha : [...settings.ciphers]) as never,
      ...(settings.keyExchange === undefined ? {} : { kex: [...settings.keyExchange] as never }),
    },
  };
}

interface HostKeyCheck {
  readonly verify: (key: Buffer) => boolean;
  /** The error for a key that was refused. */
  readonly refused: () => BuildError | undefined;
}

async function hostKeyCheck(endpoint: Endpoint, settings: SshSettings, host: Host): Promise<HostKeyCheck> {
  const file = settings.knownHostsFile;
  const known = file === undefined ? undefined : await readKnownHosts(file, host);
  const checks = settings.hostKeys.length > 0 || known !== undefined;
  let refusedKey: PresentedKey | undefined;
  return {
    verify(blob) {
      if (!checks) return true;
      const key = describeKey(blob);
      const accepted =
        isAcceptedKey(settings.hostKeys, key) || (known !== undefined && isKnownHost(known, endpoint, key));
      if (!accepted) refusedKey = key;
      return accepted;
    },
    refused: () =>
      refusedKey === undefined
        ? undefined
        : buildError(catalog["host-key-mismatch"], {
            host: `${endpoint.host}:${endpoint.port}`,
            type: refusedKey.type,
            fingerprint: refusedKey.fingerprint,
            where: file ?? "ssh_host_key",
          }),
  };
}
