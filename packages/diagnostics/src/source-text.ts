/**
 * A place in a source text, in every unit somebody asks for.
 *
 * `line` and `column` are 1-based, and `column` counts grapheme clusters as HCL does, without a byte order mark; `byte` is the 0-based UTF-8
 * offset; `character` is the 0-based UTF-16 offset within the line, the language server protocol's unit.
 */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
  readonly character: number;
}

let segmenter: Intl.Segmenter | undefined;

/** Letters of most languages, each a cluster of its own. A carriage return is not among them: a line feed joins it. */
const singles =
  /^[\x20-\x7e\t\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]*$/;

/** Counts grapheme clusters (Unicode UAX #29). Simple text never builds the segmenter, which costs about 9 ms. */
export function countGraphemes(text: string): number {
  if (singles.test(text)) return text.length;
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  let count = 0;
  let start = 0;
  let length = windowLength;
  for (;;) {
    let end = Math.min(start + length, text.length);
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length) end++;
    let last = 0;
    let found = 0;
    for (const { index } of segmenter.segment(text.slice(start, end))) {
      last = index;
      found++;
    }
    if (end === text.length) return count + found;
    // What ends with the window may go on after it.
    if (found > 1) {
      count += found - 1;
      start += last;
      length = windowLength;
    } else length *= 2;
  }
}

/** UTF-16 units that are looked at together: the segmenter takes a time that grows with the square of its text. */
const windowLength = 512;

/** Length of `text` in UTF-8 bytes. Lone surrogates count as three bytes, as Node encodes them. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/**
 * One file's text with lazy position lookup. All offsets taken and returned are UTF-16 code units unless a name says
 * otherwise. This file is the only place where units are converted.
 */
export class SourceText {
  readonly name: string;
  readonly text: string;
  #lineStarts: number[] | undefined;
  #isAscii: boolean | undefined;
  /** The last column that was asked for: most questions come in the order of the text, and a line may be long. */
  #counted = { from: 0, to: 0, count: 0 };

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** Offsets at which lines begin. A line ends after `\n`; a lone `\r` ends no line. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      let next = this.text.indexOf("\n");
      while (next !== -1) {
        starts.push(next + 1);
        next = this.text.indexOf("\n", next + 1);
      }
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  get isAscii(): boolean {
    // oxlint-disable-next-line no-control-regex
    this.#isAscii ??= /^[\x00-\x7f]*$/.test(this.text);
    return this.#isAscii;
  }

  /** 0-based index of the line that holds `offset`. */
  lineIndexAt(offset: number): number {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Text of a 0-based line without its line end. */
  lineText(index: number): string {
    const start = this.lineStarts[index];
    if (start === undefined) return "";
    const next = this.lineStarts[index + 1];
    let end = next === undefined ? this.text.length : next - 1;
    if (end > start && this.text.charCodeAt(end - 1) === 13) end--;
    return this.text.slice(start, end);
  }

  /** Position of an offset; offsets outside the text are clamped. */
  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    const lineIndex = this.lineIndexAt(clamped);
    const lineStart = this.lineStarts[lineIndex] as number;
    // A byte order mark has bytes, but takes no column.
    const columnStart = lineStart === 0 && this.text.charCodeAt(0) === 0xfeff ? 1 : lineStart;
    return {
      line: lineIndex + 1,
      column: this.#count(columnStart, Math.max(columnStart, clamped)) + 1,
      byte: this.byteOffsetAt(clamped),
      character: clamped - lineStart,
    };
  }

  #count(from: number, to: number): number {
    const known = this.#counted;
    // Between two printable characters of ASCII there is always a boundary.
    const goesOn =
      from === known.from && to >= known.to && /^[\x20-\x7e]{2}$/.test(this.text.slice(known.to - 1, known.to + 1));
    const count = goesOn
      ? known.count + countGraphemes(this.text.slice(known.to, to))
      : countGraphemes(this.text.slice(from, to));
    this.#counted = { from, to, count };
    return count;
  }

  /** UTF-8 byte offset of a UTF-16 offset. */
  byteOffsetAt(offset: number): number {
    if (this.isAscii) return offset;
    return utf8Length(this.text.slice(0, offset));
  }

  /** UTF-16 offset of a UTF-8 byte offset; a byte inside a character gives that character's start. */
  offsetAtByte(byte: number): number {
    if (this.isAscii) return byte;
    let bytes = 0;
    let offset = 0;
    while (offset < this.text.length && bytes < byte) {
      const code = this.text.codePointAt(offset) as number;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (bytes > byte) return offset;
      offset += code > 0xffff ? 2 : 1;
    }
    return offset;
  }

  /** UTF-16 offset of an LSP position (0-based line and UTF-16 character), clamped to the line. */
  offsetAtLine(line: number, character: number): number {
    const start = this.lineStarts[line];
    if (start === undefined) return this.text.length;
    return Math.min(start + character, start + this.lineText(line).length);
  }
}
