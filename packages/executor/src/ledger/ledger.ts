import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { describeSystemError } from "@hclbuild/diagnostics";
import type { Clock, Json, LeftResource, Ledger, LedgerEntry, LedgerIntent } from "@hclbuild/sdk";
import type { WantedComponent } from "../plugins.js";

/** Who wrote an entry: the process that is alive or not. */
export interface LedgerOwner {
  readonly host: string;
  readonly pid: number;
  /** See `processIdentity`. */
  readonly process: string;
}

/** One line of a ledger file. */
export type LedgerLine =
  | ({
      readonly v: 1;
      readonly entry: number;
      readonly event: "intend";
      readonly at: number;
      readonly component: WantedComponent;
      readonly owner: LedgerOwner;
    } & LedgerIntent)
  | { readonly v: 1; readonly entry: number; readonly event: "created"; readonly at: number; readonly id: string }
  | { readonly v: 1; readonly entry: number; readonly event: "released"; readonly at: number };

/** A resource that a ledger says was not released. */
export interface OpenResource {
  readonly entry: number;
  readonly component: WantedComponent;
  readonly owner: LedgerOwner;
  readonly resource: LeftResource;
}

/** Appends to a run's ledger. Intents that are not transient are on the disk before they resolve. */
export interface LedgerWriter {
  /** A ledger whose entries belong to a component; `onChange` is told what was created and released. */
  forComponent(component: WantedComponent, onChange: (change: LedgerChange) => void): Ledger;
  /** Notes that a resource of an earlier run is gone. */
  release(entry: number): void;
  close(): void;
}

/** What happened to a resource; `unrecorded` when the ledger itself could not be written. */
export type LedgerChange =
  | { readonly kind: "created" | "released"; readonly intent: LedgerIntent; readonly id?: string }
  | { readonly kind: "unrecorded"; readonly path: string; readonly reason: string };

/** Name of the ledger inside a run's folder. */
export const ledgerFile = "ledger.ndjson";

/** Opens a run's ledger for appending; the file is made with the first line. */
export function createLedgerWriter(
  directory: string,
  options: { readonly clock: Clock; readonly owner: LedgerOwner },
): LedgerWriter {
  let descriptor: number | undefined;
  let count = 0;
  let told = false;
  const append = (line: LedgerLine, durable: boolean): void => {
    if (descriptor === undefined) {
      descriptor = openSync(path.join(directory, ledgerFile), "a", 0o600);
      syncDirectory(directory);
    }
    // One write of a whole line: a killed process leaves at most one torn line at the end.
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
    if (durable) fsyncSync(descriptor);
  };
  /** A build goes on when the ledger cannot be written, as it does without a state folder; it says so once. */
  const tryAppend = (line: LedgerLine, durable: boolean, onChange: (change: LedgerChange) => void): void => {
    try {
      append(line, durable);
    } catch (error) {
      if (!told) onChange({ kind: "unrecorded", path: directory, reason: describeSystemError(error) });
      told = true;
    }
  };
  const now = (): number => options.clock.now();
  return {
    forComponent: (component, onChange) => ({
      async intend(intent) {
        count += 1;
        const entry = count;
        const { resource, name, details, transient } = intent;
        const facts: LedgerIntent = { resource, name, ...(details === undefined ? {} : { details }) };
        const announce = (change: LedgerChange): void => {
          if (transient !== true) onChange(change);
        };
        tryAppend(
          { v: 1, entry, event: "intend", at: now(), component, owner: options.owner, ...facts },
          transient !== true,
          onChange,
        );
        let id: string | undefined;
        const result: LedgerEntry = {
          intent: facts,
          async created(given) {
            id = given;
            tryAppend({ v: 1, entry, event: "created", at: now(), id: given }, false, onChange);
            announce({ kind: "created", intent: facts, id: given });
          },
          async released() {
            tryAppend({ v: 1, entry, event: "released", at: now() }, false, onChange);
            announce({ kind: "released", intent: facts, ...(id === undefined ? {} : { id }) });
          },
        };
        return result;
      },
    }),
    release: (entry) => append({ v: 1, entry, event: "released", at: now() }, true),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** A ledger that keeps nothing, for runs without a state folder. */
export function createForgetfulLedger(onChange: (change: LedgerChange) => void): Ledger {
  return {
    async intend(intent) {
      let known: { readonly id?: string } = {};
      const announce = (change: LedgerChange): void => {
        if (intent.transient !== true) onChange(change);
      };
      return {
        intent,
        async created(id) {
          known = { id };
          announce({ kind: "created", intent, id });
        },
        released: async () => announce({ kind: "released", intent, ...known }),
      };
    },
  };
}

/**
 * The resources that a run's ledger leaves open, oldest first. Lines that are torn or not ours are passed over: what a
 * killed process wrote last may be incomplete, and its resource was not created yet then.
 */
export function readOpenResources(directory: string): readonly OpenResource[] {
  let text: string;
  try {
    text = readFileSync(path.join(directory, ledgerFile), "utf8");
  } catch {
    return [];
  }
  const open = new Map<number, OpenResource>();
  for (const raw of text.split("\n")) {
    const line = parseLine(raw);
    if (line === undefined) continue;
    if (line.event === "intend") {
      const { entry, component, owner, resource, name, details } = line;
      open.set(entry, {
        entry,
        component,
        owner,
        resource: { resource, name, ...(details === undefined ? {} : { details }) },
      });
    } else if (line.event === "released") open.delete(line.entry);
    else {
      const found = open.get(line.entry);
      if (found !== undefined) open.set(line.entry, { ...found, resource: { ...found.resource, id: line.id } });
    }
  }
  return [...open.values()];
}

function parseLine(raw: string): LedgerLine | undefined {
  try {
    const line = JSON.parse(raw) as Json;
    if (typeof line !== "object" || line === null || Array.isArray(line)) return undefined;
    const fields = line as Readonly<Record<string, Json>>;
    return fields["v"] === 1 && typeof fields["entry"] === "number" ? (line as unknown as LedgerLine) : undefined;
  } catch {
    return undefined;
  }
}

function syncDirectory(directory: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(directory, "r");
    fsyncSync(descriptor);
  } catch {
    // Not every file system lets folders be synchronised; the file itself still is.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
