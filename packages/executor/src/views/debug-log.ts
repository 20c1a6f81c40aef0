import { humanDuration } from "@hclbuild/sdk";
import type { BuildEvent } from "../events/events.js";

/** How events are shown. */
export interface DebugLogOptions {
  /** Lines that people see anyway are in the log, too. */
  readonly withOutput: boolean;
}

/** The lines that an event adds to the developer's log, without times; none for an event that adds nothing. */
export function debugLogLines(event: BuildEvent, options: DebugLogOptions): readonly string[] {
  if (event.type === "log") {
    if (!options.withOutput || event.partial === true) return [];
    const speaker = `${event.build ?? "run"}${event.postProcessor === undefined ? "" : ` (${event.postProcessor})`}`;
    return event.text.split("\n").map((line) => `ui: ${speaker}: ${line}`);
  }
  const text = describe(event);
  if (text === undefined) return [];
  return text.split("\n").map((line) => `${event.node ?? event.build ?? "run"}: ${line}`);
}

function describe(event: Exclude<BuildEvent, { readonly type: "log" }>): string | undefined {
  switch (event.type) {
    case "run.start": {
      const builds = event.builds.map(({ name, builderType }) => `${name} (${builderType})`).join(", ");
      return `run ${event.runId} begins, at most ${event.parallel || "all"} at a time: ${builds || "no builds"}`;
    }
    case "run.cancel":
      return event.stage === 1
        ? `cancelled by ${event.reason}`
        : `${event.reason}: no longer waiting for what still runs`;
    case "run.end":
      return `run ${ended(event)}`;
    case "build.start":
      return "build begins";
    case "build.end":
      return `build ${ended(event)}${event.error === undefined ? "" : `: ${event.error}`}`;
    case "node.start":
      return `${event.kind} begins${event.component === undefined ? "" : `: ${event.component.kind} ${event.component.name}`}`;
    case "node.end": {
      const { error } = event;
      return `${event.kind} ${ended(event)}${error === undefined ? "" : `: [${error.code}] ${error.message}`}`;
    }
    case "phase":
      return `${event.phase} ${event.state === "start" ? "begins" : "ends"}`;
    case "progress":
      if (event.ended !== true && event.done > 0) return undefined;
      return `${event.title}: ${event.done} of ${event.total ?? "unknown"} bytes${event.ended === true ? ", ended" : ""}`;
    case "diagnostic": {
      const { code, severity, message, address } = event.diagnostic;
      return `${severity} [${code}] ${message}${address === undefined ? "" : ` (${address})`}`;
    }
    case "artifact":
      return `artifact ${event.index}: ${event.artifact.builderId} ${event.artifact.id} ${event.artifact.files.join(" ")}`.trimEnd();
    case "resource.created":
    case "resource.deleted": {
      const id = event.id === undefined ? "" : ` with id ${event.id}`;
      return `${event.resource} ${event.name}${id} ${event.type === "resource.created" ? "created" : "deleted"}`;
    }
    case "prompt":
      return `asks: ${event.question}`;
  }
}

function ended({ outcome, durationMs }: { readonly outcome: string; readonly durationMs: number }): string {
  return `${outcome} after ${humanDuration(durationMs)}`;
}
