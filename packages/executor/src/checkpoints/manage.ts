import {
  buildError,
  messageOf,
  type BuilderRuntime,
  type Checkpoint,
  type Checkpoints,
  type Clock,
  type Host,
  type Logger,
  type Plugin,
} from "@hclbuild/sdk";
import { executeCatalog } from "../catalog.js";
import { createComponentTable, type ComponentTable } from "../plugins.js";
import { mayStillCome, readCheckpointRecords, removeCheckpointRecord, type CheckpointRecord } from "./records.js";

/** Where checkpoints are looked for. */
export interface CheckpointRequest {
  /** The state folder. */
  readonly directory: string;
  readonly plugins: readonly Plugin[];
  readonly host: Host;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** A checkpoint that builds with this state folder made. */
export interface ListedCheckpoint {
  readonly record: CheckpointRecord;
  /** Absent when it cannot be looked at; `problem` says why. */
  readonly checkpoint?: Checkpoint;
  readonly problem?: string;
}

/** The checkpoints that exist, by build and step. Forgets those that are gone, unless they may just be in the making. */
export async function listCheckpoints(request: CheckpointRequest): Promise<readonly ListedCheckpoint[]> {
  const components = createComponentTable(request.plugins);
  const listed: ListedCheckpoint[] = [];
  for (const record of readCheckpointRecords(request.directory)) {
    request.signal.throwIfAborted();
    try {
      const keeper = await keeperOf(components, record);
      const checkpoint = await keeper.find(request, record);
      if (checkpoint !== undefined) listed.push({ record, checkpoint });
      else if (!mayStillCome(record, request.clock.now())) removeCheckpointRecord(request.directory, record.key);
    } catch (error) {
      request.signal.throwIfAborted();
      listed.push({ record, problem: messageOf(error) });
    }
  }
  return listed;
}

/** What pruning did with a checkpoint. */
export interface PrunedCheckpoint extends ListedCheckpoint {
  readonly state: "removed" | "failed";
}

/** Removes the checkpoints that are older than `maxAgeMs`; all of them without it. */
export async function pruneCheckpoints(
  request: CheckpointRequest & { readonly maxAgeMs?: number | undefined },
): Promise<readonly PrunedCheckpoint[]> {
  const { maxAgeMs, clock } = request;
  const components = createComponentTable(request.plugins);
  const pruned: PrunedCheckpoint[] = [];
  // The last step's first: a state that others are made from may only go after them.
  for (const listed of (await listCheckpoints(request)).toReversed()) {
    const { record, checkpoint } = listed;
    if (checkpoint === undefined) {
      pruned.push({ ...listed, state: "failed" });
      continue;
    }
    if (maxAgeMs !== undefined && clock.now() - checkpoint.created <= maxAgeMs) continue;
    try {
      const keeper = await keeperOf(components, record);
      await keeper.remove(request, record);
      removeCheckpointRecord(request.directory, record.key);
      pruned.push({ ...listed, state: "removed" });
    } catch (error) {
      request.signal.throwIfAborted();
      pruned.push({ ...listed, state: "failed", problem: messageOf(error) });
    }
  }
  return pruned;
}

async function keeperOf(components: ComponentTable, record: CheckpointRecord): Promise<Checkpoints<unknown>> {
  const { runtime } = await components.load({ ...record.component, kind: "builder" });
  const builder = runtime as BuilderRuntime<unknown>;
  const keeper = builder.form === "phased" ? builder.checkpoints : undefined;
  if (keeper === undefined) throw buildError(executeCatalog["component-missing"], { ...record.component });
  return keeper;
}
