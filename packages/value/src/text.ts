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

/** Splits into grapheme clusters (Unicode UAX #29). */
export function graphemesOf(text: string): string[] {
  if (unitsOnly.test(text)) return text.split("");
  const result: string[] = [];
  for (const cluster of segment(text)) result.push(cluster.segment);
  return result;
}

/** Number of grapheme clusters: the length of a string as `length` and refinements count it. */
export function graphemeCount(text: string): number {
  if (unitsOnly.test(text)) return text.length;
  let count = 0;
  for (const _ of segment(text)) count++;
  return count;
}

/** The last grapheme cluster, found without segmenting the rest; empty for an empty text. */
export function lastGrapheme(text: string): string {
  return text === "" ? "" : (segment(text).containing(text.length - 1)?.segment ?? "");
}
