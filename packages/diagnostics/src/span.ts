/**
 * A half-open range of UTF-16 code units in one source text.
 *
 * `file` is the name under which the text is registered in a {@link SourceSet}; it is relative to the template's
 * root wherever the template has one. `0 ≤ start ≤ end ≤ text.length` always holds.
 */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Returns the smallest span that covers both arguments, which must lie in the same file. */
export function joinSpans(first: Span, second: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, second.start),
    end: Math.max(first.end, second.end),
  };
}
