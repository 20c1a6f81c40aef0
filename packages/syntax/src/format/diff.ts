/** What stands in the header of a diff. */
export interface DiffLabels {
  readonly old: string;
  readonly new: string;
}

/** Lines around a change that are shown with it. */
const contextLines = 3;
/** Beyond this many changed lines the shortest list of changes is not looked for any more. */
const maximumEdits = 2000;

type Edit = {
  readonly kind: " " | "-" | "+";
  readonly line: string;
  readonly oldIndex: number;
  readonly newIndex: number;
};

/**
 * The difference of two texts in the unified format, as `diff -u` prints it with three lines of context and without
 * times; the empty string when the texts are equal. Lines keep their own line ends, a missing one at the end of a text
 * is marked.
 */
export function unifiedDiff(oldText: string, newText: string, labels: DiffLabels): string {
  if (oldText === newText) return "";
  const edits = diffLines(splitLines(oldText), splitLines(newText));
  const hunks = groupHunks(edits).map(({ from, to }) => renderHunk(edits.slice(from, to)));
  return `--- ${labels.old}\n+++ ${labels.new}\n${hunks.join("")}`;
}

function splitLines(text: string): string[] {
  const lines = text.split("\n").map((line) => `${line}\n`);
  const last = lines.pop() as string;
  if (last !== "\n") lines.push(last.slice(0, -1));
  return lines;
}

function diffLines(oldLines: readonly string[], newLines: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < oldLines.length && start < newLines.length && oldLines[start] === newLines[start]) start++;
  let oldEnd = oldLines.length;
  let newEnd = newLines.length;
  while (oldEnd > start && newEnd > start && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  const kept = keptPairs(oldLines.slice(start, oldEnd), newLines.slice(start, newEnd));
  const edits: Edit[] = [];
  let oldIndex = 0;
  let newIndex = 0;
  const goTo = (oldStop: number, newStop: number): void => {
    for (; oldIndex < oldStop; oldIndex++)
      edits.push({ kind: "-", line: oldLines[oldIndex] as string, oldIndex, newIndex });
    for (; newIndex < newStop; newIndex++)
      edits.push({ kind: "+", line: newLines[newIndex] as string, oldIndex, newIndex });
  };
  const keep = (): void => {
    edits.push({ kind: " ", line: oldLines[oldIndex] as string, oldIndex, newIndex });
    oldIndex++;
    newIndex++;
  };
  while (oldIndex < start) keep();
  for (const [oldKept, newKept] of kept) {
    goTo(start + oldKept, start + newKept);
    keep();
  }
  goTo(oldEnd, newEnd);
  while (oldIndex < oldLines.length) keep();
  return edits;
}

/** Index pairs of the lines that stay: a longest common subsequence, found by Myers' algorithm. */
function keptPairs(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const limit = Math.min(a.length + b.length, maximumEdits);
  // How far along `a` every diagonal has come; diagonal k has index k + limit + 1.
  const middle = limit + 1;
  const furthest = new Int32Array(2 * limit + 3).fill(-1);
  furthest[middle + 1] = 0;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const below = furthest[middle + diagonal - 1] as number;
      const above = furthest[middle + diagonal + 1] as number;
      let x = isInsertion(diagonal, edits, below < above) ? above : below + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest[middle + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  // Formatting keeps the number of lines, so comparing line by line is a good answer for a file that changes throughout.
  return a.length === b.length ? a.flatMap((line, index) => (line === b[index] ? [[index, index] as const] : [])) : [];
}

/** Whether the best way to a diagonal is a line of `b` rather than one of `a`. */
function isInsertion(diagonal: number, edits: number, isAboveFurther: boolean): boolean {
  return diagonal === -edits || (diagonal !== edits && isAboveFurther);
}

function walkBack(
  trace: readonly Int32Array[],
  oldLength: number,
  newLength: number,
): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  let x = oldLength;
  let y = newLength;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] as Int32Array;
    const middle = edits + 1;
    const diagonal = x - y;
    const below = furthest[middle + diagonal - 1] as number;
    const above = furthest[middle + diagonal + 1] as number;
    const isDown = isInsertion(diagonal, edits, below < above);
    const previousX = edits === 0 ? 0 : isDown ? above : below;
    const startX = edits === 0 || isDown ? previousX : previousX + 1;
    while (x > startX) pairs.push([--x, --y]);
    x = previousX;
    y = edits === 0 ? 0 : previousX - (isDown ? diagonal + 1 : diagonal - 1);
  }
  return pairs.reverse();
}

/** Ranges of edits that belong into one hunk each: changes with at most twice the context between them. */
function groupHunks(edits: readonly Edit[]): readonly { from: number; to: number }[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [index, edit] of edits.entries()) {
    if (edit.kind === " ") continue;
    const from = Math.max(0, index - contextLines);
    const to = Math.min(edits.length, index + 1 + contextLines);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}

function renderHunk(edits: readonly Edit[]): string {
  const oldCount = edits.filter((edit) => edit.kind !== "+").length;
  const newCount = edits.filter((edit) => edit.kind !== "-").length;
  const first = edits[0] as Edit;
  const head = `@@ -${rangeText(first.oldIndex, oldCount)} +${rangeText(first.newIndex, newCount)} @@\n`;
  return (
    head +
    edits
      .map(({ kind, line }) => `${kind}${line}${line.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`)
      .join("")
  );
}

function rangeText(index: number, count: number): string {
  if (count === 1) return String(index + 1);
  return `${count === 0 ? index : index + 1},${count}`;
}
