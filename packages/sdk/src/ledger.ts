import type { Json } from "./json.js";

/** A thing outside of this process that would stay behind if the process died. */
export interface LedgerIntent {
  /** Kind of thing, in the owner's words: `container`, `instance`, `directory`, `process`. */
  readonly resource: string;
  /** The name, label or client token that we choose, by which the thing can be found again. */
  readonly name: string;
  /** What else is needed to find and remove it: endpoint, region, label. Never secrets. */
  readonly details?: Readonly<Record<string, Json>>;
  /** It ends with this machine's power, and is of no interest while the run lives: neither synchronised nor announced. */
  readonly transient?: boolean;
}

/** One line of the ledger. */
export interface LedgerEntry {
  readonly intent: LedgerIntent;
  /** Notes the identifier that the outside gave to the thing. */
  created(id: string): Promise<void>;
  /** The thing is gone, or has become the artifact: `cleanup` must not touch it any more. */
  released(): Promise<void>;
}

/**
 * Write-ahead record of outside resources. Call {@link Ledger.intend} and await it *before* creating the thing: when it
 * resolves, the intent is on the disk.
 */
export interface Ledger {
  intend(intent: LedgerIntent): Promise<LedgerEntry>;
}

/** What `cleanup` hands to a component to remove a thing that a dead run left behind. */
export interface LeftResource extends LedgerIntent {
  readonly id?: string;
}
