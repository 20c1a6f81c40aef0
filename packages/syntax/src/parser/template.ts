import { nestingLimits } from "./limits.js";
import type { Expression, Identifier, TemplatePart } from "../ast.js";

/** A template as the grammar reads it: a flat list of texts and sequences. */
export type RawPart =
  | { readonly kind: "text"; value: string; readonly start: number; readonly end: number }
  | { readonly kind: "interpolation"; readonly expression: Expression; readonly start: number; readonly end: number }
  | { readonly kind: "if"; readonly condition: Expression; readonly start: number; readonly end: number }
  | { readonly kind: "else" | "endif" | "endfor"; readonly start: number; readonly end: number }
  | {
      readonly kind: "for";
      readonly keyVariable?: Identifier;
      readonly valueVariable: Identifier;
      readonly collection: Expression;
      readonly start: number;
      readonly end: number;
    };

/** What is wrong with the nesting of directives. */
export type TemplateFault =
  | { readonly kind: "unexpected-directive"; readonly part: RawPart; readonly opener?: RawPart }
  | { readonly kind: "unclosed-directive"; readonly part: RawPart }
  | { readonly kind: "too-deep"; readonly part: RawPart };

// White space as Go's unicode.IsSpace defines it, which HCL's strip markers use.
const leadingSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Removes the white space that a `~}` eats. */
export function trimStart(text: string): string {
  return text.replace(leadingSpace, "");
}

/** Removes the white space that a `${~` or `%{~` eats. */
export function trimEnd(text: string): string {
  // A regular expression for the end would begin anew at each character of every other run of blanks.
  let end = text.length;
  while (space.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * Takes the common indentation off the lines of a `<<-` heredoc. A line that is only white space counts for nothing and
 * stays as it is; a line that begins with a sequence has no indentation.
 */
export function flushHeredoc(parts: readonly RawPart[]): void {
  let atLineStart = true;
  let least = Number.MAX_SAFE_INTEGER;
  const lines: Extract<RawPart, { kind: "text" }>[] = [];
  for (const part of parts) {
    if (part.kind !== "text") {
      if (atLineStart) least = 0;
      atLineStart = false;
      continue;
    }
    if (atLineStart) {
      const indentation = leadingSpace.exec(part.value)?.[0] ?? "";
      if (indentation.length < part.value.length || !part.value.endsWith("\n")) {
        least = Math.min(least, indentation.length);
        lines.push(part);
      }
    }
    atLineStart = part.value.endsWith("\n");
  }
  if (least === 0 || least === Number.MAX_SAFE_INTEGER) return;
  for (const line of lines) line.value = line.value.slice(least);
}

/** Joins neighbouring texts and nests the directives. Faults are returned; the tree then holds what could be read. */
export function nestParts(raw: readonly RawPart[]): { parts: TemplatePart[]; faults: TemplateFault[] } {
  const faults: TemplateFault[] = [];
  let index = 0;
  let depth = 0;
  const readUntil = (opener: RawPart | undefined, ends: readonly RawPart["kind"][]): TemplatePart[] => {
    const parts: TemplatePart[] = [];
    for (let part = raw[index]; part !== undefined; part = raw[index]) {
      if (ends.includes(part.kind)) return parts;
      index++;
      if (part.kind === "text") appendText(parts, part);
      else if (part.kind === "interpolation") parts.push(part);
      else if ((part.kind === "if" || part.kind === "for") && ++depth > nestingLimits.chain) {
        if (depth === nestingLimits.chain + 1) faults.push({ kind: "too-deep", part });
      } else if (part.kind === "if") parts.push(readConditional(part));
      else if (part.kind === "for") {
        const body = readUntil(part, ["endfor"]);
        parts.push({ ...part, body, end: readEnd(part) });
      } else faults.push({ kind: "unexpected-directive", part, ...(opener ? { opener } : {}) });
    }
    if (opener !== undefined) faults.push({ kind: "unclosed-directive", part: opener });
    return parts;
  };
  const readEnd = (opener: RawPart): number => {
    depth--;
    return raw[index++]?.end ?? raw.at(-1)?.end ?? opener.end;
  };
  const readConditional = (part: Extract<RawPart, { kind: "if" }>): TemplatePart => {
    const whenTrue = readUntil(part, ["else", "endif"]);
    let whenFalse: TemplatePart[] = [];
    if (raw[index]?.kind === "else") {
      index++;
      whenFalse = readUntil(part, ["endif"]);
    }
    const end = readEnd(part);
    return { kind: "if", condition: part.condition, whenTrue, whenFalse, start: part.start, end };
  };
  const parts = readUntil(undefined, []);
  return { parts, faults };
}

function appendText(parts: TemplatePart[], text: Extract<RawPart, { kind: "text" }>): void {
  const last = parts.at(-1);
  if (last?.kind === "text") {
    parts[parts.length - 1] = { kind: "text", value: last.value + text.value, start: last.start, end: text.end };
  } else parts.push(text);
}
