import { displayWidth, graphemeWidth, showControls, splitGraphemes } from "./display.js";
import type { SourceText } from "./source-text.js";
import type { Span } from "./span.js";

/** One line of an excerpt. Lines without `number` stand for lines left out. */
export interface ExcerptLine {
  /** 1-based. */
  readonly number?: number;
  /** Ready to print: tabs expanded, control characters visible, long lines clipped around the mark. */
  readonly text: string;
  /** Columns to underline, 0-based from the beginning of `text`. */
  readonly mark?: { readonly start: number; readonly width: number };
}

/** Lines of a multi-line span shown at its beginning and at its end. */
const shownAtStart = 3;
const shownAtEnd = 1;
const tabWidth = 4;

/**
 * The lines of `source` that show `span`, with the columns to underline. `context` adds the line where a wider range
 * begins, such as a block's header.
 */
export function excerptOf(
  source: SourceText,
  span: Span,
  options: { context?: Span | undefined; maximumWidth: number },
): readonly ExcerptLine[] {
  const first = source.lineIndexAt(span.start);
  const last = span.end > span.start ? source.lineIndexAt(span.end - 1) : first;
  const lines: ExcerptLine[] = [];
  const contextLine = contextLineOf(source, first, options.context);
  if (contextLine !== undefined) {
    lines.push(plainLine(source, contextLine, options.maximumWidth));
    if (contextLine < first - 1) lines.push({ text: "..." });
  }
  const isLong = last - first + 1 > shownAtStart + shownAtEnd;
  for (let index = first; index <= last; index++) {
    if (isLong && index === first + shownAtStart) {
      lines.push({ text: "..." });
      index = last - shownAtEnd + 1;
    }
    lines.push(markedLine(source, index, span, options.maximumWidth));
  }
  return lines;
}

function contextLineOf(source: SourceText, first: number, context: Span | undefined): number | undefined {
  if (context !== undefined) {
    const line = source.lineIndexAt(context.start);
    if (line < first) return line;
  }
  // An empty line alone tells nothing (an unexpected end of file, mostly): show the last line that holds something.
  if (source.lineText(first).trim() !== "") return undefined;
  for (let index = first - 1; index >= 0; index--) {
    if (source.lineText(index).trim() !== "") return index;
  }
  return undefined;
}

function plainLine(source: SourceText, index: number, maximumWidth: number): ExcerptLine {
  const cells = layOut(windowOf(source.lineText(index), 0).text);
  return { number: index + 1, text: clip(cells, 0, maximumWidth).text };
}

function markedLine(source: SourceText, index: number, span: Span, maximumWidth: number): ExcerptLine {
  const text = source.lineText(index);
  const lineStart = source.lineStarts[index] as number;
  let from = Math.max(0, span.start - lineStart);
  const to = Math.max(from, Math.min(text.length, span.end - lineStart));
  // Indentation inside a longer range is not what the range is about.
  if (span.start < lineStart) from = Math.min(to, text.length - text.trimStart().length);
  const { text: shown, start: cut } = windowOf(text, from);
  const cells = layOut(shown);
  const startColumn = columnAt(cells, from - cut);
  const endColumn = Math.max(startColumn, columnAt(cells, to - cut));
  const clipped = clip(cells, startColumn, maximumWidth);
  const isEmptyContinuation = span.start < lineStart && to === from;
  const start = startColumn - clipped.shift;
  const width = Math.max(1, Math.min(endColumn, clipped.end) - startColumn);
  return { number: index + 1, text: clipped.text, ...(isEmptyContinuation ? {} : { mark: { start, width } }) };
}

/** What is laid out of a line on either side of a place: more than is ever shown, and little beside a line of megabytes. */
const windowReach = 2048;

function windowOf(line: string, place: number): { readonly text: string; readonly start: number } {
  if (line.length <= 2 * windowReach) return { text: line, start: 0 };
  const start = Math.max(0, place - windowReach);
  return { text: line.slice(start, place + windowReach), start };
}

/** One user-perceived character as it is printed. */
interface Cell {
  /** UTF-16 offset within the line. */
  readonly offset: number;
  readonly column: number;
  readonly shown: string;
  readonly width: number;
}

function layOut(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  let column = 0;
  for (const grapheme of splitGraphemes(line)) {
    const shown = grapheme === "\t" ? " ".repeat(tabWidth - (column % tabWidth)) : showControls(grapheme);
    const width = shown === grapheme ? graphemeWidth(grapheme) : displayWidth(shown);
    cells.push({ offset, column, shown, width });
    offset += grapheme.length;
    column += width;
  }
  cells.push({ offset, column, shown: "", width: 0 });
  return cells;
}

function columnAt(cells: readonly Cell[], offset: number): number {
  const cell = cells.find((candidate) => candidate.offset >= offset) ?? cells.at(-1);
  return cell?.column ?? 0;
}

/** Cuts a line that is too long to a window around `column`. `shift` is what was cut from its beginning, in columns. */
function clip(cells: readonly Cell[], column: number, width: number): { text: string; shift: number; end: number } {
  const total = cells.at(-1)?.column ?? 0;
  if (total <= width)
    return {
      text: cells
        .map((cell) => cell.shown)
        .join("")
        .trimEnd(),
      shift: 0,
      end: total,
    };
  const begin = column < width - 20 ? 0 : Math.min(column - Math.floor(width / 3), total - width);
  const kept = cells.filter((cell) => cell.column >= begin && cell.column + cell.width <= begin + width);
  const start = kept[0]?.column ?? 0;
  const last = kept.at(-1);
  const end = last === undefined ? start : last.column + last.width;
  const ellipsis = begin > 0 ? "..." : "";
  const text =
    ellipsis +
    kept
      .map((cell) => cell.shown)
      .join("")
      .trimEnd() +
    (end < total ? "..." : "");
  return { text, shift: start - ellipsis.length, end };
}
