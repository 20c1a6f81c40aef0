import { humanDuration } from "@hclbuild/sdk";
import type { BuildEvent } from "../events/events.js";

/**
 * What an event adds to the log file of its build: lines that begin with the time in UTC, without colours and without
 * the name of the build. "" when it adds nothing.
 */
export function buildLogLines(event: BuildEvent): string {
  const text = describe(event);
  if (text === undefined) return "";
  const time = new Date(event.t).toISOString();
  return text
    .split("\n")
    .map((line) => `${time} ${line}`.trimEnd())
    .join("\n")
    .concat("\n");
}

function describe(event: BuildEvent): string | undefined {
  switch (event.type) {
    case "log":
      if (event.partial) return undefined;
      return event.postProcessor === undefined ? event.text : `(${event.postProcessor}) ${event.text}`;
    case "node.start":
      return event.kind === "machine" ? undefined : `--- ${event.node ?? ""} (${event.component?.name ?? event.kind})`;
    case "node.end":
      if (event.kind === "machine") return undefined;
      return `--- ${event.node ?? ""} ${event.outcome} after ${humanDuration(event.durationMs)}`;
    case "build.end": {
      const error = event.error === undefined ? "" : `: ${event.error}`;
      return `--- build ${event.outcome} after ${humanDuration(event.durationMs)}${error}`;
    }
    case "artifact":
      return `--- artifact ${event.index}: ${event.artifact.description}`;
    default:
      return undefined;
  }
}

/** Gives every build a file name of its own: its full name, with `_` for what file names should not hold. */
export function createLogNames(): (build: string, machine: string) => string {
  const byMachine = new Map<string, string>();
  const used = new Set<string>();
  return (build, machine) => {
    const known = byMachine.get(machine);
    if (known !== undefined) return known;
    const base = build.replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "_") || "_";
    let name = `${base}.log`;
    for (let count = 2; used.has(name); count += 1) name = `${base}_${count}.log`;
    used.add(name);
    byMachine.set(machine, name);
    return name;
  };
}
