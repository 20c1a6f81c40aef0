import type { Diagnostic } from "./diagnostic.js";
import type { SourceSet } from "./source-set.js";
import type { Span } from "./span.js";

/** How many diagnostics are shown. */
export interface DiagnosticLimits {
  /** How many diagnostics are shown at all; 50 when absent. */
  readonly maximum?: number | undefined;
  /** How many `syntax/…` errors are shown for one top-level block; 3 when absent. */
  readonly maximumSyntaxErrorsPerBlock?: number | undefined;
}

/** What {@link limitDiagnostics} leaves, and how much it left out. */
export interface LimitedDiagnostics {
  readonly shown: readonly Diagnostic[];
  /** Errors, warnings and infos that are not shown. */
  readonly hidden: number;
}

/**
 * Keeps a long list readable: after a mistake the syntax errors that follow in the same block are mostly its echo.
 * Every block that has syntax errors keeps at least its first.
 */
export function limitDiagnostics(
  items: readonly Diagnostic[],
  sources: SourceSet,
  limits: DiagnosticLimits = {},
): LimitedDiagnostics {
  const perBlock = limits.maximumSyntaxErrorsPerBlock ?? 3;
  const maximum = limits.maximum ?? 50;
  const counts = new Map<string, number>();
  const damped = items.filter((item) => {
    if (item.severity !== "error" || item.primary === undefined || !item.code.startsWith("syntax/")) return true;
    const key = `${item.primary.file}\0${blockLineOf(item.primary, sources)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= perBlock;
  });
  const shown = damped.slice(0, maximum);
  return { shown, hidden: items.length - shown.length };
}

/**
 * Line where the top-level block around a place begins, by layout: the last line up to it whose first character is
 * neither white space nor a closing bracket nor a comment. A broken file has no better structure than that.
 */
function blockLineOf(span: Span, sources: SourceSet): number {
  const source = sources.get(span.file);
  if (source === undefined) return 0;
  for (let index = source.lineIndexAt(span.start); index > 0; index--) {
    if (/^[^\s\])}#/]/.test(source.lineText(index))) return index;
  }
  return 0;
}
