import { SourceText } from "./source-text.js";
import type { Span } from "./span.js";

/** What is hidden in one text. */
interface Hidden {
  /** Ends by their starts; the ranges may overlap. */
  readonly ranges: Map<number, number>;
  /** The text without it, once somebody has asked: a text with many errors has many excerpts. */
  masked: SourceText | undefined;
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

  /** The text for excerpts: in what is hidden, all characters but the line ends are asterisks. */
  excerptText(name: string): SourceText | undefined {
    const source = this.#texts.get(name);
    const hidden = this.#hidden.get(name);
    if (source === undefined || hidden === undefined) return source;
    hidden.masked ??= new SourceText(name, maskRanges(source.text, hidden.ranges));
    return hidden.masked;
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

function maskRanges(text: string, ranges: ReadonlyMap<number, number>): string {
  const pieces: string[] = [];
  let position = 0;
  for (const [start, end] of [...ranges].toSorted(([a], [b]) => a - b)) {
    if (end <= position) continue;
    const from = Math.max(start, position);
    pieces.push(text.slice(position, from), text.slice(from, end).replaceAll(/[^\r\n]/g, "*"));
    position = end;
  }
  return pieces.join("") + text.slice(position);
}
