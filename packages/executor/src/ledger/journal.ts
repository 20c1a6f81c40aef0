import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { processIdentity } from "@hclbuild/sdk";
import type { BuildEvent } from "../events/events.js";
import type { LedgerOwner } from "./ledger.js";
import { hostname } from "node:os";

/** Name of the journal inside a run's folder. */
export const journalFile = "journal.ndjson";

/** What a later run has to know of this one besides its events. */
export interface RunFacts {
  /** Absolute path of the template. */
  readonly template: string;
  /** Milliseconds since the epoch that `timestamp` stands for. */
  readonly startTime: number;
}

/** Records the events that tell what a run did, without its output. */
export interface Journal {
  /** Adds the event if it belongs into a journal. Events hold no secrets, so neither does the journal. */
  record(event: BuildEvent): void;
  /** Whether builds were begun: before that, only data sources are read. */
  hasRun(): boolean;
  close(): Promise<void>;
}

const recorded: ReadonlySet<BuildEvent["type"]> = new Set([
  "run.start",
  "run.cancel",
  "run.end",
  "build.start",
  "build.end",
  "node.start",
  "node.end",
  "diagnostic",
  "artifact",
  "resource.created",
  "resource.deleted",
] as const);

/** Opens a run's journal; its first line names the process that writes it. */
export function createJournal(directory: string, owner: LedgerOwner, about?: RunFacts): Journal {
  const descriptor = openSync(path.join(directory, journalFile), "a", 0o600);
  let broken = false;
  let begun = false;
  const append = (line: object): void => {
    if (broken) return;
    try {
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    } catch {
      // A full disk must not end a build that could still succeed.
      broken = true;
    }
  };
  append({ v: 1, type: "journal.start", owner, ...(about === undefined ? {} : { about }) });
  return {
    record(event) {
      begun ||= event.type === "run.start";
      if (recorded.has(event.type)) append(event);
    },
    hasRun: () => begun,
    async close() {
      if (!broken) closeSync(descriptor);
      broken = true;
    },
  };
}

/** Who runs or ran a journal's run; `undefined` when that cannot be read. */
export function journalOwner(directory: string): LedgerOwner | undefined {
  try {
    const [first = ""] = readFileSync(path.join(directory, journalFile), "utf8").split("\n", 1);
    const line = JSON.parse(first) as { readonly owner?: LedgerOwner };
    return line.owner;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch at which a run's journal was last written; 0 when there is none. */
export function journalTime(directory: string): number {
  try {
    return statSync(path.join(directory, journalFile)).mtimeMs;
  } catch {
    return 0;
  }
}

/** Whether an owner still lives: `elsewhere` when it belongs to another host, of which nothing is known here. */
export function ownerState(owner: LedgerOwner): "alive" | "dead" | "elsewhere" {
  if (owner.host !== hostname()) return "elsewhere";
  return processIdentity(owner.pid) === owner.process ? "alive" : "dead";
}
