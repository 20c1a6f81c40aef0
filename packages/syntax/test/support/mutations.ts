import type { SourceText } from "@hclbuild/diagnostics";
import { tokenize } from "../../src/lexer/lexer.js";

/** A generator of numbers in [0, 1) that gives the same sequence for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const mutationKinds = ["delete-token", "delete-line", "truncate", "duplicate-bracket", "insert-stray"] as const;
export type MutationKind = (typeof mutationKinds)[number];

/** A text with one mistake, and the range of the original that it touches. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const strays = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  '"',
  "'",
  "=",
  ",",
  ".",
  "$",
  "%",
  "!",
  "?",
  ":",
  ";",
  "@",
  "#",
  "\\",
  "<",
  "|",
  "&",
  "~",
  "`",
  "x",
  "1",
];

/** One mutation of a kind, or `undefined` when the text has no place for it. */
export function mutate(source: SourceText, kind: MutationKind, random: () => number): Mutation | undefined {
  const { text } = source;
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const replace = (start: number, end: number, insertion: string): Mutation => ({
    kind,
    text: text.slice(0, start) + insertion + text.slice(end),
    start,
    end,
  });
  if (text === "") return undefined;
  switch (kind) {
    case "delete-token": {
      const token = pick(
        tokenize(source).tokens.filter((item) => item.kind !== "LineComment" && item.kind !== "BlockComment"),
      );
      return token && replace(token.start, token.end, "");
    }
    case "delete-line": {
      const line = Math.floor(random() * source.lineStarts.length);
      const start = source.lineStarts[line] ?? 0;
      return replace(start, source.lineStarts[line + 1] ?? text.length, "");
    }
    case "truncate": {
      const start = Math.floor(random() * text.length);
      return replace(start, text.length, "");
    }
    case "duplicate-bracket": {
      const token = pick(tokenize(source).tokens.filter((item) => /^[[\](){}]$/.test(item.text)));
      return token && replace(token.end, token.end, token.text);
    }
    case "insert-stray": {
      const start = Math.floor(random() * (text.length + 1));
      return replace(start, start, pick(strays) ?? "}");
    }
  }
}
