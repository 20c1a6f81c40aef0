import { InternalError } from "@hclbuild/diagnostics";
import type { Token, TokenStream } from "./lexer/lexer.js";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A change to a text: what stands between the offsets is replaced. */
export interface TextEdit extends Range {
  readonly newText: string;
}

/**
 * Index of the token that holds `offset` or, where trivia stands, of the next one; the number of tokens behind the last.
 * An offset between two tokens belongs to the later one.
 */
export function tokenIndexAt(stream: TokenStream, offset: number): number {
  const { tokens } = stream;
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as Token).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The tokens that lie wholly within a range, such as those of a node. */
export function tokensWithin(stream: TokenStream, range: Range): readonly Token[] {
  const first = tokenIndexAt(stream, range.start);
  let end = first;
  while (end < stream.tokens.length && (stream.tokens[end] as Token).end <= range.end) end++;
  return stream.tokens.slice(first, end).filter((token) => token.start >= range.start);
}

/**
 * Applies edits to a text. They may come in any order and must not overlap; several insertions at one offset are made in
 * the order given. Everything outside of the edits stays as it is, comments and layout included.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let position = 0;
  for (const edit of sorted) {
    if (edit.start < position || edit.end < edit.start || edit.end > text.length) {
      throw new InternalError(`an edit of ${edit.start}-${edit.end} overlaps another one or leaves the text`);
    }
    result += text.slice(position, edit.start) + edit.newText;
    position = edit.end;
  }
  return result + text.slice(position);
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

/** A text as a quoted string that reads back as the same text, template sequences included. */
export function quoteString(text: string): string {
  const escaped = text
    .replaceAll(/[\n\r\t"\\]/g, (character) => escapes[character] ?? character)
    // Other control characters would be invisible.
    .replaceAll(
      /[\p{Cc}\u2028\u2029\ufeff]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll(/[$%](?=\{)/g, (character) => character + character);
  return `"${escaped}"`;
}
