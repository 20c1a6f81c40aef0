import type { Diagnostic } from "@hclbuild/diagnostics";
import type { Clock, Json } from "@hclbuild/sdk";
import { diagnosticIdentity } from "./diagnostic-identity.js";
import type { BuildEvent, EventBody, EventOrigin } from "./events.js";

/** Receives events in order, synchronously. */
export type EventListener = (event: BuildEvent) => void;

/** A listener that may fall behind says so here: the promise resolves when it can take more. */
export type Backlog = () => Promise<void> | undefined;

/** Hands every event to every listener. */
export interface EventBus {
  publish(origin: EventOrigin, body: EventBody): void;
  /** Whether a diagnostic that says the same of the same place has been published. */
  hasPublished(diagnostic: Diagnostic): boolean;
  /** Whether a `run.cancel` has been published. */
  readonly hasCancelled: boolean;
  /** Returns the function that ends the subscription. */
  subscribe(listener: EventListener, backlog?: Backlog): () => void;
  /** Resolves when no listener is behind; `undefined` when none is now. Producers of bulk output await it. */
  backlog(): Promise<void> | undefined;
  /** Replaces secrets in all texts of later events. */
  redactWith(redact: (text: string) => string): void;
  /** Replaces secrets in a text that does not become an event. */
  redact(text: string): string;
  /** Drops all later events: nobody waits for what still runs. */
  close(): void;
}

interface Subscription {
  readonly listener: EventListener;
  readonly backlog: Backlog | undefined;
}

/**
 * Makes a bus. Events that a listener publishes are delivered after the one it is handling, so that all listeners see
 * the same order. A listener that throws does not keep an event from the others; its error is passed to `onListenerError`.
 */
export function createEventBus(options: {
  readonly clock: Pick<Clock, "now">;
  readonly onListenerError?: (error: unknown) => void;
}): EventBus {
  const subscriptions = new Set<Subscription>();
  let sequence = 0;
  let redact: ((text: string) => string) | undefined;
  const queue: BuildEvent[] = [];
  const published = new Set<string>();
  let delivering = false;
  let closed = false;
  let hasCancelled = false;

  const deliver = (event: BuildEvent): void => {
    for (const { listener } of subscriptions) {
      try {
        listener(event);
      } catch (error) {
        options.onListenerError?.(error);
      }
    }
  };
  return {
    publish(origin, body) {
      if (closed) return;
      sequence += 1;
      hasCancelled ||= body.type === "run.cancel";
      if (body.type === "diagnostic") published.add(diagnosticIdentity(body.diagnostic));
      const clean = redact === undefined || isMaskedOutput(body) ? body : redactBody(body, redact);
      queue.push({
        v: 1,
        seq: sequence,
        t: options.clock.now(),
        ...(origin.node === undefined ? {} : { node: origin.node }),
        ...(origin.build === undefined ? {} : { build: origin.build }),
        ...clean,
      });
      if (delivering) return;
      delivering = true;
      try {
        for (let event = queue.shift(); event !== undefined; event = queue.shift()) deliver(event);
      } finally {
        delivering = false;
      }
    },
    hasPublished: (diagnostic) => published.has(diagnosticIdentity(diagnostic)),
    get hasCancelled() {
      return hasCancelled;
    },
    subscribe(listener, backlog) {
      const subscription = { listener, backlog };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    backlog() {
      const waits = [...subscriptions].map(({ backlog }) => backlog?.()).filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
    },
    close() {
      closed = true;
    },
    redactWith(next) {
      redact = next;
    },
    redact: (text) => redact?.(text) ?? text,
  };
}

/** Lines of commands were masked while they were still a stream, which also finds what is split between them. */
function isMaskedOutput(body: EventBody): boolean {
  return body.type === "log" && (body.stream === "stdout" || body.stream === "stderr");
}

function redactBody(body: EventBody, redact: (text: string) => string): EventBody {
  return redactDeep(body as unknown as Json, redact) as unknown as EventBody;
}

/** Redacts every string of a JSON value except the ones of `type`, which are ours. */
function redactDeep(value: Json, redact: (text: string) => string): Json {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => redactDeep(item, redact));
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(entries.map(([key, item]) => [key, fixedKeys.has(key) ? item : redactDeep(item, redact)]));
}

const fixedKeys: ReadonlySet<string> = new Set([
  "type",
  "stream",
  "kind",
  "outcome",
  "phase",
  "state",
  "runId",
  "code",
  "severity",
]);
