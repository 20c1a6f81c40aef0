import { setMaxListeners } from "node:events";
import type { Clock } from "./host.js";

/**
 * Races a promise against a signal: rejects with the signal's reason as soon as it aborts. The listener is removed
 * when the promise settles first; a later rejection of an abandoned promise is swallowed.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw signal.reason;
  }
  let detach = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const listener = (): void => reject(signal.reason);
    signal.addEventListener("abort", listener, { once: true });
    detach = () => signal.removeEventListener("abort", listener);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    detach();
    promise.catch(() => undefined);
  }
}

/** Waits; rejects with the signal's reason when it aborts first. */
export async function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (milliseconds <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const listener = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.after(milliseconds, () => {
      signal.removeEventListener("abort", listener);
      resolve();
    });
    signal.addEventListener("abort", listener, { once: true });
  });
}

/** The reason with which a {@link deadline} signal aborts. */
export class TimeoutReached extends Error {
  override readonly name = "TimeoutReached";
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`timed out after ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

/** A signal that aborts with its parent, or with {@link TimeoutReached} after the given time. Dispose it after use. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Whether the time ran out before the parent aborted. */
  readonly expired: boolean;
}

/** Makes a {@link Deadline}; an infinite time never runs out. */
export function deadline(clock: Clock, milliseconds: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  // Whoever works under the deadline listens to it; that many listeners are no leak.
  setMaxListeners(0, controller.signal);
  let expired = false;
  const expire = (): void => {
    if (controller.signal.aborted) return;
    expired = true;
    controller.abort(new TimeoutReached(milliseconds));
  };
  const timer = Number.isFinite(milliseconds) ? clock.after(milliseconds, expire) : undefined;
  const forward = (): void => controller.abort(parent.reason);
  if (parent.aborted) forward();
  else parent.addEventListener("abort", forward, { once: true });
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    [Symbol.dispose]() {
      timer?.cancel();
      parent.removeEventListener("abort", forward);
    },
  };
}

/** How {@link retry} repeats. */
export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Most calls to make; unlimited when absent. */
  readonly attempts?: number;
  /** Time after the first call from which no further call is begun; unlimited when absent. */
  readonly withinMs?: number;
  /** Pause before the next call, in milliseconds, by the number of failed calls so far (from 1). */
  readonly delayMs: number | ((failures: number) => number);
  /** Whether to go on after this error. Defaults to always. */
  readonly shouldRetry?: (error: unknown) => boolean;
}

/** Calls `attempt` until it succeeds; rejects with its last error, or with the signal's reason when that aborts. */
export async function retry<T>(options: RetryOptions, attempt: (failures: number) => Promise<T>): Promise<T> {
  const { clock, signal } = options;
  const started = clock.monotonic();
  for (let failures = 0; ;) {
    signal.throwIfAborted();
    try {
      return await attempt(failures);
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (options.shouldRetry?.(error) === false) throw error;
      if (options.attempts !== undefined && failures >= options.attempts) throw error;
      const delay = typeof options.delayMs === "number" ? options.delayMs : options.delayMs(failures);
      if (options.withinMs !== undefined && clock.monotonic() - started + delay >= options.withinMs) throw error;
      await sleep(clock, delay, signal);
    }
  }
}
