import { maximumNesting, valueError, type ValueError } from "./value-error.js";

/** A number of JSON text, exactly as written. */
export interface JsonNumber {
  readonly kind: "number";
  readonly text: string;
}

/** A JSON object with its properties in the order of the text, repeated names included. */
export interface JsonObject {
  readonly kind: "object";
  readonly properties: readonly (readonly [string, LosslessJson])[];
}

/** JSON without loss: numbers keep their text, objects keep order and repetition. */
export type LosslessJson = null | boolean | string | JsonNumber | JsonObject | readonly LosslessJson[];

/** Tells arrays from the other kinds of {@link LosslessJson}; `Array.isArray` does not narrow readonly arrays. */
export function isJsonArray(json: LosslessJson): json is readonly LosslessJson[] {
  return Array.isArray(json);
}

interface Cursor {
  readonly text: string;
  offset: number;
  /** Values read so far. */
  values: number;
}

/** How many values a JSON text may hold; each takes some hundred bytes. */
const maximumValues = 2_000_000;

/** Carries an error out of the recursion; never leaves this file. */
class JsonSyntaxError extends Error {}

/**
 * Reads JSON text (RFC 8259) without losing digits. Trailing text, nesting beyond {@link maximumNesting} and more than two
 * million values are errors; messages say where, as line and column.
 */
export function parseLosslessJson(text: string): LosslessJson | ValueError {
  const cursor: Cursor = { text, offset: text.startsWith("\ufeff") ? 1 : 0, values: 0 };
  try {
    const result = readValue(cursor, 0);
    skipSpace(cursor);
    if (cursor.offset < text.length) return valueError("extraneous data after JSON object");
    return result;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return valueError(error.message);
    throw error;
  }
}

function fail(message: string): never {
  throw new JsonSyntaxError(message);
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor;
  let { offset } = cursor;
  for (;;) {
    const code = text.charCodeAt(offset);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
    offset++;
  }
  cursor.offset = offset;
}

function failAt(cursor: Cursor, where: string): never {
  const code = cursor.text.codePointAt(cursor.offset);
  if (code === undefined) fail("unexpected end of JSON input");
  const shown = String.fromCodePoint(code).replace(/['\\]/g, "\\$&");
  fail(`invalid character '${shown}' ${where}${describePosition(cursor)}`);
}

function describePosition({ text, offset }: Cursor): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return ` at line ${line}, column ${offset - before.lastIndexOf("\n")}`;
}

function readValue(cursor: Cursor, depth: number): LosslessJson {
  skipSpace(cursor);
  if (++cursor.values > maximumValues) fail(`it has more than ${maximumValues} values`);
  switch (cursor.text[cursor.offset]) {
    case "{":
      checkDepth(cursor, depth);
      return readObject(cursor, depth);
    case "[":
      checkDepth(cursor, depth);
      return readArray(cursor, depth);
    case '"':
      return readString(cursor);
    case "t":
      return readWord(cursor, "true", true);
    case "f":
      return readWord(cursor, "false", false);
    case "n":
      return readWord(cursor, "null", null);
    default:
      return readNumber(cursor);
  }
}

function checkDepth(cursor: Cursor, depth: number): void {
  if (depth < maximumNesting) return;
  fail(`arrays and objects may nest ${maximumNesting} levels deep, and this is one more${describePosition(cursor)}`);
}

function readWord<T>(cursor: Cursor, word: string, value: T): T {
  if (cursor.text.startsWith(word, cursor.offset)) {
    cursor.offset += word.length;
    return value;
  }
  let index = 0;
  while (cursor.text[cursor.offset] === word[index]) {
    cursor.offset++;
    index++;
  }
  return failAt(cursor, `in literal ${word}`);
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readNumber(cursor: Cursor): JsonNumber {
  numberPattern.lastIndex = cursor.offset;
  const match = numberPattern.exec(cursor.text);
  if (match === null) return failAt(cursor, "looking for beginning of value");
  cursor.offset += match[0].length;
  const next = cursor.text[cursor.offset];
  if (next !== undefined && /[\d.eE+-]/.test(next)) return failAt(cursor, "in numeric literal");
  return { kind: "number", text: match[0] };
}

/** Reads from the opening quote. */
function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.offset;
  let offset = start + 1;
  let plain = true;
  for (;;) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) break;
    if (Number.isNaN(code)) fail("unexpected end of JSON input");
    if (code < 0x20) {
      cursor.offset = offset;
      failAt(cursor, "in string literal");
    }
    if (code === 0x5c) {
      plain = false;
      offset++;
      if (offset >= text.length) fail("unexpected end of JSON input");
    }
    offset++;
  }
  cursor.offset = offset + 1;
  if (plain) return text.slice(start + 1, offset);
  try {
    return JSON.parse(text.slice(start, offset + 1)) as string;
  } catch {
    cursor.offset = start;
    return fail(`invalid escape in string literal${describePosition(cursor)}`);
  }
}

function readArray(cursor: Cursor, depth: number): readonly LosslessJson[] {
  const items: LosslessJson[] = [];
  cursor.offset++;
  skipSpace(cursor);
  if (cursor.text[cursor.offset] === "]") {
    cursor.offset++;
    return items;
  }
  for (;;) {
    items.push(readValue(cursor, depth + 1));
    skipSpace(cursor);
    const next = cursor.text[cursor.offset];
    if (next === "]") break;
    if (next !== ",") failAt(cursor, "after array element");
    cursor.offset++;
  }
  cursor.offset++;
  return items;
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const properties: (readonly [string, LosslessJson])[] = [];
  cursor.offset++;
  skipSpace(cursor);
  if (cursor.text[cursor.offset] === "}") {
    cursor.offset++;
    return { kind: "object", properties };
  }
  for (;;) {
    skipSpace(cursor);
    if (cursor.text[cursor.offset] !== '"') failAt(cursor, "looking for beginning of object key string");
    const name = readString(cursor);
    skipSpace(cursor);
    if (cursor.text[cursor.offset] !== ":") failAt(cursor, "after object key");
    cursor.offset++;
    properties.push([name, readValue(cursor, depth + 1)]);
    skipSpace(cursor);
    const next = cursor.text[cursor.offset];
    if (next === "}") break;
    if (next !== ",") failAt(cursor, "after object key:value pair");
    cursor.offset++;
  }
  cursor.offset++;
  return { kind: "object", properties };
}

const htmlEscapes: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/**
 * A string as a JSON literal the way Go's encoder writes it, which is what `jsonencode` shows: `<`, `>`, `&`, U+2028
 * and U+2029 are escaped.
 */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => htmlEscapes[character] ?? character);
}
