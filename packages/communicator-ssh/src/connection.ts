import { describeSystemError } from "@hclbuild/diagnostics";
import { abortable, BuildError, buildError, deadline, messageOf, sleep, type RunContext } from "@hclbuild/sdk";
import { catalog } from "./catalog.js";
import { LoginRefused, openSession, type Session } from "./client.js";
import type { SshSettings } from "./settings.js";
import { openLocalTunnel, openRemoteTunnel, parseTunnel, type LocalTunnel } from "./tunnels.js";

/** Pause between two attempts, as Packer's. */
const retryDelay = 5000;
/** After a failure that came at once, the machine is usually still starting: look again soon. */
const quickRetryDelay = 500;

/** Where to connect; asked again before each attempt. */
export interface TargetSource {
  host(signal: AbortSignal): Promise<string>;
  port(signal: AbortSignal): Promise<number>;
}

/** A connection that comes back by itself: each caller gets the live session, or the next one. */
export interface Connection {
  session(signal: AbortSignal): Promise<Session>;
  close(): Promise<void>;
}

/** Connects with retries and keeps the session; opens tunnels, again after each reconnect. */
export async function createConnection(
  context: RunContext,
  settings: SshSettings,
  target: TargetSource,
): Promise<Connection> {
  const remoteTunnels = settings.remoteTunnels.map(parseTunnel);
  const localTunnels = settings.localTunnels.map(parseTunnel);
  const ending = new AbortController();
  const lifetime = AbortSignal.any([context.signal, ending.signal]);
  const open = async (): Promise<Session> => {
    const session = await waitForSession(context, settings, target, lifetime);
    return await orEnd(session, async () => {
      for (const tunnel of remoteTunnels) await abortable(openRemoteTunnel(tunnel, session), lifetime);
      return session;
    });
  };
  let current = await open();
  let opening: Promise<Session> | undefined;
  let closed = false;
  const tunnels: LocalTunnel[] = [];

  const session = async (signal: AbortSignal): Promise<Session> => {
    signal.throwIfAborted();
    if (current.isOpen()) return current;
    if (closed)
      throw buildError(catalog["connection-failed"], { host: current.endpoint.host, reason: "it was closed" });
    opening ??= (async () => {
      try {
        current = await open();
        return current;
      } finally {
        opening = undefined;
      }
    })();
    return await abortable(opening, signal);
  };
  const close = async (): Promise<void> => {
    closed = true;
    for (const tunnel of tunnels) tunnel.close();
    // A reconnect that nobody waits for any more must not go on.
    ending.abort(new Error("the connection was closed"));
    await opening?.catch(() => undefined);
    await endSession(current);
  };

  try {
    for (const tunnel of localTunnels) tunnels.push(await openLocalTunnel(tunnel, () => session(context.signal)));
  } catch (error) {
    await close();
    throw error;
  }
  return { session, close };
}

/** A session that what follows fails with must not stay open: nobody would close it. */
async function orEnd<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await endSession(session);
    throw error;
  }
}

/** Longest time that a machine may take to answer the end of the connection, in milliseconds. */
const farewellTimeout = 3000;

async function endSession(session: Session): Promise<void> {
  const timer = setTimeout(() => session.destroy(), farewellTimeout);
  session.close();
  await session.closed;
  clearTimeout(timer);
}

/** Why an attempt failed; of a bastion or proxy that could not be used also why that was. */
function reasonOf(error: unknown): string {
  if (!(error instanceof BuildError) || error.cause === undefined) return describeSystemError(error);
  return `${messageOf(error)}: ${describeSystemError(error.cause)}`;
}

interface Attempts {
  readonly context: RunContext;
  readonly settings: SshSettings;
  readonly target: TargetSource;
  /** Told why each attempt failed. */
  readonly noteFailure: (error: unknown) => void;
}

async function waitForSession(
  context: RunContext,
  settings: SshSettings,
  target: TargetSource,
  signal: AbortSignal,
): Promise<Session> {
  let last: unknown;
  const attempts: Attempts = { context, settings, target, noteFailure: (error) => (last = error) };
  const limit = settings.timeout;
  if (limit === undefined) return await attemptUntilOpen(attempts, signal);
  using within = deadline(context.clock, limit, signal);
  try {
    return await attemptUntilOpen(attempts, within.signal);
  } catch (error) {
    if (!within.expired) throw error;
    const reason = last === undefined ? undefined : reasonOf(last);
    const host = await target.host(signal).catch(() => "the machine");
    throw buildError(catalog.timeout, { host, timeout: `${Math.round(limit / 1000)}s`, reason }, { cause: last });
  }
}

async function attemptUntilOpen(attempts: Attempts, signal: AbortSignal): Promise<Session> {
  const { context, settings, target } = attempts;
  let refusals = 0;
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    const started = context.clock.monotonic();
    try {
      const host = await target.host(signal);
      const port = await target.port(signal);
      const facts = { attempt, host, port, user: settings.credentials.username };
      context.log.debug("ssh connection attempt", facts);
      const session = await openSession(
        settings,
        { host, port },
        {
          host: context.host,
          log: context.log,
          signal,
          ask: (question, options) => context.ui.ask(question, signal, options),
        },
      );
      context.log.debug("ssh connected", facts);
      return session;
    } catch (error) {
      signal.throwIfAborted();
      attempts.noteFailure(error);
      context.log.debug("ssh connection attempt failed", { attempt, reason: reasonOf(error) });
      if (error instanceof BuildError && !error.retryable) throw error;
      if (error instanceof LoginRefused && ++refusals === settings.handshakeAttempts) {
        const host = await target.host(signal);
        const facts = { host, user: settings.credentials.username, attempts: refusals, methods: error.methods };
        throw buildError(catalog["authentication-failed"], facts, { cause: error });
      }
      const spent = context.clock.monotonic() - started;
      await sleep(context.clock, attempt < 10 && spent < 1000 ? quickRetryDelay : retryDelay, signal);
    }
  }
}
