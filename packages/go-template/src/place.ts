import type { Span } from "@hclbuild/diagnostics";
import type { GoRange, GoTemplate } from "./ast.js";

/** `line:column` of an offset inside a template, for messages whose span can only show the whole template. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `${before.split("\n").length}:${offset - lineStart + 1}`;
}

/** The placement of a range of the template in its source, as precise as the origin allows. */
export function spanOf(template: Pick<GoTemplate, "text" | "origin">, range: GoRange): { readonly span?: Span } {
  const { origin } = template;
  if (origin === undefined) return {};
  if (origin.verbatim !== true) return { span: { file: origin.file, start: origin.start, end: origin.end } };
  const start = Math.min(origin.start + range.start, origin.end);
  return { span: { file: origin.file, start, end: Math.max(start, Math.min(origin.start + range.end, origin.end)) } };
}
