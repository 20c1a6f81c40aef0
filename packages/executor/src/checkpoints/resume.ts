import { readFileSync } from "node:fs";
import path from "node:path";
import type { NodeId } from "@hclbuild/graph";
import type { BuildEvent } from "../events/events.js";
import { journalFile, ownerState, type RunFacts } from "../ledger/journal.js";
import type { LedgerOwner } from "../ledger/ledger.js";
import { listRuns } from "../ledger/state.js";

/** What the last run of a template left for another one to go on from. */
export type Resumable =
  | {
      readonly kind: "resumable";
      readonly runId: string;
      /** Milliseconds since the epoch that `timestamp` stood for, and stands for again. */
      readonly startTime: number;
      /** Machine nodes of the builds that it finished. */
      readonly finished: ReadonlySet<NodeId>;
    }
  /** `reason` is a sentence without its period. */
  | { readonly kind: "nothing"; readonly reason: string };

interface JournalStart {
  readonly type: "journal.start";
  readonly owner: LedgerOwner;
  readonly about?: RunFacts;
}

/** Finds the last run of a template and what of it can be gone on with. */
export function findResumable(folder: string, template: string): Resumable {
  for (const { runId, directory } of listRuns(folder).toReversed()) {
    const lines = readJournal(path.join(directory, journalFile));
    const start = lines.find((line): line is JournalStart => line.type === "journal.start");
    if (start?.about === undefined || start.about.template !== template) continue;
    const events = lines.filter((line): line is BuildEvent => line.type !== "journal.start");
    // It was still reading data sources.
    if (!events.some((event) => event.type === "run.start") && ownerState(start.owner) === "dead") continue;
    const end = events.find((event) => event.type === "run.end");
    if (end?.type === "run.end" && end.outcome === "succeeded") {
      return { kind: "nothing", reason: "The last run of this template succeeded" };
    }
    if (end === undefined && ownerState(start.owner) !== "dead") {
      return { kind: "nothing", reason: `The last run of this template, ${runId}, is still under way` };
    }
    const finished = events.flatMap((event) =>
      event.type === "build.end" && event.outcome === "succeeded" && event.node !== undefined ? [event.node] : [],
    );
    return { kind: "resumable", runId, startTime: start.about.startTime, finished: new Set(finished) };
  }
  return { kind: "nothing", reason: "No earlier run of this template is known" };
}

function readJournal(file: string): readonly (BuildEvent | JournalStart)[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as BuildEvent | JournalStart];
    } catch {
      // The last line of a killed run may be torn.
      return [];
    }
  });
}
