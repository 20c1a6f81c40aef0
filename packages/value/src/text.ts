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

/** The form in which strings are stored: NFC, with lone surrogates replaced by U+FFFD. */
export function normalizeText(text: string): string {
  const wellFormed = surrogates.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
  return wellFormed.normalize("NFC");
}

let segmenter: Intl.Segmenter | undefined;

/** Splits into grapheme clusters (Unicode UAX #29). */
export function graphemesOf(text: string): string[] {
  if (/^[\x20-\x7e\t]*$/.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  const result: string[] = [];
  for (const { segment } of segmenter.segment(text)) result.push(segment);
  return result;
}

/** Number of grapheme clusters: the length of a string as `length` and refinements count it. */
export function graphemeCount(text: string): number {
  // A carriage return followed by a line feed is one cluster, so only printable ASCII takes the short way.
  if (/^[\x20-\x7e\t]*$/.test(text)) return text.length;
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}
