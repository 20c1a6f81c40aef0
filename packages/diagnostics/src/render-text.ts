import type { Diagnostic, Severity } from "./diagnostic.js";
import { showControls, wrapText } from "./display.js";
import { excerptOf, type ExcerptLine } from "./excerpt.js";
import { limitDiagnostics, type DiagnosticLimits } from "./limit.js";
import { sortDiagnostics } from "./report.js";
import type { SourceSet } from "./source-set.js";
import type { Span } from "./span.js";

/** How the parts of a rendered diagnostic are decorated. Every function returns its text with nothing but styling added. */
export interface TextStyle {
  /** The word `Error`, `Warning` or `Info`. */
  readonly severity: (severity: Severity, text: string) => string;
  readonly message: (text: string) => string;
  readonly code: (text: string) => string;
  readonly location: (text: string) => string;
  /** Line numbers and the bar beside the excerpt. */
  readonly gutter: (text: string) => string;
  readonly underline: (severity: Severity, text: string) => string;
}

const same = (text: string): string => text;

/** No decoration. */
export const plainStyle: TextStyle = {
  severity: (_, text) => text,
  message: same,
  code: same,
  location: same,
  gutter: same,
  underline: (_, text) => text,
};

const ansi =
  (codes: string) =>
  (text: string): string =>
    `\u001b[${codes}m${text}\u001b[0m`;
const severityCodes: Readonly<Record<Severity, string>> = { error: "1;31", warning: "1;33", info: "1;36" };

/** Decoration with the sixteen colours that every terminal has. */
export const ansiStyle: TextStyle = {
  severity: (severity, text) => ansi(severityCodes[severity])(text),
  message: ansi("1"),
  code: ansi("2"),
  location: ansi("36"),
  gutter: ansi("2"),
  underline: (severity, text) => ansi(severityCodes[severity])(text),
};

/** How diagnostics are rendered for a person. */
export interface TextRenderOptions extends DiagnosticLimits {
  readonly sources: SourceSet;
  /** {@link plainStyle} when absent. */
  readonly style?: TextStyle | undefined;
  /** Columns at which running text is broken; 80 when absent. Excerpts are clipped at one and a half times that. */
  readonly width?: number | undefined;
}

const severityWords: Readonly<Record<Severity, string>> = { error: "Error", warning: "Warning", info: "Info" };

/**
 * Renders diagnostics for a person: sorted, without duplicates, limited in number, one blank line apart, each with an
 * excerpt of its source. Ends with a line feed unless there is nothing to show.
 */
export function renderText(items: readonly Diagnostic[], options: TextRenderOptions): string {
  const { shown, hidden } = limitDiagnostics(sortDiagnostics(items, options.sources), options.sources, options);
  const blocks = shown.map((item) => renderOneText(item, options));
  if (hidden > 0) blocks.push(`${hidden} more ${hidden === 1 ? "diagnostic is" : "diagnostics are"} not shown.\n`);
  return blocks.join("\n");
}

/** Renders a single diagnostic; see {@link renderText}. Ends with a line feed. */
export function renderOneText(item: Diagnostic, options: TextRenderOptions): string {
  const style = options.style ?? plainStyle;
  const width = options.width ?? 80;
  const lines = headLines(item, style, width);
  if (item.primary) lines.push("", ...spanLines(item, item.primary, { options, style, width, context: item.context }));
  for (const related of item.related ?? []) {
    lines.push("", ...wrapText(showControls(related.message), width - 2).map((line) => `  ${line}`));
    lines.push(...spanLines(item, related.span, { options, style, width, isRelated: true }));
  }
  if (item.detail !== undefined) {
    lines.push("", ...wrapText(showControls(item.detail), width - 2).map((line) => (line === "" ? "" : `  ${line}`)));
  }
  if (item.values && item.values.length > 0) {
    lines.push("", "  Values here:");
    for (const value of item.values)
      lines.push(`    ${showControls(value.expression)} is ${showControls(value.shown)}`);
  }
  if (item.address !== undefined) lines.push("", `  In ${showControls(item.address)}.`);
  return `${lines.join("\n")}\n`;
}

function headLines(item: Diagnostic, style: TextStyle, width: number): string[] {
  const word = severityWords[item.severity];
  const wrapped = wrapText(`${word}: ${showControls(item.message)} [${item.code}]`.replaceAll("\n", " "), width);
  return wrapped.map((line, index) => {
    const start = index === 0 ? `${word}:` : "";
    const code = `[${item.code}]`;
    const hasCode = index === wrapped.length - 1 && line.endsWith(code);
    const middle = line.slice(start.length, hasCode ? line.length - code.length : line.length);
    const styled = middle.trim() === "" ? middle : middle.replace(middle.trim(), () => style.message(middle.trim()));
    return (start === "" ? "" : style.severity(item.severity, start)) + styled + (hasCode ? style.code(code) : "");
  });
}

interface SpanLineOptions {
  readonly options: TextRenderOptions;
  readonly style: TextStyle;
  readonly width: number;
  readonly context?: Span | undefined;
  readonly isRelated?: boolean;
}

function spanLines(
  item: Diagnostic,
  span: Span,
  { options, style, width, context, isRelated }: SpanLineOptions,
): readonly string[] {
  const source = options.sources.get(span.file);
  const file = showControls(options.sources.shownName(span.file));
  if (source === undefined) return [`  ${style.location(file)}`];
  const position = source.positionAt(span.start);
  const shown = options.sources.excerptSource(span.file) ?? { source, place: (own: Span) => own };
  const excerpt = excerptOf(shown.source, shown.place(span), {
    context: context?.file === span.file ? shown.place(context) : context,
    maximumWidth: Math.floor(width * 1.5),
  });
  const digits = Math.max(...excerpt.map((line) => String(line.number ?? "").length));
  const bar = style.gutter(`  ${" ".repeat(digits)} |`);
  const mark = (line: ExcerptLine): readonly string[] => {
    if (line.mark === undefined) return [];
    const underline = (isRelated ? "-" : "^").repeat(line.mark.width);
    const severity: Severity = isRelated ? "info" : item.severity;
    return [`${bar} ${" ".repeat(line.mark.start)}${style.underline(severity, underline)}`];
  };
  return [
    `  ${style.location(`${file}:${position.line}:${position.column}`)}`,
    ...excerpt.flatMap((line) => [
      `${style.gutter(`  ${String(line.number ?? "").padStart(digits)} |`)} ${line.text}`.trimEnd(),
      ...mark(line),
    ]),
  ];
}
