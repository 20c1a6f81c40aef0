const surrogates = /[\ud800-\udfff]/;

/**
 * Orders two strings by their UTF-8 bytes (equal to code point order), which is the order of object attributes, map
 * keys and sets of strings. Plain `<` compares UTF-16 units and differs where surrogates meet U+E000…U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1;
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  if (index === length) return a.length - b.length;
  // Surrogates stand for code points above every other unit.
  return codeUnitRank(a.charCodeAt(index)) - codeUnitRank(b.charCodeAt(index));
}

function codeUnitRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Below U+0300 nothing composes. */
// oxlint-disable-next-line no-control-regex
const stable = /^[\x00-\u02ff]*$/;

/** The form in which strings are stored: NFC, with lone surrogates replaced by U+FFFD. */
export function normalizeText(text: string): string {
  if (stable.test(text)) return text;
  const wellFormed = surrogates.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
  return wellFormed.normalize("NFC");
}

let segmenter: Intl.Segmenter | undefined;

function segment(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/**
 * Texts in which every UTF-16 unit is a grapheme cluster by itself: no carriage return, which joins with a line feed,
 * and nothing that combines. Segmenting is a hundred times slower than this test.
 */
// oxlint-disable-next-line no-control-regex
const unitsOnly = /^[\x00-\x0c\x0e-\u02ff\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]*$/;

/** UTF-16 units that are segmented at a time. */
const windowLength = 512;

/**
 * Visits the grapheme clusters in order. Texts of flags or joined emoji make the segmenter look back to their beginning
 * for each cluster, so it gets them in pieces: what lies before a boundary never matters for those after it.
 */
function visitClusters(text: string, visit: (cluster: string) => void): void {
  let start = 0;
  let length = windowLength;
  while (start < text.length) {
    let end = start + length;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    let last = "";
    let visited = 0;
    for (const cluster of segment(text.slice(start, end))) {
      if (last !== "") visit(last);
      visited += last.length;
      last = cluster.segment;
    }
    if (end >= text.length) {
      visit(last);
      return;
    }
    // The last cluster of the window may go on after it, even when it fills the window.
    start += visited;
    length = visited === 0 ? 2 * length : windowLength;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Splits into grapheme clusters (Unicode UAX #29). */
export function graphemesOf(text: string): string[] {
  if (unitsOnly.test(text)) return text.split("");
  const result: string[] = [];
  visitClusters(text, (cluster) => result.push(cluster));
  return result;
}

/** Number of grapheme clusters: the length of a string as `length` and refinements count it. */
export function graphemeCount(text: string): number {
  if (unitsOnly.test(text)) return text.length;
  let count = 0;
  visitClusters(text, () => count++);
  return count;
}

/** The last grapheme cluster, found without segmenting the rest; empty for an empty text. */
export function lastGrapheme(text: string): string {
  return text === "" ? "" : (segment(text).containing(text.length - 1)?.segment ?? "");
}
