import { escapeCodePoint, isPrintable } from "./go-quote.js";
import { containsMark } from "./mark-values.js";
import { isInfinite, type HclNumber } from "./number.js";
import { numToText } from "./number-text.js";
import { graphemeCount } from "./text.js";
import { isKnown, isWhollyKnown, type Value } from "./value.js";
import { valueError, type ValueError } from "./value-error.js";

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string as an HCL quoted template that evaluates to it. */
export function quoteHcl(text: string): string {
  if (/^[\x20\x21\x23\x26-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  let result = "";
  for (const character of text) {
    result += escapes[character] ?? (isPrintable(character) ? character : escapeCodePoint(character));
  }
  return `"${result.replace(/([$%])\{/g, "$1$1{")}"`;
}

/**
 * A value as an HCL expression that evaluates to an equal one, laid out as the formatter would: objects on several
 * lines with their `=` aligned, lists on one. Unknown and sensitive values and infinities have no such text.
 */
export function valueToHcl(value: Value): string | ValueError {
  if (containsMark(value, "sensitive")) return valueError("a sensitive value can't be written as text");
  if (!isWhollyKnown(value)) return valueError("a value that is not known can't be written as text");
  return writeExpression(value, "");
}

function writeExpression(value: Value, indent: string): string | ValueError {
  const { representation } = value;
  if (representation === null || !isKnown(value)) return "null";
  if (typeof representation === "string") return quoteHcl(representation);
  if (typeof representation === "boolean") return String(representation);
  if (Array.isArray(representation)) return writeTuple(representation as readonly Value[], indent);
  if (representation instanceof Map) return writeObject(representation as ReadonlyMap<string, Value>, indent);
  const n = representation as HclNumber;
  return isInfinite(n) ? valueError("an infinite number can't be written as text") : numToText(n);
}

function writeTuple(elements: readonly Value[], indent: string): string | ValueError {
  const parts: string[] = [];
  for (const element of elements) {
    const text = writeExpression(element, indent);
    if (typeof text !== "string") return text;
    parts.push(text);
  }
  return `[${parts.join(", ")}]`;
}

interface Item {
  readonly key: string;
  readonly text: string;
}

function writeObject(entries: ReadonlyMap<string, Value>, indent: string): string | ValueError {
  if (entries.size === 0) return "{}";
  const inner = `${indent}  `;
  const items: Item[] = [];
  for (const [name, value] of entries) {
    const text = writeExpression(value, inner);
    if (typeof text !== "string") return text;
    items.push({ key: writeKey(name), text });
  }
  const lines = alignItems(items).map((line) => `${inner}${line}\n`);
  return `{\n${lines.join("")}${indent}}`;
}

/** `for` as the first key would begin a `for` expression. */
function writeKey(name: string): string {
  return name !== "for" && /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name) ? name : quoteHcl(name);
}

/** Neighbouring items that take one line each get their `=` in one column. */
function alignItems(items: readonly Item[]): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < items.length) {
    let end = start;
    let width = 0;
    while (end < items.length && !(items[end] as Item).text.includes("\n")) {
      width = Math.max(width, graphemeCount((items[end] as Item).key));
      end++;
    }
    for (const { key, text } of items.slice(start, end)) {
      lines.push(`${key}${" ".repeat(width - graphemeCount(key))} = ${text}`);
    }
    const broken = items[end];
    if (broken !== undefined) lines.push(`${broken.key} = ${broken.text}`);
    start = end + 1;
  }
  return lines;
}
