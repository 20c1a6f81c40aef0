import type { SourceText } from "@hclbuild/diagnostics";
import { isConflictMarker } from "../conflict-marker.js";

/** The first character from an offset on that is no white space of JSON. */
export function spaceEnd(text: string, offset: number): number {
  for (let end = offset; ; end++) {
    const code = text.charCodeAt(end);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return end;
  }
}

/** Something that is no part of JSON but stands between its parts; the markers are those of merge conflicts. */
export interface Stray {
  readonly kind: "comment" | "first-marker" | "other-version" | "middle-marker" | "last-marker" | "character";
  readonly end: number;
}

/** What begins at an offset that is no part of JSON and can be passed over. */
export function strayAt(text: string, offset: number): Stray | undefined {
  const character = text.charAt(offset);
  switch (character) {
    case "#":
      return { kind: "comment", end: lineEnd(text, offset) };
    case "/":
      if (text.startsWith("//", offset)) return { kind: "comment", end: lineEnd(text, offset) };
      return text.startsWith("/*", offset) ? { kind: "comment", end: blockEnd(text, offset) } : undefined;
    case "<":
    case "=":
    case ">":
      return isConflictMarker(text, offset, character) ? conflictPart(text, offset, character) : undefined;
    default:
      return /^[\0\f\v\p{Z}\p{Cf}]$/u.test(character) ? { kind: "character", end: offset + 1 } : undefined;
  }
}

function conflictPart(text: string, offset: number, character: "<" | "=" | ">"): Stray {
  if (character === "<") return { kind: "first-marker", end: lineEnd(text, offset) };
  if (character === ">") return { kind: "last-marker", end: lineEnd(text, offset) };
  const last = text.indexOf("\n>>>>>>>", offset);
  return last === -1
    ? { kind: "middle-marker", end: lineEnd(text, offset) }
    : { kind: "other-version", end: lineEnd(text, last + 1) };
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}

function blockEnd(text: string, offset: number): number {
  const end = text.indexOf("*/", offset + 2);
  return end === -1 ? text.length : end + 2;
}

/** Whether nothing but white space stands before an offset on its line, which is not the first. */
export function beginsLine(source: SourceText, offset: number): boolean {
  const lineStart = source.lineStarts[source.lineIndexAt(offset)] ?? 0;
  return lineStart > 0 && spaceEnd(source.text, lineStart) >= offset;
}

function indentAt(source: SourceText, offset: number): number {
  const lineStart = source.lineStarts[source.lineIndexAt(offset)] ?? 0;
  return spaceEnd(source.text, lineStart) - lineStart;
}

/** Whether a bracket looks as if it closed the one at `start`: it stands on its line, or begins one that is indented as its. */
export function isPartner(source: SourceText, start: number, offset: number): boolean {
  if (source.lineIndexAt(start) === source.lineIndexAt(offset)) return true;
  return beginsLine(source, offset) && indentAt(source, start) === indentAt(source, offset);
}

/** Whether a value begins a line that is indented no deeper than the one on which the container at `start` begins. */
export function isOutside(source: SourceText, start: number, offset: number): boolean {
  return beginsLine(source, offset) && indentAt(source, offset) <= indentAt(source, start);
}

const restOfString = /(?:[^"\\\n]|\\.)*"/y;

/** Where the bracket stands that closes the container around `offset`, or with `stopAtComma` the next comma before it. */
export function closeOffset(text: string, offset: number, stopAtComma: boolean): number {
  let depth = 0;
  for (let index = offset; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '"') {
      restOfString.lastIndex = index + 1;
      if (restOfString.test(text)) index = restOfString.lastIndex - 1;
    } else if (character === "{" || character === "[" || character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === "}" || character === "]") {
      if (depth === 0) return index;
      depth--;
    } else if (stopAtComma && character === "," && depth === 0) return index;
  }
  return text.length;
}

/** End of the word, string or character at an offset, for messages. */
export function wordEnd(text: string, offset: number): number {
  const match =
    /^(?:[A-Za-z_$][\w-]*|'(?:[^'\\\n]|\\.)*'|\u201c[^\u201d\n]*\u201d|"(?:[^"\\\n]|\\.)*"?|[-+.0-9eE]+|.)/u.exec(
      text.slice(offset, offset + 200),
    );
  return offset + (match?.[0].length ?? 0);
}

/** A part of the text as messages name it: short, and with names for what would be invisible. */
export function shown(text: string): string {
  const visible = text.replaceAll(/[\p{C}\p{Z}]/gu, (character) =>
    character === " " ? " " : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return visible.length > 40 ? `${visible.slice(0, 37)}...` : visible;
}
