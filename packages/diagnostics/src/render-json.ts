import type { Diagnostic, DiagnosticCode, Severity } from "./diagnostic.js";
import { sortDiagnostics } from "./report.js";
import type { SourceSet } from "./source-set.js";
import type { Span } from "./span.js";

/** Name and version of the document {@link renderJson} writes. The number changes only with an incompatible change. */
export const diagnosticsFormat = "hclbuild.diagnostics/1";

/** `line` and `column` are 1-based and `column` counts grapheme clusters; `byte` is the 0-based UTF-8 offset. */
export interface PositionJson {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

/** A half-open range. `start` and `end` are absent when the file's text is not at hand. */
export interface RangeJson {
  readonly file: string;
  readonly start?: PositionJson;
  readonly end?: PositionJson;
}

/** A diagnostic as machines read it. Absent parts are left out. */
export interface DiagnosticJson {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly detail?: string;
  readonly range?: RangeJson;
  readonly context?: RangeJson;
  readonly related?: readonly { readonly message: string; readonly range: RangeJson }[];
  readonly values?: readonly { readonly expression: string; readonly shown: string }[];
  readonly fixes?: readonly {
    readonly title: string;
    readonly edits: readonly { readonly range: RangeJson; readonly newText: string }[];
  }[];
  readonly address?: string;
}

/** The document that programs read; its form belongs to {@link diagnosticsFormat}. */
export interface DiagnosticsDocument {
  readonly format: typeof diagnosticsFormat;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly infoCount: number;
  readonly diagnostics: readonly DiagnosticJson[];
}

/** The document of {@link renderJson} as data: all diagnostics, sorted, duplicates merged, none left out. */
export function toDiagnosticsDocument(items: readonly Diagnostic[], sources: SourceSet): DiagnosticsDocument {
  const sorted = sortDiagnostics(items, sources);
  const count = (severity: Severity): number => sorted.filter((item) => item.severity === severity).length;
  return {
    format: diagnosticsFormat,
    errorCount: count("error"),
    warningCount: count("warning"),
    infoCount: count("info"),
    diagnostics: sorted.map((item) => toDiagnosticJson(item, sources)),
  };
}

/** Renders diagnostics as one JSON document, indented by two spaces and ending with a line feed. */
export function renderJson(items: readonly Diagnostic[], sources: SourceSet): string {
  return `${JSON.stringify(toDiagnosticsDocument(items, sources), null, 2)}\n`;
}

/** One diagnostic as plain JSON data with positions resolved, also used in event streams. */
export function toDiagnosticJson(item: Diagnostic, sources: SourceSet): DiagnosticJson {
  const range = (span: Span): RangeJson => toRangeJson(span, sources);
  return {
    code: item.code,
    severity: item.severity,
    message: item.message,
    ...(item.detail === undefined ? {} : { detail: item.detail }),
    ...(item.primary ? { range: range(item.primary) } : {}),
    ...(item.context ? { context: range(item.context) } : {}),
    ...(item.related ? { related: item.related.map(({ message, span }) => ({ message, range: range(span) })) } : {}),
    ...(item.values ? { values: item.values.map(({ expression, shown }) => ({ expression, shown })) } : {}),
    ...(item.fixes
      ? {
          fixes: item.fixes.map(({ title, edits }) => ({
            title,
            edits: edits.map(({ span, newText }) => ({ range: range(span), newText })),
          })),
        }
      : {}),
    ...(item.address === undefined ? {} : { address: item.address }),
  };
}

function toRangeJson(span: Span, sources: SourceSet): RangeJson {
  const source = sources.get(span.file);
  const file = sources.shownName(span.file);
  if (source === undefined) return { file };
  const position = (offset: number): PositionJson => {
    const { line, column, byte } = source.positionAt(offset);
    return { line, column, byte };
  };
  return { file, start: position(span.start), end: position(span.end) };
}
