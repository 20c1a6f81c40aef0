import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Json } from "@hclbuild/sdk";
import { ownerState } from "../ledger/journal.js";
import type { LedgerOwner } from "../ledger/ledger.js";
import type { WantedComponent } from "../plugins.js";

/** What a state folder notes about a checkpoint before it is made. */
export interface CheckpointRecord {
  readonly v: 1;
  readonly key: string;
  /** The builder that keeps it. */
  readonly component: WantedComponent;
  readonly details: Json;
  /** Full name of the build. */
  readonly build: string;
  /** Number of the step after which it was made, counted from 1. */
  readonly step: number;
  /** The step's name or type. */
  readonly label: string;
  /** Set while it is being made: what does not exist yet may come. */
  readonly pending?: PendingSave;
}

/** Who makes a checkpoint, and since when, in milliseconds since the epoch. */
export interface PendingSave {
  readonly owner: LedgerOwner;
  readonly since: number;
}

/** How long what a dead process has asked for may still come: an engine ends what it has begun. */
const longestSave = 600_000;

/** Whether the checkpoint of a record may come to exist without anybody noting it again. */
export function mayStillCome({ pending }: CheckpointRecord, now: number): boolean {
  if (pending === undefined) return false;
  return ownerState(pending.owner) === "alive" || now - pending.since < longestSave;
}

const directory = "checkpoints";

/** Notes a checkpoint, replacing what was noted under its key. */
export function writeCheckpointRecord(folder: string, record: CheckpointRecord): void {
  const place = path.join(folder, directory);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  writeJson(path.join(place, `${record.key}.json`), record);
}

/** Writes a file so that nobody ever sees a part of it. */
export function writeJson(file: string, content: object): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}

/** All noted checkpoints, by build and step. What cannot be read is passed over. */
export function readCheckpointRecords(folder: string): readonly CheckpointRecord[] {
  let names: readonly string[];
  try {
    names = readdirSync(path.join(folder, directory));
  } catch {
    return [];
  }
  const records = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => readRecord(path.join(folder, directory, name)));
  return records
    .filter((record): record is CheckpointRecord => record !== undefined)
    .toSorted((a, b) => (a.build === b.build ? a.step - b.step : a.build < b.build ? -1 : 1));
}

function readRecord(file: string): CheckpointRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as CheckpointRecord;
    return record.v === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}

export function removeCheckpointRecord(folder: string, key: string): void {
  rmSync(path.join(folder, directory, `${key}.json`), { force: true });
}
