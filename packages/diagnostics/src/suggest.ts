/**
 * Number of single-character insertions, deletions and replacements that turn `a` into `b`, or `limit` when it is at
 * least that.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  const from = [...a];
  const to = [...b];
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let previous = to.map((_, index) => index);
  previous.push(to.length);
  for (const [row, character] of from.entries()) {
    const current = [row + 1];
    let best = row + 1;
    for (const [column, other] of to.entries()) {
      const replaced = (previous[column] as number) + (character === other ? 0 : 1);
      const cost = Math.min(replaced, (previous[column + 1] as number) + 1, (current[column] as number) + 1);
      current.push(cost);
      if (cost < best) best = cost;
    }
    if (best >= limit) return limit;
    previous = current;
  }
  return Math.min(previous[to.length] as number, limit);
}

function sorted(text: string): string {
  return [...text].toSorted().join("");
}

/**
 * The candidate that the user most likely meant by `name`, for "Did you mean …?" details: the nearest one within two
 * edits, the first of equals. A name of one or two letters must keep at least one of them; one of up to four letters
 * that differs in two must begin with the same letter or have the same ones. `undefined` when nothing is near enough.
 */
export function suggestName(name: string, candidates: Iterable<string>): string | undefined {
  const letters = [...name];
  const isShort = letters.length <= 4;
  let limit = Math.min(3, letters.length);
  let best: string | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate, limit);
    if (distance >= limit) continue;
    if (isShort && distance > 1 && candidate[0] !== name[0] && sorted(candidate) !== sorted(name)) continue;
    limit = distance;
    best = candidate;
  }
  return best;
}
