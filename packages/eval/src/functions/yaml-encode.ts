import { asBoolean, asNumber, asText, elementsOf, entriesOf, isNull, numToText, type Value } from "@hclbuild/value";

/** Columns after which a quoted text is broken at the next blank. */
const bestWidth = 80;
const step = 2;

/** What was written so far; a column is counted in characters. */
class Output {
  text = "";
  column = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Deep values have more indentation than anything else. */
  get isFull(): boolean {
    return this.text.length > this.#limit;
  }

  write(part: string): void {
    this.text += part;
    const lastBreak = part.lastIndexOf("\n");
    this.column =
      lastBreak === -1 ? this.column + Array.from(part).length : Array.from(part.slice(lastBreak + 1)).length;
  }

  /** Goes to the beginning of a line with an indentation, unless it is there already. */
  startLine(indent: number): void {
    if (this.column > 0) this.write("\n");
    this.text += " ".repeat(indent);
    this.column += indent;
  }
}

/**
 * Writes a value as YAML in the layout that Packer uses: block style, texts in double quotes or, when they have several
 * lines, as literal blocks, keys in double quotes and sorted. The value is wholly known. A text of more than `limit` code
 * units is not finished.
 */
export function encodeYaml(value: Value, limit: number): string {
  const output = new Output(limit);
  writeNode(output, value, -step);
  if (output.column > 0) output.write("\n");
  // A plain scalar alone is followed by an end marker.
  const isPlain = isNull(value) || value.type.kind === "number" || value.type.kind === "bool";
  return isPlain ? `${output.text}...\n` : output.text;
}

/** Writes a node at the current position; `indent` is that of the collection around it. */
function writeNode(output: Output, value: Value, indent: number): void {
  if (isNull(value)) {
    output.write("null");
    return;
  }
  switch (value.type.kind) {
    case "string":
      writeText(output, asText(value), Math.max(indent + step, step));
      return;
    case "number":
      output.write(numToText(asNumber(value)));
      return;
    case "bool":
      output.write(String(asBoolean(value)));
      return;
    case "map":
    case "object":
      writeMapping(output, entriesOf(value), Math.max(indent + step, 0));
      return;
    default:
      writeSequence(output, elementsOf(value), Math.max(indent + step, 0));
  }
}

function writeSequence(output: Output, elements: readonly Value[], indent: number): void {
  if (elements.length === 0) {
    output.write("[]");
    return;
  }
  for (const [index, element] of elements.entries()) {
    // The first item of a sequence inside a sequence stands on the line of the outer dash.
    if (output.isFull) return;
    if (index > 0) output.startLine(indent);
    output.write("- ");
    writeNode(output, element, indent);
  }
}

function isEmptyCollection(value: Value): boolean {
  const { kind } = value.type;
  if (kind === "map" || kind === "object") return entriesOf(value).length === 0;
  return elementsOf(value).length === 0;
}

function writeMapping(output: Output, entries: readonly (readonly [string, Value])[], indent: number): void {
  if (entries.length === 0) {
    output.write("{}");
    return;
  }
  for (const [index, [key, value]] of entries.entries()) {
    if (output.isFull) return;
    if (index > 0) output.startLine(indent);
    if (isSimpleKey(key)) {
      output.write(quoted(key));
      output.write(":");
      writeMappingValue(output, value, indent);
    } else {
      output.write("? ");
      writeText(output, key, indent + step);
      output.startLine(indent);
      output.write(": ");
      writeNode(output, value, indent);
    }
  }
}

/** A collection begins on a line of its own; a sequence is not indented. */
function writeMappingValue(output: Output, value: Value, indent: number): void {
  const { kind } = value.type;
  const isScalar = isNull(value) || kind === "string" || kind === "number" || kind === "bool";
  if (isScalar || isEmptyCollection(value)) {
    output.write(" ");
    writeNode(output, value, indent);
  } else if (kind === "map" || kind === "object") {
    output.startLine(indent + step);
    writeMapping(output, entriesOf(value), indent + step);
  } else {
    output.startLine(indent);
    writeSequence(output, elementsOf(value), indent);
  }
}

const lineBreak = /[\r\n\u0085\u2028\u2029]/;

function isSimpleKey(key: string): boolean {
  return !lineBreak.test(key) && Buffer.byteLength(key) <= 128;
}

/** What YAML libraries print as it is: no controls (tabs included), byte order marks or characters above U+FFFF. */
function isPrintable(character: string): boolean {
  return /^[\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(character);
}

function writeText(output: Output, text: string, indent: number): void {
  if (text.includes("\n") && mayBeBlock(text)) writeBlock(output, text, indent);
  else writeQuoted(output, text, indent);
}

function mayBeBlock(text: string): boolean {
  if (text.endsWith(" ") || / [\r\n\u0085\u2028\u2029]/.test(text)) return false;
  return [...text].every(isPrintable);
}

function writeBlock(output: Output, text: string, indent: number): void {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? String(step) : "";
  const chomping = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  output.write(`|${hint}${chomping}\n`);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  output.write(lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line)).join("\n"));
  if (text.endsWith("\n")) output.write("\n");
}

const namedEscapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escape(character: string): string {
  const named = namedEscapes[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A text that begins with a byte order mark has all its characters escaped, as Packer's library does. */
function mustEscape(character: string, escapesAll: boolean): boolean {
  return escapesAll || !isPrintable(character) || character === '"' || character === "\\" || lineBreak.test(character);
}

function quoted(text: string): string {
  const escapesAll = text.startsWith("\ufeff");
  let result = '"';
  for (const character of text) result += mustEscape(character, escapesAll) ? escape(character) : character;
  return `${result}"`;
}

function writeQuoted(output: Output, text: string, indent: number): void {
  if (text.length < bestWidth - output.column) {
    output.write(quoted(text));
    return;
  }
  const escapesAll = text.startsWith("\ufeff");
  const characters = [...text];
  let afterBlank = false;
  output.write('"');
  for (const [index, character] of characters.entries()) {
    if (mustEscape(character, escapesAll)) {
      output.write(escape(character));
      afterBlank = false;
    } else if (character !== " ") {
      output.write(character);
      afterBlank = false;
    } else {
      const breaks = !afterBlank && output.column > bestWidth && index > 0 && index < characters.length - 1;
      if (breaks) {
        output.startLine(indent);
        if (characters[index + 1] === " ") output.write("\\");
      } else {
        output.write(" ");
      }
      afterBlank = true;
    }
  }
  output.write('"');
}
