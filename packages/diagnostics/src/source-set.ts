import { SourceText } from "./source-text.js";
import type { Span } from "./span.js";

/**
 * The texts that spans may point into, in load order. Renderers take it as an argument, so an excerpt can be shown at
 * every stage of compilation.
 */
export class SourceSet {
  readonly #texts = new Map<string, SourceText>();
  readonly #shownNames = new Map<string, string>();
  readonly #hidden = new Map<string, Span[]>();

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
    const spans = this.#hidden.get(span.file);
    if (spans === undefined) this.#hidden.set(span.file, [span]);
    else if (!spans.some(({ start, end }) => start === span.start && end === span.end)) spans.push(span);
  }

  /** The text for excerpts: in what is hidden, all characters but the line ends are asterisks. */
  excerptText(name: string): SourceText | undefined {
    const source = this.#texts.get(name);
    const spans = this.#hidden.get(name);
    if (source === undefined || spans === undefined) return source;
    const masked = spans.reduce(
      (text, { start, end }) =>
        text.slice(0, start) + text.slice(start, end).replaceAll(/[^\r\n]/g, "*") + text.slice(end),
      source.text,
    );
    return new SourceText(name, masked);
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
