import { countGraphemes } from "@hclbuild/diagnostics";
import type { Token } from "../lexer/lexer.js";
import { needsSpace, noToken } from "./spacing.js";
import { bracketChange, tokenClass as c } from "./token-class.js";

/** A file's tokens cut into lines. A token that spans lines (heredoc text, block comment) does not end its line. */
interface Lines {
  readonly tokens: readonly Token[];
  readonly classes: Uint8Array;
  readonly count: number;
  /** Index of the first token of every line, and the number of tokens at the end. */
  readonly starts: Int32Array;
  /** Index of the `=` that begins the second column, or -1. */
  readonly assigns: Int32Array;
  /** Index of the comment that ends a line after something else, or -1. */
  readonly comments: Int32Array;
  /** Number of spaces ahead of every token. */
  readonly spaces: Int32Array;
}

/** Number of spaces that belong ahead of each token in the canonical style. `classes` are those of the tokens. */
export function layOutTokens(tokens: readonly Token[], classes: Uint8Array): Int32Array {
  const lines = splitLines(tokens, classes);
  placeSpaces(lines);
  indentLines(lines);
  alignColumns(lines);
  return lines.spaces;
}

function splitLines(tokens: readonly Token[], classes: Uint8Array): Lines {
  const starts: number[] = [];
  let isStart = true;
  for (let index = 0; index < classes.length; index++) {
    if (isStart) starts.push(index);
    const cls = classes[index] as number;
    isStart = cls === c.newline || cls === c.lineComment;
  }
  const count = starts.length;
  starts.push(tokens.length);
  const lines: Lines = {
    tokens,
    classes,
    count,
    starts: Int32Array.from(starts),
    assigns: new Int32Array(count).fill(-1),
    comments: new Int32Array(count).fill(-1),
    spaces: new Int32Array(tokens.length),
  };
  for (let line = 0; line < count; line++) findColumns(lines, line);
  return lines;
}

function findColumns({ classes, starts, assigns, comments }: Lines, line: number): void {
  const start = starts[line] as number;
  let end = starts[line + 1] as number;
  const last = classes[end - 1] as number;
  if (end - start > 1 && (last === c.lineComment || last === c.blockComment)) {
    end--;
    comments[line] = end;
  }
  let index = start + 1;
  while (index < end && classes[index] !== c.equal) index++;
  if (index >= end) return;
  const assign = index;
  let net = 0;
  for (; index < end; index++) {
    const cls = classes[index] as number;
    net += bracketChange(cls);
  }
  // A value that goes on in another line is no column: what follows it is not beside its neighbours.
  if (net === 0) assigns[line] = assign;
}

function placeSpaces({ classes, starts, count, spaces }: Lines): void {
  for (let line = 0; line < count; line++) {
    const end = starts[line + 1] as number;
    let before = noToken;
    let subject = classes[starts[line] as number] as number;
    for (let index = (starts[line] as number) + 1; index < end; index++) {
      const after = classes[index] as number;
      if (needsSpace(before, subject, after)) spaces[index] = 1;
      before = subject;
      subject = after;
    }
  }
}

/**
 * Two spaces for every line with more opening than closing brackets that is still open. A line that opens several
 * brackets at once indents once, and all of them must be closed before the indentation ends.
 */
function indentLines({ classes, starts, assigns, count, spaces }: Lines): void {
  const open: number[] = [];
  for (let line = 0; line < count; line++) {
    const start = starts[line] as number;
    if (classes[start] === c.newline) continue;
    // A second column is balanced in itself, text of heredocs included.
    const end = assigns[line] === -1 ? (starts[line + 1] as number) : (assigns[line] as number);
    let net = 0;
    for (let index = start; index < end; index++) {
      const cls = classes[index] as number;
      // Lines from here to the end of the heredoc belong to its text.
      if (cls === c.openHeredoc) break;
      net += bracketChange(cls);
    }
    if (net > 0) {
      spaces[start] = open.length * 2;
      open.push(net);
      continue;
    }
    for (let closed = -net; closed > 0 && open.length > 0;) {
      const top = open.pop() as number;
      if (closed < top) open.push(top - closed);
      closed -= top;
    }
    spaces[start] = open.length * 2;
  }
}

function alignColumns(lines: Lines): void {
  const ends = new Int32Array(lines.count);
  alignChains(lines, lines.assigns, ends);
  alignChains(lines, lines.comments, ends);
}

/** Moves the tokens in `column` of neighbouring lines under each other, one space right of the longest line. */
function alignChains(lines: Lines, column: Int32Array, ends: Int32Array): void {
  const { count, spaces, starts } = lines;
  for (let line = 0; line < count; line++) {
    if (column[line] === -1) continue;
    const first = line;
    let widest = 0;
    for (; line < count && column[line] !== -1; line++) {
      const width = columnsBetween(lines, starts[line] as number, column[line] as number);
      ends[line] = width;
      if (width > widest) widest = width;
    }
    for (let index = first; index < line; index++) {
      spaces[column[index] as number] = widest - (ends[index] as number) + 1;
    }
  }
}

function columnsBetween({ tokens, spaces }: Lines, start: number, end: number): number {
  let columns = 0;
  for (let index = start; index < end; index++) {
    const { text } = tokens[index] as Token;
    columns += (spaces[index] as number) + (text.length === 1 ? 1 : countGraphemes(text));
  }
  return columns;
}
