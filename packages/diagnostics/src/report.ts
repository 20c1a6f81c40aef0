import { diagnose, type CatalogEntry, type DiagnosticPlacement, type EntryArguments } from "./catalog.js";
import type { Diagnostic } from "./diagnostic.js";
import type { SourceSet } from "./source-set.js";

/**
 * Where a function sends its findings. Functions that can meet a user's mistake take one, report, and go on with a
 * placeholder; they never throw for it.
 */
export interface Report {
  <Names extends string>(entry: CatalogEntry<Names>, args: EntryArguments<Names> & DiagnosticPlacement): void;
  /** Passes on a diagnostic that exists already. */
  add(diagnostic: Diagnostic): void;
}

/** Makes a {@link Report} that hands every diagnostic to `sink`. */
export function createReport(sink: (diagnostic: Diagnostic) => void): Report {
  const report = (<Names extends string>(
    entry: CatalogEntry<Names>,
    args: EntryArguments<Names> & DiagnosticPlacement,
  ): void => sink(diagnose(entry, args))) as Report;
  report.add = sink;
  return report;
}

/** Collects diagnostics. */
export class DiagnosticBag {
  readonly #items: Diagnostic[] = [];
  /** The report that fills this bag. */
  readonly report: Report = createReport((diagnostic) => this.#items.push(diagnostic));

  /** In the order of arrival. */
  get items(): readonly Diagnostic[] {
    return this.#items;
  }

  get hasErrors(): boolean {
    return this.#items.some((item) => item.severity === "error");
  }

  /**
   * Sorted by file load order, offset and code, with identical (code, span, message) merged. Diagnostics without a
   * span come first, in the order of arrival among equals.
   */
  sorted(sources: SourceSet): readonly Diagnostic[] {
    return sortDiagnostics(this.#items, sources);
  }
}

/** See {@link DiagnosticBag.sorted}. */
export function sortDiagnostics(items: readonly Diagnostic[], sources: SourceSet): readonly Diagnostic[] {
  const seen = new Set<string>();
  const unique = items.filter((item) => {
    const key = JSON.stringify([item.code, item.primary ?? null, item.message, item.address ?? null]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const orders = new Map<string, number>();
  for (const item of unique) {
    const file = item.primary?.file;
    if (file !== undefined && !orders.has(file)) orders.set(file, sources.orderOf(file));
  }
  const order = (item: Diagnostic): number =>
    item.primary === undefined ? -1 : (orders.get(item.primary.file) ?? Number.MAX_SAFE_INTEGER);
  return unique.toSorted(
    (a, b) =>
      order(a) - order(b) ||
      compareText(a.primary?.file ?? "", b.primary?.file ?? "") ||
      (a.primary?.start ?? 0) - (b.primary?.start ?? 0) ||
      (a.primary?.end ?? 0) - (b.primary?.end ?? 0) ||
      compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
