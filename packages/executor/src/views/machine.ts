import type { ArtifactRecord } from "@hclbuild/sdk";
import { humanDuration } from "@hclbuild/sdk";
import type { BuildEvent, EventOf } from "../events/events.js";
import { prefixLines, sortByName } from "./human.js";

/**
 * Makes the mapper from events to the lines of `-machine-readable`: `UNIXTIME,TARGET,CATEGORY,ARG…` with `,` and line
 * ends in arguments escaped as Packer does, or "" when an event shows nothing. Feed it every event of a run, in order.
 */
export function createMachineView(): (event: BuildEvent) => string {
  const failures: (readonly [name: string, error: string])[] = [];
  const successes: (readonly [name: string, artifacts: readonly (ArtifactRecord | null)[]])[] = [];
  let cancelled: "waiting" | "left" | undefined;

  const buildEnd = (event: EventOf<"build.end">): string => {
    const name = event.build ?? "";
    const duration = humanDuration(event.durationMs);
    if (event.outcome === "skipped") return "";
    if (event.outcome !== "succeeded") {
      const error = event.error ?? "build was cancelled";
      if (event.outcome === "failed") failures.push([name, error]);
      return ui(event, "error", `Build '${name}' errored after ${duration}: ${error}`);
    }
    successes.push([name, event.artifacts]);
    return ui(event, "say", `Build '${name}' finished after ${duration}.`);
  };

  const end = (event: EventOf<"run.end">): string => {
    let text = ui(event, "say", `\n==> Wait completed after ${humanDuration(event.durationMs)}`);
    // Whoever does not wait does not know how clean it is.
    if (cancelled === "left") return text;
    if (cancelled !== undefined) return text + ui(event, "say", "Cleanly cancelled builds after being interrupted.");
    if (failures.length > 0) {
      text += machineLine(event.t, "", "error-count", [String(failures.length)]);
      text += ui(event, "error", "\n==> Some builds didn't complete successfully and had errors:");
      for (const [name, error] of sortByName(failures)) {
        text += machineLine(event.t, name, "error", [error]);
        text += ui(event, "error", `--> ${name}: ${error}`);
      }
    }
    if (successes.every(([, artifacts]) => artifacts.length === 0)) {
      return text + ui(event, "say", "\n==> Builds finished but no artifacts were created.");
    }
    text += ui(event, "say", "\n==> Builds finished. The artifacts of successful builds are:");
    for (const [name, artifacts] of sortByName(successes)) {
      text += machineLine(event.t, name, "artifact-count", [String(artifacts.length)]);
      for (const [index, artifact] of artifacts.entries()) {
        text += artifactLines(event.t, name, index, artifact);
        text += ui(event, "say", `--> ${name}: ${artifact?.description ?? "<nothing>"}`);
      }
    }
    return text;
  };

  return (event) => {
    switch (event.type) {
      case "run.start":
        return event.debug ? ui(event, "say", "Debug mode enabled. Builds will not be parallelized.") : "";
      case "log":
        if (event.partial) return "";
        return ui(event, event.stream === "error" || event.stream === "stderr" ? "error" : "say", prefixLines(event));
      case "run.cancel":
        cancelled = event.stage === 2 ? "left" : "waiting";
        if (event.stage === 2)
          return ui(event, "error", "Not waiting for what still runs; clean-up may be incomplete.");
        return ui(event, "error", `Cancelling build after receiving ${event.reason}`);
      case "build.end":
        return buildEnd(event);
      case "run.end":
        return end(event);
      default:
        return "";
    }
  };
}

/** One line of machine-readable output; `milliseconds` since the epoch are cut to seconds. */
export function machineLine(milliseconds: number, target: string, category: string, args: readonly string[]): string {
  const escaped = args.map((arg) =>
    arg.replaceAll(",", "%!(PACKER_COMMA)").replaceAll("\r", "\\r").replaceAll("\n", "\\n"),
  );
  return `${[Math.floor(milliseconds / 1000), target, category, ...escaped].join(",")}\n`;
}

function ui(event: BuildEvent, kind: "say" | "error", text: string): string {
  return machineLine(event.t, "", "ui", [kind, text]);
}

function artifactLines(t: number, name: string, index: number, artifact: ArtifactRecord | null): string {
  const line = (...args: readonly string[]): string => machineLine(t, name, "artifact", [String(index), ...args]);
  if (artifact === null) return line("nil");
  const files = artifact.files.map((file, position) => line("file", String(position), file));
  return [
    line("builder-id", artifact.builderId),
    line("id", artifact.id),
    line("string", artifact.description),
    line("files-count", String(artifact.files.length)),
    ...files,
    line("end"),
  ].join("");
}
