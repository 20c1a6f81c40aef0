import type { Span } from "@hclbuild/diagnostics";
import type { GoRange, GoTemplate } from "./ast.js";

/** `line:column` of an offset inside a template, for messages whose span can only show the whole template. */
export function placeOf(text: string, offset: number): string {
  return placesOf(text)(offset);
}

/** {@link placeOf} for many offsets of one template: it goes through the text once, when the first is asked for. */
export function placesOf(text: string): (offset: number) => string {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return `${low + 1}:${offset - (starts[low] as number) + 1}`;
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The placement of a range of the template in its source, as precise as the origin allows. */
export function spanOf(template: Pick<GoTemplate, "text" | "origin">, range: GoRange): { readonly span?: Span } {
  const { origin } = template;
  if (origin === undefined) return {};
  if (origin.verbatim !== true) return { span: { file: origin.file, start: origin.start, end: origin.end } };
  const start = Math.min(origin.start + range.start, origin.end);
  return { span: { file: origin.file, start, end: Math.max(start, Math.min(origin.start + range.end, origin.end)) } };
}
