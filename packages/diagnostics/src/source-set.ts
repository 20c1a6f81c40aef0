import type { SourceText } from "./source-text.js";

/**
 * The texts that spans may point into, in load order. Renderers take it as an argument, so an excerpt can be shown at
 * every stage of compilation.
 */
export class SourceSet {
  readonly #texts = new Map<string, SourceText>();

  /** Registers a text. A second text under the same name replaces the first and keeps its place in the order. */
  add(source: SourceText): void {
    this.#texts.set(source.name, source);
  }

  get(name: string): SourceText | undefined {
    return this.#texts.get(name);
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
