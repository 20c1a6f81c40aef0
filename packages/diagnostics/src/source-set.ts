import type { SourceText } from "./source-text.js";

/**
 * The texts that spans may point into, in load order. Renderers take it as an argument, so an excerpt can be shown at
 * every stage of compilation.
 */
export class SourceSet {
  readonly #texts = new Map<string, SourceText>();
  readonly #shownNames = new Map<string, string>();

  /**
   * Registers a text, and what people are to know it as if that is not its name. A second text under the same name
   * replaces the first and keeps its place in the order and what it is known as.
   */
  add(source: SourceText, shownName?: string): void {
    this.#texts.set(source.name, source);
    if (shownName !== undefined) this.#shownNames.set(source.name, shownName);
  }

  get(name: string): SourceText | undefined {
    return this.#texts.get(name);
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
