import { accessSync, constants, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { describeSystemError, diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import { makeFolders, processIdentity, type Clock, type Host } from "@hclbuild/sdk";
import { executeCatalog } from "../catalog.js";
import { createJournal, journalOwner, journalTime, ownerState, type Journal, type RunFacts } from "./journal.js";
import { createLedgerWriter, readOpenResources, type LedgerOwner, type LedgerWriter } from "./ledger.js";

/** The state of one run. */
export interface RunState {
  readonly directory: string;
  /** The state folder itself, which all runs share. */
  readonly folder: string;
  readonly ledger: LedgerWriter;
  /** Feed it all events of the run. */
  readonly journal: Journal;
  /** Ends the run's records, and forgets it if it never began, and old ones; none that left anything behind. */
  close(): Promise<void>;
}

/** Where runs keep their journals and ledgers. */
export interface StateFolder {
  /** Absent when no folder can be written. */
  readonly directory: string | undefined;
  /** What the user should know about the choice. */
  readonly warnings: readonly Diagnostic[];
}

/** What the choice of the folder depends on. */
export interface StateChoice {
  readonly host: Host;
  /** Folder of the template. */
  readonly templateDirectory: string;
  /** Value of HCLBUILD_STATE_DIR. */
  readonly configured?: string | undefined;
}

/**
 * Chooses the state folder: the configured one, else `.hclbuild` beside the template, else one in the user's cache, with
 * a warning. Makes it; no directory (with a warning) when none can be written.
 */
export function openStateFolder(choice: StateChoice): StateFolder {
  const preferred = preferredFolder(choice);
  const problem = makeFolder(preferred);
  if (problem === undefined) return { directory: preferred, warnings: [] };
  const refused = diagnose(executeCatalog["state-unwritable"], { path: preferred, reason: problem });
  if (isConfigured(choice)) return { directory: undefined, warnings: [refused] };
  const fallback = fallbackFolder(choice);
  if (makeFolder(fallback) !== undefined) return { directory: undefined, warnings: [refused] };
  const elsewhere = diagnose(executeCatalog["state-elsewhere"], { path: fallback, reason: problem });
  return { directory: fallback, warnings: [elsewhere] };
}

/**
 * Finds the state folder that {@link openStateFolder} has chosen before and makes none: no directory and no warning when
 * no run has kept state. A folder that can only be read is found as well.
 */
export function findStateFolder(choice: StateChoice): StateFolder {
  const preferred = preferredFolder(choice);
  const isKept = existsSync(path.join(preferred, "runs"));
  const home = isKept ? path.join(preferred, "runs") : existsSync(preferred) ? preferred : path.dirname(preferred);
  const fallback = fallbackFolder(choice);
  if (!isConfigured(choice) && !isWritableFolder(home) && existsSync(path.join(fallback, "runs"))) {
    return { directory: fallback, warnings: [] };
  }
  return { directory: isKept ? preferred : undefined, warnings: [] };
}

function isConfigured({ configured }: StateChoice): boolean {
  return configured !== undefined && configured !== "";
}

function preferredFolder({ host, configured, templateDirectory }: StateChoice): string {
  return configured !== undefined && configured !== ""
    ? path.resolve(host.cwd, configured)
    : path.join(path.resolve(host.cwd, templateDirectory), ".hclbuild");
}

function fallbackFolder({ host }: StateChoice): string {
  return path.join(host.cacheDirectory, "state");
}

function isWritableFolder(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return statSync(directory).isDirectory();
  } catch {
    return false;
  }
}

/** Makes the folder with a `.gitignore` for all of it; returns why it cannot be used. */
function makeFolder(directory: string): string | undefined {
  try {
    makeFolders(path.join(directory, "runs"), 0o700);
    accessSync(path.join(directory, "runs"), constants.W_OK);
    const ignore = path.join(directory, ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
    return undefined;
  } catch (error) {
    return describeSystemError(error);
  }
}

/** Makes the folder of a run. */
export function openRunState(
  folder: string,
  options: { readonly runId: string; readonly clock: Clock; readonly about?: RunFacts },
): RunState {
  const directory = path.join(folder, "runs", options.runId);
  makeFolders(directory, 0o700);
  const owner = currentOwner();
  const ledger = createLedgerWriter(directory, { clock: options.clock, owner });
  const journal = createJournal(directory, owner, options.about);
  return {
    directory,
    folder,
    ledger,
    journal,
    async close() {
      ledger.close();
      await journal.close();
      // It would push out runs that can be resumed.
      if (!journal.hasRun() && readOpenResources(directory).length === 0) {
        rmSync(directory, { recursive: true, force: true });
      }
      forgetOldRuns(folder);
    },
  };
}

/** This process, as ledgers name it. */
export function currentOwner(): LedgerOwner {
  return { host: hostname(), pid: process.pid, process: processIdentity(process.pid) ?? "unknown" };
}

/** Runs that are kept although nothing is left of them. */
const keptRuns = 20;

function forgetOldRuns(folder: string): void {
  const runs = listRuns(folder);
  for (const { directory } of runs.slice(0, Math.max(0, runs.length - keptRuns))) {
    if (readOpenResources(directory).length > 0 || isAlive(directory)) continue;
    rmSync(directory, { recursive: true, force: true });
  }
}

function isAlive(directory: string): boolean {
  const owner = journalOwner(directory);
  return owner !== undefined && ownerState(owner) !== "dead";
}

/** The runs in a state folder, the one whose journal was written last comes last. */
export function listRuns(folder: string): readonly { readonly runId: string; readonly directory: string }[] {
  const runs = path.join(folder, "runs");
  try {
    return readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({ runId: entry.name, directory: path.join(runs, entry.name) }))
      .toSorted((a, b) => journalTime(a.directory) - journalTime(b.directory));
  } catch {
    return [];
  }
}
