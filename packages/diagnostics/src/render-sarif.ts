import type { Diagnostic, Severity } from "./diagnostic.js";
import { sortDiagnostics } from "./report.js";
import type { SourceSet } from "./source-set.js";
import type { Span } from "./span.js";

/** The program that a SARIF log names as the source of its findings. */
export interface SarifTool {
  readonly name: string;
  readonly version: string;
  readonly informationUri?: string;
  /** Address of the page about a code, if there is one. */
  readonly helpUri?: (code: string) => string | undefined;
}

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/**
 * Renders diagnostics as a SARIF 2.1.0 log with one run (OASIS "Static Analysis Results Interchange Format"). Columns
 * count UTF-16 code units, as `columnKind` says. File names become relative references, absolute ones `file:` URIs.
 */
export function renderSarif(items: readonly Diagnostic[], sources: SourceSet, tool: SarifTool): string {
  const sorted = sortDiagnostics(items, sources);
  const codes = [...new Set(sorted.map((item) => item.code))].toSorted();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            ...(tool.informationUri === undefined ? {} : { informationUri: tool.informationUri }),
            rules: codes.map((code) => toRule(code, sorted, tool)),
          },
        },
        columnKind: "utf16CodeUnits",
        results: sorted.map((item) => toResult(item, codes.indexOf(item.code), sources)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toRule(code: string, items: readonly Diagnostic[], tool: SarifTool): object {
  const severity = items.find((item) => item.code === code)?.severity ?? "error";
  const helpUri = tool.helpUri?.(code);
  return { id: code, defaultConfiguration: { level: levels[severity] }, ...(helpUri === undefined ? {} : { helpUri }) };
}

function toResult(item: Diagnostic, ruleIndex: number, sources: SourceSet): object {
  const text = item.detail === undefined ? item.message : `${item.message}\n${item.detail}`;
  return {
    ruleId: item.code,
    ruleIndex,
    level: levels[item.severity],
    message: { text },
    locations: item.primary ? [toLocation(item.primary, sources, item)] : [],
    ...(item.related
      ? {
          relatedLocations: item.related.map((related, index) => ({
            id: index + 1,
            ...toLocation(related.span, sources),
            message: { text: related.message },
          })),
        }
      : {}),
    ...(item.fixes ? { fixes: item.fixes.map((fix) => toFix(fix, sources)) } : {}),
  };
}

function toLocation(span: Span, sources: SourceSet, item?: Diagnostic): object {
  const region = toRegion(span, sources);
  const context = item?.context?.file === span.file ? toRegion(item.context, sources) : undefined;
  return {
    physicalLocation: {
      artifactLocation: { uri: toUri(sources.shownName(span.file)) },
      ...(region ? { region } : {}),
      ...(context && contains(item?.context, span) ? { contextRegion: context } : {}),
    },
    ...(item?.address === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: item.address }] }),
  };
}

/** SARIF 3.29.5: a context region is a proper superset of the region. */
function contains(context: Span | undefined, span: Span): boolean {
  if (context === undefined) return false;
  return context.start <= span.start && context.end >= span.end && context.end - context.start > span.end - span.start;
}

function toFix(fix: NonNullable<Diagnostic["fixes"]>[number], sources: SourceSet): object {
  const files = [...new Set(fix.edits.map((edit) => edit.span.file))];
  return {
    description: { text: fix.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: toUri(sources.shownName(file)) },
      replacements: fix.edits
        .filter((edit) => edit.span.file === file)
        .map((edit) => ({
          deletedRegion: toRegion(edit.span, sources) ?? {},
          insertedContent: { text: edit.newText },
        })),
    })),
  };
}

function toRegion(span: Span, sources: SourceSet): object | undefined {
  const source = sources.get(span.file);
  if (source === undefined) return undefined;
  const start = source.positionAt(span.start);
  const end = source.positionAt(span.end);
  return {
    startLine: start.line,
    startColumn: start.character + 1,
    endLine: end.line,
    endColumn: end.character + 1,
    charOffset: span.start,
    charLength: span.end - span.start,
    byteOffset: start.byte,
    byteLength: end.byte - start.byte,
  };
}

function toUri(file: string): string {
  const path = file.replaceAll("\\", "/");
  const encoded = path
    .split("/")
    .map((segment, index) => (index === 0 && /^[A-Za-z]:$/.test(segment) ? segment : encodeURIComponent(segment)))
    .join("/");
  if (path.startsWith("/")) return `file://${encoded}`;
  return /^[A-Za-z]:\//.test(path) ? `file:///${encoded}` : encoded;
}
