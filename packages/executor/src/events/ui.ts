import { buildError, runCatalog, type AskOptions, type Clock, type Logger, type StepUi } from "@hclbuild/sdk";
import type { EventBus } from "./event-bus.js";
import type { EventOrigin } from "./events.js";
import { createOutputLines } from "./output-lines.js";
import type { Redactor } from "../secrets/redact.js";

/** Asks the person in front of the build; rejects with the signal's reason when it aborts. */
export type Prompt = (question: string, signal: AbortSignal, options?: AskOptions) => Promise<string>;

/** What the ui of a node is made from. */
export interface UiSources {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Makes the redactor learn secrets, and warns of those that it cannot mask. */
  readonly addSecrets: (secrets: readonly string[]) => void;
  /** Absent when nobody can answer. */
  readonly prompt: Prompt | undefined;
}

/** The ui of one node: everything becomes events of it. */
export function createStepUi(sources: UiSources, origin: EventOrigin, postProcessor?: string): StepUi {
  const { bus, clock, redactor } = sources;
  const speaker = postProcessor === undefined ? {} : { postProcessor };
  let progressCount = 0;
  const lines = (stream: "stdout" | "stderr") =>
    createOutputLines({
      clock,
      redactor,
      emit: (line) => bus.publish(origin, { type: "log", stream, ...line, ...speaker }),
      backlog: () => bus.backlog(),
    });
  return {
    say: (text) => bus.publish(origin, { type: "log", stream: "say", text, ...speaker }),
    error: (text) => bus.publish(origin, { type: "log", stream: "error", text, ...speaker }),
    async ask(question, signal, options = {}) {
      if (sources.prompt === undefined) throw buildError(runCatalog["cannot-ask"], { question });
      bus.publish(origin, { type: "prompt", question });
      // Several builds may wait for an answer.
      const asker = origin.build === undefined ? "" : `==> ${origin.build}: `;
      const answer = await sources.prompt(`${asker}${question}`, signal, options);
      if (options.hidden === true) sources.addSecrets([answer]);
      return answer;
    },
    progress(title, total) {
      progressCount += 1;
      const base = { type: "progress", id: progressCount, title, ...(total === undefined ? {} : { total }) } as const;
      let done = 0;
      let shown = Number.NEGATIVE_INFINITY;
      bus.publish(origin, { ...base, done });
      return {
        update(next) {
          done = next;
          if (clock.monotonic() - shown < progressIntervalMs) return;
          shown = clock.monotonic();
          bus.publish(origin, { ...base, done });
        },
        end: () => bus.publish(origin, { ...base, done, ended: true }),
      };
    },
    output: () => ({ stdout: lines("stdout"), stderr: lines("stderr") }),
  };
}

/** Progress events of one transfer are at least this far apart. */
const progressIntervalMs = 100;

/** A logger that writes redacted lines to a sink; silent without one. */
export function createLogger(
  redactor: Redactor,
  origin: EventOrigin,
  sink: ((line: string) => void) | undefined,
): Logger {
  return {
    debug(message, data) {
      if (sink === undefined) return;
      const facts = data === undefined ? "" : ` ${JSON.stringify(data)}`;
      sink(redactor.redact(`${origin.build ?? origin.node ?? "run"}: ${message}${facts}`));
    },
  };
}
