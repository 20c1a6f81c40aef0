import type { Diagnostic, SourceText } from "@hclbuild/diagnostics";

/** A repair of brackets or lines. */
export interface RepairFinding {
  readonly diagnostic: Diagnostic;
  /** Offset up to which the text is affected: where an unclosed bracket was closed. */
  readonly until: number;
}

/** What the passes over a text with mistakes found. */
export interface Findings {
  /** Where the grammar stopped in the first pass. */
  readonly first: Diagnostic | undefined;
  readonly repairs: readonly RepairFinding[];
  /** Where the grammar stopped in the second pass. */
  readonly found: readonly Diagnostic[];
  /** What is unclosed at the end of the text. */
  readonly atEnd: Diagnostic | undefined;
}

const startOf = (item: Diagnostic): number => item.primary?.start ?? 0;
const byStart = (a: Diagnostic, b: Diagnostic): number => startOf(a) - startOf(b);

/**
 * Joins what the two passes found, one diagnostic for each mistake.
 *
 * The first pass stopped exactly where the grammar noticed the first mistake; the second one worked on repaired
 * brackets and may place the same mistake at its cause. The first pass's place counts. Some findings only follow from
 * others and are left out: a repair around a place where the grammar stopped, all but the first finding on a line, a
 * closing bracket whose opening one an earlier mistake hid, and what is open at the end after a mistake there.
 */
export function mergeProblems(source: SourceText, findings: Findings): readonly Diagnostic[] {
  const { first } = findings;
  const damped = dampLines(source, independentFindings(source, findings).toSorted(byStart));
  if (first === undefined) return dropFollowing(damped);
  const same = damped.findIndex((item) => startOf(item) === startOf(first));
  const merged = same === -1 ? [first, ...damped.slice(1)] : damped.with(same, first);
  return dropFollowing(dampLines(source, merged.toSorted(byStart)));
}

function independentFindings(source: SourceText, { first, repairs, found: all, atEnd }: Findings): Diagnostic[] {
  const textEnd = source.text.trimEnd().length;
  const covers = (repair: RepairFinding, stop: Diagnostic): boolean =>
    startOf(repair.diagnostic) < startOf(stop) && startOf(stop) <= repair.until;
  // Of several stops inside of one repaired bracket only the first is a mistake of its own.
  const found = all.filter(
    (stop) =>
      !repairs.some(
        (repair) =>
          covers(repair, stop) && all.some((other) => covers(repair, other) && startOf(other) < startOf(stop)),
      ),
  );
  const stops = first === undefined ? found : [first, ...found];
  const kept = repairs
    .filter((repair) => !stops.some((stop) => covers(repair, stop)))
    .map((repair) => repair.diagnostic);
  if (atEnd === undefined) return [...kept, ...found];
  const before = found.filter((stop) => startOf(stop) < textEnd);
  const lastLine = source.lineIndexAt(textEnd);
  const follows = stops.some(
    (stop) => startOf(stop) !== startOf(atEnd) && source.lineIndexAt(startOf(stop)) >= lastLine,
  );
  return follows ? [...kept, ...(first === undefined ? found : before)] : [...kept, ...before, atEnd];
}

function dampLines(source: SourceText, items: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = new Set<number>();
  return items.filter((item) => {
    const line = source.lineIndexAt(startOf(item));
    // Escapes are independent of each other and of everything else.
    if (lines.has(line) && item.code !== "syntax/invalid-escape") return false;
    lines.add(line);
    return true;
  });
}

function dropFollowing(items: readonly Diagnostic[]): readonly Diagnostic[] {
  return items.filter((item, index) => index === 0 || item.code !== "syntax/unexpected-closing");
}
