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
  /** Offset of the token at which the first pass was over. */
  readonly stop: number;
  /** Mistakes that had misled the lexer. */
  readonly misread: readonly RepairFinding[];
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
  const { misread } = findings;
  if (misread.length === 0) return mergeStops(source, findings);
  const isOwn = (item: Diagnostic): boolean =>
    !misread.some((cause) => startOf(cause.diagnostic) <= startOf(item) && startOf(item) <= cause.until);
  // What the first pass met behind a misread place, it met in a text that was not there.
  const start = Math.min(...misread.map((cause) => startOf(cause.diagnostic)));
  const first = findings.stop < start ? findings.first : undefined;
  const others = mergeStops(source, {
    ...findings,
    first,
    repairs: findings.repairs.filter((repair) => isOwn(repair.diagnostic)),
    found: findings.found.filter(isOwn),
  });
  const all = [...misread.map((cause) => cause.diagnostic), ...others].toSorted(byStart);
  return dropFollowing(dampLines(source, all));
}

function mergeStops(source: SourceText, findings: Findings): readonly Diagnostic[] {
  const { first } = findings;
  const damped = dampLines(source, independentFindings(source, findings).toSorted(byStart));
  if (first === undefined) return dropFollowing(damped);
  const same = damped.findIndex((item) => startOf(item) === startOf(first));
  // The grammar sees only that nothing of this kind is open, repair sees what is.
  if (damped[same]?.code === "syntax/mismatched-bracket") return dropFollowing(damped);
  const merged = same === -1 ? [withSuspect(first, damped[0]), ...damped.slice(1)] : damped.with(same, first);
  return dropFollowing(dampLines(source, merged.toSorted(byStart)));
}

const unclosed: ReadonlySet<string> = new Set(["syntax/unclosed-block", "syntax/unclosed-bracket"]);

/** The mistake with the bracket that by its indentation is the one that is not closed. */
function withSuspect(first: Diagnostic, suspect: Diagnostic | undefined): Diagnostic {
  const span = suspect?.primary;
  if (span === undefined || !unclosed.has(suspect?.code ?? "")) return first;
  const related = first.related ?? [];
  if (related.some((item) => item.span.start === span.start)) return first;
  return { ...first, related: [...related, { span, message: "By the indentation, this is what is not closed." }] };
}

function independentFindings(source: SourceText, { first, repairs, found: all, atEnd }: Findings): Diagnostic[] {
  const textEnd = source.text.trimEnd().length;
  const found = withoutConsequences(all, repairs);
  const stops = first === undefined ? found : [first, ...found];
  const starts = sortedStarts(stops);
  const kept = repairs
    .filter((repair) => firstCovered(starts, repair) === starts.length)
    .map((repair) => repair.diagnostic);
  if (atEnd === undefined) return [...kept, ...found];
  const before = found.filter((stop) => startOf(stop) < textEnd);
  const lastLine = source.lineIndexAt(textEnd);
  const follows = stops.some(
    (stop) => startOf(stop) !== startOf(atEnd) && source.lineIndexAt(startOf(stop)) >= lastLine,
  );
  return follows ? [...kept, ...(first === undefined ? found : before)] : [...kept, ...before, atEnd];
}

/** Of several stops inside of one repaired bracket only the first is a mistake of its own. */
function withoutConsequences(stops: readonly Diagnostic[], repairs: readonly RepairFinding[]): readonly Diagnostic[] {
  const starts = sortedStarts(stops);
  // How many repairs begin or cease to explain away the stop at each index: files may have thousands of both.
  const changes = new Int32Array(starts.length + 1);
  for (const repair of repairs) {
    const covered = firstCovered(starts, repair);
    if (covered === starts.length) continue;
    const from = indexAfter(starts, starts[covered] as number);
    const to = indexAfter(starts, repair.until);
    if (from >= to) continue;
    changes[from] = (changes[from] ?? 0) + 1;
    changes[to] = (changes[to] ?? 0) - 1;
  }
  const explained = new Set<number>();
  let depth = 0;
  for (const [index, start] of starts.entries()) {
    depth += changes[index] ?? 0;
    if (depth > 0) explained.add(start);
  }
  return stops.filter((stop) => !explained.has(startOf(stop)));
}

function sortedStarts(items: readonly Diagnostic[]): readonly number[] {
  return items.map(startOf).toSorted((a, b) => a - b);
}

/** Index of the first stop inside of a repair; the number of stops when there is none. */
function firstCovered(starts: readonly number[], repair: RepairFinding): number {
  const index = indexAfter(starts, startOf(repair.diagnostic));
  return index < starts.length && (starts[index] as number) <= repair.until ? index : starts.length;
}

/** Index of the first start that is greater than `offset`. */
function indexAfter(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
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
