import { existsSync, rmSync } from "node:fs";
import {
  BuildError,
  endProcessGroup,
  messageOf,
  processGroupResource,
  type BuilderRuntime,
  type Clock,
  type Host,
  type Logger,
  type Plugin,
} from "@hclbuild/sdk";
import { journalOwner, ownerState } from "./journal.js";
import {
  createLedgerWriter,
  readOpenResources,
  type LedgerOwner,
  type LedgerWriter,
  type OpenResource,
} from "./ledger.js";
import { createComponentTable, type ComponentTable } from "../plugins.js";
import { temporaryFolder } from "../run/run-context.js";
import { currentOwner, listRuns } from "./state.js";

/** What `cleanup` looks at. */
export interface CleanupRequest {
  /** The state folder. */
  readonly directory: string;
  readonly plugins: readonly Plugin[];
  readonly host: Host;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Only say what would be removed. */
  readonly dryRun: boolean;
}

/** What became of a resource that an earlier run left open. */
export interface CleanupFinding {
  readonly runId: string;
  readonly resource: string;
  readonly name: string;
  readonly id?: string;
  readonly state: "removed" | "absent" | "would-remove" | "in-use" | "elsewhere" | "failed";
  /** Why it failed, or where its owner runs. */
  readonly detail?: string;
}

/**
 * Removes what runs that have ended left behind, according to their ledgers. What belongs to a process that still lives,
 * or to another host, is never touched.
 */
export async function cleanUp(request: CleanupRequest): Promise<readonly CleanupFinding[]> {
  const components = createComponentTable(request.plugins);
  const findings: CleanupFinding[] = [];
  for (const { runId, directory } of listRuns(request.directory)) {
    request.signal.throwIfAborted();
    const open = readOpenResources(directory);
    const writer = request.dryRun
      ? undefined
      : createLedgerWriter(directory, { clock: request.clock, owner: currentOwner() });
    try {
      for (const resource of open) findings.push(await settle({ request, components, writer, runId }, resource));
    } finally {
      writer?.close();
    }
    if (!request.dryRun && isOver(journalOwner(directory))) removeTemporary(request.host, runId);
  }
  return findings;
}

interface CleanupState {
  readonly request: CleanupRequest;
  readonly components: ComponentTable;
  readonly writer: LedgerWriter | undefined;
  readonly runId: string;
}

async function settle(state: CleanupState, open: OpenResource): Promise<CleanupFinding> {
  const { resource, name, id } = open.resource;
  const base = { runId: state.runId, resource, name, ...(id === undefined ? {} : { id }) };
  const owner = ownerState(open.owner);
  if (owner === "alive") return { ...base, state: "in-use", detail: `process ${open.owner.pid} still runs` };
  if (owner === "elsewhere") return { ...base, state: "elsewhere", detail: `it was made on ${open.owner.host}` };
  if (state.writer === undefined) return { ...base, state: "would-remove" };
  try {
    const outcome = await reclaim(state, open);
    state.writer.release(open.entry);
    return { ...base, state: outcome };
  } catch (error) {
    state.request.signal.throwIfAborted();
    const hint = error instanceof BuildError && error.hint !== undefined ? ` ${error.hint}` : "";
    return { ...base, state: "failed", detail: `${messageOf(error)}.${hint}` };
  }
}

async function reclaim(state: CleanupState, open: OpenResource): Promise<"removed" | "absent"> {
  const { signal, log, host, clock } = state.request;
  if (open.resource.resource === processGroupResource) return await endProcessGroup(open.resource, { clock, signal });
  const { runtime } = await state.components.load({ ...open.component, kind: "builder" });
  const builder = runtime as BuilderRuntime<unknown>;
  if (builder.reclaim === undefined) {
    throw new Error(`the builder ${open.component.name} cannot remove what it left behind`);
  }
  return await builder.reclaim({ signal, log, host, clock }, open.resource);
}

function isOver(owner: LedgerOwner | undefined): boolean {
  return owner !== undefined && ownerState(owner) === "dead";
}

function removeTemporary(host: Host, runId: string): void {
  const folder = temporaryFolder(host.temporaryDirectory, runId);
  // The folder above it may be none, of which removing would complain.
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}
