import type { Diagnostic, Severity } from "./diagnostic.js";
import { sortDiagnostics } from "./report.js";
import type { SourceSet } from "./source-set.js";

const commands: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

/**
 * Renders diagnostics as workflow commands, one a line, which GitHub Actions shows as annotations on the changed files.
 * Columns are given only for a range within one line, as the annotation format demands.
 */
export function renderGithub(items: readonly Diagnostic[], sources: SourceSet): string {
  return sortDiagnostics(items, sources)
    .map((item) => `${renderCommand(item, sources)}\n`)
    .join("");
}

function renderCommand(item: Diagnostic, sources: SourceSet): string {
  const properties = [...placeOf(item, sources), `title=${escapeProperty(item.code)}`];
  const text = item.detail === undefined ? item.message : `${item.message}\n${item.detail}`;
  return `::${commands[item.severity]} ${properties.join(",")}::${escapeData(text)}`;
}

function placeOf(item: Diagnostic, sources: SourceSet): readonly string[] {
  if (item.primary === undefined) return [];
  const file = `file=${escapeProperty(sources.shownName(item.primary.file).replaceAll("\\", "/"))}`;
  const source = sources.get(item.primary.file);
  if (source === undefined) return [file];
  const start = source.positionAt(item.primary.start);
  const end = source.positionAt(item.primary.end);
  const lines = [file, `line=${start.line}`, `endLine=${end.line}`];
  if (start.line !== end.line) return lines;
  return [...lines, `col=${start.character + 1}`, `endColumn=${Math.max(end.character, start.character + 1)}`];
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
