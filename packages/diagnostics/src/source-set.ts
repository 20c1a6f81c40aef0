import { SourceText } from "./source-text.js";
import type { Span } from "./span.js";

/** What is hidden in one text. */
interface Hidden {
  /** Ends by their starts; the ranges may overlap. */
  readonly ranges: Map<number, number>;
  /** The text without it, once somebody has asked: a text with many errors has many excerpts. */
  masked: Masked | undefined;
}

interface Masked {
  readonly source: SourceText;
  readonly pieces: readonly MaskedPiece[];
}

/** A hidden part of a line: where it stands in the text, and where the mask of it begins. */
interface MaskedPiece {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/** The same for all that is hidden, so that it does not tell how long that is. */
const mask = "*".repeat(8);

/** A text for excerpts, and where in it a span is. */
export interface ExcerptSource {
  readonly source: SourceText;
  place(span: Span): Span;
}

/**
 * The texts that spans may point into, in load order. Renderers take it as an argument, so an excerpt can be shown at
 * every stage of compilation.
 */
export class SourceSet {
  readonly #texts = new Map<string, SourceText>();
  readonly #shownNames = new Map<string, string>();
  readonly #hidden = new Map<string, Hidden>();

  /**
   * Registers a text, and what people are to know it as if that is not its name. A second text under the same name
   * replaces the first and keeps its place in the order and what it is known as.
   */
  add(source: SourceText, shownName?: string): void {
    if (this.#texts.get(source.name)?.text !== source.text) this.#hidden.delete(source.name);
    this.#texts.set(source.name, source);
    if (shownName !== undefined) this.#shownNames.set(source.name, shownName);
  }

  get(name: string): SourceText | undefined {
    return this.#texts.get(name);
  }

  /** Keeps a range, such as that of a secret, out of all excerpts. Places are still told by the text as it is. */
  hide(span: Span): void {
    const hidden = this.#hidden.get(span.file) ?? { ranges: new Map<number, number>(), masked: undefined };
    this.#hidden.set(span.file, hidden);
    const known = hidden.ranges.get(span.start);
    if (known !== undefined && known >= span.end) return;
    hidden.ranges.set(span.start, span.end);
    hidden.masked = undefined;
  }

  /** The text for excerpts: of what is hidden, eight asterisks stand in each line. */
  excerptSource(name: string): ExcerptSource | undefined {
    const source = this.#texts.get(name);
    const hidden = this.#hidden.get(name);
    if (source === undefined) return undefined;
    if (hidden === undefined) return { source, place: (span) => span };
    const masked = (hidden.masked ??= maskRanges(source, hidden.ranges));
    return { source: masked.source, place: (span) => placeInMasked(span, masked.pieces) };
  }

  /** What to call a file in front of people and of programs that open it: its name unless another was given. */
  shownName(name: string): string {
    return this.#shownNames.get(name) ?? name;
  }

  /** Load order of a file, for sorting diagnostics. Files that are not registered sort last. */
  orderOf(name: string): number {
    let index = 0;
    for (const key of this.#texts.keys()) {
      if (key === name) return index;
      index++;
    }
    return Number.MAX_SAFE_INTEGER;
  }

  [Symbol.iterator](): IterableIterator<SourceText> {
    return this.#texts.values();
  }
}

/** In order, without overlaps. */
function mergeRanges(ranges: ReadonlyMap<number, number>): readonly Pick<Span, "start" | "end">[] {
  const merged: { start: number; end: number }[] = [];
  for (const [start, end] of [...ranges].toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function maskRanges(source: SourceText, ranges: ReadonlyMap<number, number>): Masked {
  const pieces: MaskedPiece[] = [];
  let text = "";
  let position = 0;
  for (const { start, end } of mergeRanges(ranges)) {
    for (const line of source.text.slice(start, end).matchAll(/[^\r\n]+/g)) {
      const piece = { start: start + line.index, end: start + line.index + line[0].length };
      text += source.text.slice(position, piece.start);
      pieces.push({ ...piece, at: text.length });
      text += mask;
      position = piece.end;
    }
  }
  return { source: new SourceText(source.name, text + source.text.slice(position)), pieces };
}

/** A span that begins or ends inside of something hidden covers the whole mask. */
function placeInMasked(span: Span, pieces: readonly MaskedPiece[]): Span {
  return { ...span, start: offsetInMasked(span.start, pieces, 0), end: offsetInMasked(span.end, pieces, mask.length) };
}

function offsetInMasked(offset: number, pieces: readonly MaskedPiece[], inside: number): number {
  const last = pieces.findLast((piece) => piece.start < offset);
  if (last === undefined) return offset;
  return offset < last.end ? last.at + inside : last.at + mask.length + offset - last.end;
}
