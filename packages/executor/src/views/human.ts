import { humanDuration } from "@hclbuild/sdk";
import type { BuildEvent, EventOf } from "../events/events.js";

/** How the human view writes. */
export interface HumanViewOptions {
  readonly color: boolean;
  /** Begin each line of a build with the local time. */
  readonly timestamps: boolean;
  /** Formats milliseconds since the epoch as a local RFC 3339 time, such as `2026-11-22T06:51:38Z`. */
  readonly formatTime: (milliseconds: number) => string;
}

/** Green, cyan, magenta, yellow, blue. */
const buildColors = [32, 36, 35, 33, 34] as const;
const errorColor = 31;

/**
 * Makes the mapper from events to the lines that Packer would print: the text to write for an event, with line ends, or
 * "" when it shows nothing. Feed it every event of a run, in order; it remembers the builds and what failed.
 */
export function createHumanView(options: HumanViewOptions): (event: BuildEvent) => string {
  const colors = new Map<string, number>();
  const failures: (readonly [name: string, error: string])[] = [];
  const artifacts: (readonly [name: string, description: string])[] = [];
  let cancelled: "waiting" | "left" | undefined;

  const paint = (text: string, color: number | undefined): string =>
    options.color && color !== undefined ? `\u001B[1;${color}m${text}\u001B[0m` : text;
  const line = (event: BuildEvent, text: string, color: number | undefined): string =>
    `${paint(options.timestamps ? `${options.formatTime(event.t)}: ${text}` : text, color)}\n`;
  const colorOf = (event: BuildEvent): number | undefined =>
    colors.get(event.node ?? "") ?? colors.get(event.build ?? "");

  const start = (event: EventOf<"run.start">): string => {
    for (const [index, build] of event.builds.entries()) {
      const color = buildColors[index % buildColors.length] ?? errorColor;
      colors.set(build.node, color);
      if (!colors.has(build.name)) colors.set(build.name, color);
    }
    const debug = event.debug ? "Debug mode enabled. Builds will not be parallelized.\n" : "";
    if (!options.color || event.builds.length === 0) return debug;
    const lines = event.builds.map(
      ({ name, node }) => `${paint(`${name}: output will be in this color.`, colors.get(node))}\n`,
    );
    return `${debug}${lines.join("")}\n`;
  };

  const log = (event: EventOf<"log">): string => {
    if (event.partial) return "";
    const isError = event.stream === "error" || event.stream === "stderr";
    return line(event, prefixLines(event), isError ? errorColor : colorOf(event));
  };

  const buildEnd = (event: EventOf<"build.end">): string => {
    const name = event.build ?? "";
    const duration = humanDuration(event.durationMs);
    if (event.outcome === "skipped") return "";
    if (event.outcome !== "succeeded") {
      const error = event.error ?? "build was cancelled";
      if (event.outcome === "failed") failures.push([name, error]);
      return line(event, `Build '${name}' errored after ${duration}: ${error}`, errorColor);
    }
    for (const artifact of event.artifacts) artifacts.push([name, artifact?.description ?? "<nothing>"]);
    return line(event, `Build '${name}' finished after ${duration}.`, colorOf(event));
  };

  const end = (event: EventOf<"run.end">): string => {
    const wait = `\n==> Wait completed after ${humanDuration(event.durationMs)}\n`;
    // Whoever does not wait does not know how clean it is.
    if (cancelled === "left") return wait;
    if (cancelled !== undefined) return `${wait}Cleanly cancelled builds after being interrupted.\n`;
    return wait + summarize(failures, artifacts);
  };

  return (event) => {
    switch (event.type) {
      case "run.start":
        return start(event);
      case "log":
        return log(event);
      case "build.end":
        return buildEnd(event);
      case "run.cancel":
        cancelled = event.stage === 2 ? "left" : "waiting";
        if (event.stage === 2)
          return `${paint("Not waiting for what still runs; clean-up may be incomplete.", errorColor)}\n`;
        return `${paint(`Cancelling build after receiving ${event.reason}`, errorColor)}\n`;
      case "run.end":
        return end(event);
      default:
        return "";
    }
  };
}

/** Every line of a message with its build in front. */
export function prefixLines(event: EventOf<"log">): string {
  const name = event.build ?? event.node ?? "";
  const target = event.postProcessor === undefined ? name : `${name} (${event.postProcessor})`;
  return event.text
    .split("\n")
    .map((text) => `==> ${target}: ${text}`.trimEnd())
    .join("\n")
    .trimEnd();
}

type Named = readonly (readonly [name: string, text: string])[];

function summarize(failures: Named, artifacts: Named): string {
  let text = "";
  if (failures.length > 0) {
    text += "\n==> Some builds didn't complete successfully and had errors:\n";
    for (const [name, error] of sortByName(failures)) text += `--> ${name}: ${error}\n`;
  }
  if (artifacts.length === 0) return `${text}\n==> Builds finished but no artifacts were created.\n`;
  text += "\n==> Builds finished. The artifacts of successful builds are:\n";
  for (const [name, description] of sortByName(artifacts)) text += `--> ${name}: ${description}\n`;
  return text;
}

/** Sorted by the name, in code unit order; entries of one name keep their order. */
export function sortByName<T extends readonly [name: string, ...unknown[]]>(items: readonly T[]): readonly T[] {
  return items.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
