/** First and last code points of the ranges that terminals draw two columns wide (Unicode East Asian Width W and F). */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

let segmenter: Intl.Segmenter | undefined;

/** Splits text into user-perceived characters. */
export function splitGraphemes(text: string): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Number of terminal columns of one user-perceived character. */
export function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0;
  if (grapheme.includes("\ufe0f") || /^\p{Emoji_Presentation}/u.test(grapheme)) return 2;
  return wideRanges.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Number of terminal columns that `text` takes; tabs and line ends are not expected in it. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return splitGraphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text, or as much of its beginning as fits into `columns` (at least one) with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let room = columns - 1;
  for (const grapheme of splitGraphemes(text)) {
    room -= graphemeWidth(grapheme);
    if (room < 0) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

/**
 * Makes control characters visible, so that neither a terminal nor a reader can be misled by a file's contents: C0
 * controls become their pictures, bidirectional controls and other invisible formatting becomes `<U+202E>`. Line feeds
 * and tabs stay.
 */
export function showControls(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x20-\x7e\t\n]*$/.test(text)) return text;
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => {
      const code = character.charCodeAt(0);
      if (code < 0x20) return String.fromCharCode(0x2400 + code);
      if (code === 0x7f) return "\u2421";
      return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
    },
  );
}

/**
 * Breaks text into lines of at most `width` columns at spaces. Lines that begin with white space are kept as they are:
 * they hold commands and examples.
 */
export function wrapText(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => (/^\s/.test(line) ? [line.trimEnd()] : wrapLine(line, width)));
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  let columns = 0;
  for (const word of line.split(/ +/)) {
    const wordColumns = displayWidth(word);
    if (current !== "" && columns + 1 + wordColumns > width) {
      lines.push(current);
      current = "";
      columns = 0;
    }
    current = current === "" ? word : `${current} ${word}`;
    columns = current === word ? wordColumns : columns + 1 + wordColumns;
  }
  lines.push(current);
  return lines;
}
