import { createReport, suggestName, type Report, type SourceText, type Span } from "@hclbuild/diagnostics";
import type { Expression } from "../ast.js";
import { syntaxCatalog } from "../catalog.js";
import { isNumberInRange, maximumNumberScale } from "../number-range.js";
import { jsonCatalog } from "./catalog.js";
import { jsonExpression } from "./expression.js";
import type { JsonArray, JsonFile, JsonNode, JsonObject, JsonProperty, JsonString } from "./nodes.js";
import { checkTextLength, textLimits } from "../text-limits.js";
import { decodeString } from "./strings.js";

/** Levels of objects and arrays. The native syntax has the same bound for brackets. */
const maximumDepth = 100;

/**
 * Parses a file in HCL's JSON syntax. Every text gives a tree; mistakes are reported (family `syntax`), one for each,
 * and the tree keeps what stands before them. The root must be an object or an array of objects. A byte order mark is
 * ignored. Strings are not yet looked into: whether they are templates depends on where they stand.
 */
export function parseJson(source: SourceText, report: Report): JsonFile {
  const reader = new JsonReader(source, report);
  const root = checkTextLength(source, report) ? reader.document() : reader.nothing();
  if (root.kind !== "object" && root.kind !== "array" && !reader.hasReported) {
    report(jsonCatalog["json-root"], { span: reader.span(root.start, root.end), found: describe(root) });
  }
  return { kind: "json-file", source, root };
}

/** Parses a text that is one JSON value as an expression, strings as templates. */
export function parseJsonExpression(source: SourceText, report: Report): Expression {
  const reader = new JsonReader(source, report);
  return jsonExpression(checkTextLength(source, report) ? reader.document() : reader.nothing(), source, report);
}

function describe(node: JsonNode): string {
  if (node.kind === "keyword") return node.keyword;
  return `a ${node.kind}`;
}

type Container = "object" | "array";
const closers: Readonly<Record<Container, string>> = { object: "}", array: "]" };

/** Reads one JSON text from left to right. */
class JsonReader {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #report: Report;
  readonly #open: Container[] = [];
  #offset: number;
  #values = 0;
  /** Something was said about the early end of the text; what it leaves open is not worth more reports. */
  #endReported = false;
  /** End of the last place that a report was about; -1 before the first. */
  #reportEnd = -1;
  /** Reading goes on as if a missing comma had been there; if that does not work out, it is no second mistake. */
  #isGuess = false;

  constructor(source: SourceText, report: Report) {
    this.#source = source;
    this.#text = source.text;
    this.#report = createReport((diagnostic) => {
      this.#reportEnd = Math.max(this.#reportEnd, diagnostic.primary?.end ?? 0);
      if (!this.#isGuess) report.add(diagnostic);
    });
    this.#offset = source.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  get hasReported(): boolean {
    return this.#reportEnd >= 0;
  }

  span(start: number, end: number): Span {
    return { file: this.#source.name, start, end };
  }

  /** What stands for a text that is not read. */
  nothing(): JsonNode {
    this.#reportEnd = 0;
    return { kind: "invalid", start: 0, end: this.#text.length };
  }

  document(): JsonNode {
    this.#skipSpace();
    if (this.#offset >= this.#text.length) {
      this.#report(jsonCatalog["json-empty"], { span: this.span(this.#offset, this.#offset) });
      return { kind: "invalid", start: this.#offset, end: this.#offset };
    }
    const root = this.#value();
    this.#skipSpace();
    // After another mistake the rest is mostly its echo.
    if (this.#offset < this.#text.length && !this.hasReported) {
      const { start, end } = this.#peekWord();
      this.#report(jsonCatalog["json-extra-data"], { span: this.span(start, end), hint: this.#commentHint() });
    }
    return root;
  }

  #value(): JsonNode {
    const start = this.#offset;
    if (++this.#values > textLimits.tokens) return this.#stopReading();
    const character = this.#text.charAt(start);
    switch (character) {
      case "{":
      case "[":
        return this.#container(character === "{" ? "object" : "array");
      case '"':
        return this.#string();
      case "]":
      case "}":
      case ",":
      case "":
        this.#report(jsonCatalog["json-missing-value"], {
          span: this.span(start, Math.min(start + 1, this.#text.length)),
          found: character === "" ? "the end of the file" : character,
        });
        this.#endReported ||= character === "";
        return { kind: "invalid", start, end: start };
    }
    if (/[-+.0-9]/.test(character)) return this.#number();
    if (/[A-Za-z]/.test(character)) return this.#keyword();
    const { end } = this.#peekWord();
    this.#report(jsonCatalog["json-invalid-value"], {
      span: this.span(start, end),
      found: this.#text.slice(start, end),
      hint: character === "'" ? "JSON strings stand in double quotes." : this.#commentHint(),
    });
    this.#offset = end;
    return { kind: "invalid", start, end };
  }

  /** Too much has been read: the rest is left out, and what that leaves open is no further mistake. */
  #stopReading(): JsonNode {
    const start = this.#offset;
    if (!this.#endReported) {
      this.#report(syntaxCatalog["too-large"], {
        span: this.span(start, start + 1),
        limit: `${String(textLimits.tokens)} values`,
      });
    }
    this.#endReported = true;
    this.#offset = this.#text.length;
    return { kind: "invalid", start, end: start };
  }

  #container(kind: Container): JsonObject | JsonArray {
    const start = this.#offset++;
    const properties: JsonProperty[] = [];
    const items: JsonNode[] = [];
    let close: number;
    if (this.#open.length >= maximumDepth) {
      this.#report(jsonCatalog["json-too-deeply-nested"], { span: this.span(start, start + 1), limit: maximumDepth });
      close = this.#skipToClose();
    } else {
      this.#open.push(kind);
      close = kind === "object" ? this.#properties(start, properties) : this.#items(start, items);
      this.#open.pop();
    }
    const end = close === -1 ? this.#offset : close + 1;
    return kind === "object"
      ? { kind, properties, closeBrace: close, start, end }
      : { kind, items, closeBracket: close, start, end };
  }

  /** Reads up to and including the closing brace; its offset, or -1. */
  #properties(start: number, properties: JsonProperty[]): number {
    let comma = -1;
    for (;;) {
      this.#skipSpace();
      const end = this.#tryClose("object", start, comma);
      if (end !== undefined) return end;
      if (this.#text.charAt(this.#offset) !== '"') {
        this.#reportPropertyName();
        return this.#skipToClose();
      }
      const name = this.#string();
      if (name.kind !== "string" || !this.#colon()) return this.#skipToClose();
      this.#skipSpace();
      const value = this.#value();
      properties.push({ name, value });
      if (value.kind === "invalid") this.#offset = this.#closeOffset(true);
      comma = this.#comma("object");
    }
  }

  #items(start: number, items: JsonNode[]): number {
    let comma = -1;
    for (;;) {
      this.#skipSpace();
      const end = this.#tryClose("array", start, comma);
      if (end !== undefined) return end;
      const value = this.#value();
      items.push(value);
      if (value.kind === "invalid") this.#offset = this.#closeOffset(true);
      this.#skipSpace();
      if (this.#text.charAt(this.#offset) === ":") {
        this.#report(jsonCatalog["json-colon-in-array"], { span: this.span(this.#offset, this.#offset + 1) });
        return this.#skipToClose();
      }
      comma = this.#comma("array");
    }
  }

  /** At the closing bracket, the wrong one, or the end of the text: ends the container. */
  #tryClose(kind: Container, start: number, comma: number): number | undefined {
    const character = this.#text.charAt(this.#offset);
    const closer = closers[kind];
    if (character === closer) {
      if (comma !== -1) {
        const item = kind === "object" ? "property" : "value";
        const items = kind === "object" ? "properties" : "values";
        this.#report(jsonCatalog["json-trailing-comma"], { span: this.span(comma, comma + 1), item, items });
      }
      return this.#offset++;
    }
    if (character === "") {
      const hasReason = this.#endReported || this.#reportEnd >= this.#text.trimEnd().length;
      if (!hasReason)
        this.#report(jsonCatalog["json-unclosed"], { span: this.span(start, start + 1), what: kind, closer });
      this.#endReported = true;
      return -1;
    }
    if (character === "}" || character === "]") {
      this.#report(jsonCatalog["json-mismatched"], {
        span: this.span(this.#offset, this.#offset + 1),
        what: kind,
        closer,
        found: character,
        related: [{ span: this.span(start, start + 1), message: `The ${kind} begins here.` }],
      });
      // The bracket may belong to what stands around; then only ours is missing.
      if (this.#open.slice(0, -1).some((outer) => closers[outer] === character)) return -1;
      return this.#offset++;
    }
    return undefined;
  }

  /** Offset of the comma that was read; -1 at the end of the container, and where one is missing (reported). */
  #comma(kind: Container): number {
    this.#skipSpace();
    const character = this.#text.charAt(this.#offset);
    const wasGuess = this.#isGuess;
    this.#isGuess = false;
    if (character === ",") return this.#offset++;
    if (character === "}" || character === "]" || character === "") return -1;
    const items = kind === "object" ? "properties" : "values";
    if (!wasGuess)
      this.#report(jsonCatalog["json-missing-comma"], { span: this.span(this.#offset, this.#peekWord().end), items });
    // Where another item follows directly, only the comma is missing.
    this.#isGuess = character === '"' || (kind === "array" && /[-0-9{[a-z]/.test(character));
    if (!this.#isGuess) this.#offset = this.#closeOffset();
    return -1;
  }

  #colon(): boolean {
    this.#skipSpace();
    const character = this.#text.charAt(this.#offset);
    if (character === ":") {
      this.#offset++;
      return true;
    }
    const { start, end } = this.#peekWord();
    const found = character === "" ? "the end of the file" : this.#text.slice(start, end);
    this.#report(jsonCatalog["json-missing-colon"], { span: this.span(start, end), found: shorten(found) });
    if (character === "=") {
      this.#offset = this.#text.startsWith("=>", this.#offset) ? this.#offset + 2 : this.#offset + 1;
      return true;
    }
    this.#endReported ||= character === "";
    return false;
  }

  #string(): JsonString | JsonNode {
    const start = this.#offset;
    let end = start + 1;
    for (;;) {
      const code = this.#text.charCodeAt(end);
      if (code === 34) break;
      // Everything up to the line end, as no string goes on beyond it.
      if (code === 10 || Number.isNaN(code)) {
        end = Math.min(end, this.#text.length);
        if (this.#text.charCodeAt(end - 1) === 13) end--;
        this.#report(jsonCatalog["json-unclosed-string"], { span: this.span(start, end) });
        this.#offset = end;
        return { kind: "invalid", start, end };
      }
      end += code === 92 && this.#text.charCodeAt(end + 1) !== 10 ? 2 : 1;
    }
    this.#offset = end + 1;
    const raw = this.#text.slice(start + 1, end);
    // oxlint-disable-next-line no-control-regex
    if (!/[\\\x00-\x1f]/.test(raw)) return { kind: "string", value: raw, start, end: end + 1 };
    const { value, faults } = decodeString(this.#text, start + 1, end);
    for (const fault of faults) this.#reportFault(fault);
    return { kind: faults.length > 0 ? "invalid" : "string", value, start, end: end + 1 } as JsonNode;
  }

  #reportFault(fault: { kind: "escape" | "control"; start: number; end: number }): void {
    const span = this.span(fault.start, fault.end);
    const text = this.#text.slice(fault.start, fault.end);
    if (fault.kind === "escape") {
      this.#report(jsonCatalog["json-invalid-escape"], { span, escape: text });
      return;
    }
    const code = text.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    this.#report(jsonCatalog["json-control-character"], { span, code, escape: JSON.stringify(text).slice(1, -1) });
  }

  #number(): JsonNode {
    const start = this.#offset;
    while (/[-+.0-9eE]/.test(this.#text.charAt(this.#offset))) this.#offset++;
    const text = this.#text.slice(start, this.#offset);
    if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(text)) {
      if (isNumberInRange(text)) return { kind: "number", text, start, end: this.#offset };
      const span = this.span(start, this.#offset);
      this.#report(syntaxCatalog["number-out-of-range"], { span, limit: maximumNumberScale });
      return { kind: "invalid", start, end: this.#offset };
    }
    this.#report(jsonCatalog["json-invalid-number"], { span: this.span(start, this.#offset), text: shorten(text) });
    return { kind: "invalid", start, end: this.#offset };
  }

  #keyword(): JsonNode {
    const { start, end } = this.#peekWord();
    const word = this.#text.slice(start, end);
    this.#offset = end;
    if (word === "true" || word === "false" || word === "null") return { kind: "keyword", keyword: word, start, end };
    this.#report(jsonCatalog["json-invalid-keyword"], {
      span: this.span(start, end),
      word: shorten(word),
      near: suggestName(word, ["true", "false", "null"]),
    });
    return { kind: "invalid", start, end };
  }

  #reportPropertyName(): void {
    const { start, end } = this.#peekWord();
    const found = this.#text.slice(start, end);
    const hint = /^[A-Za-z_]/.test(found) ? `Write "${shorten(found)}".` : this.#commentHint();
    this.#report(jsonCatalog["json-property-name"], { span: this.span(start, end), found: shorten(found), hint });
  }

  #commentHint(): string | undefined {
    return /^(?:\/\/|\/\*|#)/.test(this.#text.slice(this.#offset, this.#offset + 2))
      ? 'JSON has no comments; use a property named "//".'
      : undefined;
  }

  /** Goes behind the closing bracket of the container that is open, over whatever stands before it. */
  #skipToClose(): number {
    this.#isGuess = false;
    this.#offset = this.#closeOffset();
    if (this.#offset < this.#text.length) return this.#offset++;
    this.#endReported = true;
    return -1;
  }

  /** Where the closing bracket of the open container stands, or the next comma before it. */
  #closeOffset(stopAtComma = false): number {
    const restOfString = /(?:[^"\\\n]|\\.)*"/y;
    let depth = 0;
    for (let index = this.#offset; index < this.#text.length; index++) {
      const character = this.#text.charAt(index);
      if (character === '"') {
        restOfString.lastIndex = index + 1;
        if (restOfString.test(this.#text)) index = restOfString.lastIndex - 1;
      } else if (character === "{" || character === "[") depth++;
      else if (character === "}" || character === "]") {
        if (depth === 0) return index;
        depth--;
      } else if (stopAtComma && character === "," && depth === 0) return index;
    }
    return this.#text.length;
  }

  /** The word, string or character at the current place, for messages. */
  #peekWord(): { start: number; end: number } {
    const start = this.#offset;
    const match = /^(?:[A-Za-z_$][\w-]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"?|[-+.0-9eE]+|.)/u.exec(
      this.#text.slice(start, start + 200),
    );
    return { start, end: start + (match?.[0].length ?? 0) };
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#offset);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#offset++;
    }
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
