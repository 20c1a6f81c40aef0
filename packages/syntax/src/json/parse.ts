import type { Report, SourceText } from "@hclbuild/diagnostics";
import type { Expression } from "../ast.js";
import { syntaxCatalog } from "../catalog.js";
import { jsonCatalog } from "./catalog.js";
import { jsonExpression } from "./expression.js";
import { nameHint, separatorHint, valueHint } from "./hints.js";
import type { JsonArray, JsonFile, JsonNode, JsonObject, JsonProperty, JsonString } from "./nodes.js";
import { checkTextLength, textLimits } from "../text-limits.js";
import { ScalarReader } from "./scalar-reader.js";
import { beginsLine, closeOffset, isOutside, isPartner, shown } from "./scan.js";

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

// A comma between a name and its value, and not one behind a name that has no value.
const standsForColon = /^,\s*(?!"(?:[^"\\\n]|\\.)*"\s*:)["{[\w-]/;

/** Reads one JSON text from left to right. */
class JsonReader extends ScalarReader {
  #values = 0;
  /** Something was said about the early end of the text; what it leaves open is not worth more reports. */
  #endReported = false;
  readonly #open: { readonly kind: Container; readonly start: number }[] = [];

  /** What stands for a text that is not read. */
  nothing(): JsonNode {
    this.reportEnd = 0;
    return { kind: "invalid", start: 0, end: this.text.length };
  }

  document(): JsonNode {
    this.skipSpace();
    if (this.offset >= this.text.length) {
      if (!this.hasReported) this.report(jsonCatalog["json-empty"], { span: this.span(this.offset, this.offset) });
      return { kind: "invalid", start: this.offset, end: this.offset };
    }
    const root = this.#value();
    this.skipSpace();
    // After another mistake the rest is mostly its echo.
    if (this.offset < this.text.length && !this.hasReported) {
      this.report(jsonCatalog["json-extra-data"], { span: this.word() });
    }
    return root;
  }

  #value(): JsonNode {
    const start = this.offset;
    if (++this.#values > textLimits.tokens) return this.#stopReading();
    const character = this.text.charAt(start);
    switch (character) {
      case "{":
      case "[":
        return this.#container(character === "{" ? "object" : "array");
      case '"':
        return this.string();
      case "]":
      case "}":
      case ",":
      case "":
        this.report(jsonCatalog["json-missing-value"], {
          span: this.span(start, Math.min(start + 1, this.text.length)),
          found: character === "" ? "the end of the file" : character,
        });
        this.#endReported ||= character === "";
        return { kind: "invalid", start, end: start };
    }
    if (/[-+.0-9]/.test(character)) return this.number();
    if (/[A-Za-z]/.test(character)) return this.keyword(this.#open.length === 0);
    const span = this.word();
    const { end } = span;
    const found = shown(this.text.slice(start, end));
    this.report(jsonCatalog["json-invalid-value"], { span, found, hint: valueHint(this.text, start) });
    this.offset = end;
    return { kind: "invalid", start, end };
  }

  /** Too much has been read: the rest is left out, and what that leaves open is no further mistake. */
  #stopReading(): JsonNode {
    const start = this.offset;
    if (!this.#endReported) {
      this.report(syntaxCatalog["too-large"], {
        span: this.span(start, start + 1),
        limit: `${String(textLimits.tokens)} values`,
      });
    }
    this.#endReported = true;
    this.offset = this.text.length;
    return { kind: "invalid", start, end: start };
  }

  #container(kind: Container): JsonObject | JsonArray {
    const start = this.offset++;
    const properties: JsonProperty[] = [];
    const items: JsonNode[] = [];
    let close: number;
    if (this.#open.length >= maximumDepth) {
      this.report(jsonCatalog["json-too-deeply-nested"], { span: this.span(start, start + 1), limit: maximumDepth });
      close = this.#skipToClose();
    } else {
      this.#open.push({ kind, start });
      close = kind === "object" ? this.#properties(start, properties) : this.#items(start, items);
      this.#open.pop();
    }
    const end = close === -1 ? this.offset : close + 1;
    return kind === "object"
      ? { kind, properties, closeBrace: close, start, end }
      : { kind, items, closeBracket: close, start, end };
  }

  /** Reads up to and including the closing brace; its offset, or -1. */
  #properties(start: number, properties: JsonProperty[]): number {
    let comma = -1;
    let next: JsonString | undefined;
    for (;;) {
      this.skipSpace();
      const end = next === undefined ? this.#tryClose("object", start, comma) : undefined;
      if (end !== undefined) return end;
      const name = next ?? this.#propertyName();
      next = undefined;
      if (name === undefined || !this.#colon()) {
        comma = -1;
        this.skipSpace();
        if (this.text.charAt(this.offset) !== '"' || !beginsLine(this.source, this.offset)) this.#skipItem();
        continue;
      }
      this.skipSpace();
      const value = this.#value();
      this.skipSpace();
      if (value.kind === "string" && this.text.charAt(this.offset) === ":" && beginsLine(this.source, value.start)) {
        const found = shown(this.text.slice(value.start, value.end));
        this.report(jsonCatalog["json-missing-value"], { span: this.span(value.start, value.end), found });
        properties.push({ name, value: { kind: "invalid", start: name.end, end: name.end } });
        next = value;
        continue;
      }
      properties.push({ name, value });
      this.#skipRest(value);
      comma = this.#comma("object");
    }
  }

  /** The name of a property, or what was meant as one; `undefined` when it cannot be told (reported). */
  #propertyName(): JsonString | undefined {
    const start = this.offset;
    if (this.text.charAt(start) === '"') {
      const name = this.string();
      if (name.kind === "string") return name;
      return this.isGuess ? undefined : { kind: "string", value: "", start: name.start, end: name.end };
    }
    const span = this.word();
    const word = this.text.slice(start, span.end);
    this.report(jsonCatalog["json-property-name"], { span, found: shown(word), hint: nameHint(word) });
    if (!/^[,\]})[{]$/.test(word)) this.offset = span.end;
    if (!/^\s*[:=]/.test(this.text.slice(span.end, span.end + 20))) return undefined;
    // Whether the value can be read does not matter any more.
    this.isGuess = this.text.slice(span.end).trimStart().startsWith("=");
    return { kind: "string", value: word.replaceAll(/^['\u201c]|['\u201d]$/gu, ""), start, end: span.end };
  }

  #items(start: number, items: JsonNode[]): number {
    let comma = -1;
    for (;;) {
      this.skipSpace();
      const end = this.#tryClose("array", start, comma);
      if (end !== undefined) return end;
      const value = this.#value();
      items.push(value);
      this.#skipRest(value);
      this.skipSpace();
      if (this.text.charAt(this.offset) === ":") {
        if (value.kind !== "string" || !isOutside(this.source, start, value.start)) {
          this.report(jsonCatalog["json-colon-in-array"], { span: this.span(this.offset, this.offset + 1) });
          return this.#skipToClose();
        }
        this.report(jsonCatalog["json-unclosed"], { span: this.span(start, start + 1), what: "array", closer: "]" });
        items.pop();
        this.offset = value.start;
        this.isGuess = true;
        return -1;
      }
      comma = this.#comma("array");
    }
  }

  /** At the closing bracket, the wrong one, or the end of the text: ends the container. */
  #tryClose(kind: Container, start: number, comma: number): number | undefined {
    this.#skipStrays(kind, start);
    const character = this.text.charAt(this.offset);
    const closer = closers[kind];
    if (character === closer) {
      if (comma !== -1) {
        const item = kind === "object" ? "property" : "value";
        const items = kind === "object" ? "properties" : "values";
        this.report(jsonCatalog["json-trailing-comma"], { span: this.span(comma, comma + 1), item, items });
      }
      return this.offset++;
    }
    if (character === "") {
      const hasReason = this.#endReported || this.reportEnd >= this.text.trimEnd().length;
      if (!hasReason)
        this.report(jsonCatalog["json-unclosed"], { span: this.span(start, start + 1), what: kind, closer });
      this.#endReported = true;
      return -1;
    }
    if (!isCloser(character)) return undefined;
    this.report(jsonCatalog["json-mismatched"], {
      span: this.span(this.offset, this.offset + 1),
      what: kind,
      closer,
      found: character,
      related: [{ span: this.span(start, start + 1), message: `The ${kind} begins here.` }],
    });
    // The bracket may belong to what stands around; then only ours is missing.
    return this.#isMeantFor(start) || this.#outer(character) === undefined ? this.offset++ : -1;
  }

  /** Goes over closing brackets that belong to nothing that is open, and the comma after each. */
  #skipStrays(kind: Container, start: number): void {
    for (;;) {
      const found = this.text.charAt(this.offset);
      const isStray = isCloser(found) && found !== closers[kind] && this.#outer(found) === undefined;
      if (!isStray || this.#isMeantFor(start) || this.text.trimEnd().length === this.offset + 1) return;
      this.report(jsonCatalog["json-unexpected-closing"], {
        span: this.span(this.offset, this.offset + 1),
        found,
      });
      while (this.text.charAt(this.offset) === found) this.offset++;
      this.isGuess = true;
      this.#comma(kind);
      this.skipSpace();
    }
  }

  /** The innermost container around the one that is open that a bracket closes. */
  #outer(closer: string): { readonly start: number } | undefined {
    return this.#open.slice(0, -1).findLast((open) => closers[open.kind] === closer);
  }

  /** Whether a bracket of the wrong kind at the current place closes the container that is open. */
  #isMeantFor(start: number): boolean {
    if (!isPartner(this.source, start, this.offset)) return false;
    const outer = this.#outer(this.text.charAt(this.offset));
    return outer === undefined || !isPartner(this.source, outer.start, this.offset);
  }

  /** Offset of the comma that was read; -1 at the end of the container, and where one is missing (reported). */
  #comma(kind: Container): number {
    this.skipSpace();
    const character = this.text.charAt(this.offset);
    const wasGuess = this.isGuess;
    this.isGuess = false;
    if (character === ",") return this.offset++;
    if (isCloser(character) || character === "") return -1;
    if (!wasGuess) {
      const items = kind === "object" ? "properties" : "values";
      const hint = separatorHint(this.text, this.offset, this.text.charAt(this.offset - 1));
      this.report(jsonCatalog["json-missing-comma"], { span: this.word(), items, hint });
    }
    if (character === ";") this.offset++;
    // Where another item follows directly, only the comma is missing.
    else if (character === '"' || (kind === "array" && /[-0-9{[a-z]/.test(character))) this.isGuess = true;
    else this.#skipItem();
    return -1;
  }

  /** Leaves out what stands before the next comma of the container, and the comma. */
  #skipItem(): void {
    this.isGuess = false;
    this.offset = closeOffset(this.text, this.offset, true);
    if (this.text.charAt(this.offset) === ",") this.offset++;
  }

  /** Leaves out what stands behind a value that cannot be read. */
  #skipRest(value: JsonNode): void {
    if (value.kind === "invalid" && !this.isGuess) this.offset = closeOffset(this.text, this.offset, true);
  }

  #colon(): boolean {
    this.skipSpace();
    const character = this.text.charAt(this.offset);
    if (character === ":") {
      this.offset++;
      return true;
    }
    const span = this.word();
    const found = character === "" ? "the end of the file" : shown(this.text.slice(span.start, span.end));
    this.report(jsonCatalog["json-missing-colon"], { span, found });
    if (character === "=") {
      this.offset = this.text.startsWith("=>", this.offset) ? this.offset + 2 : this.offset + 1;
      return true;
    }
    if (character === "," && standsForColon.test(this.text.slice(this.offset, this.offset + 200))) {
      this.offset++;
      this.isGuess = true;
      return true;
    }
    this.#endReported ||= character === "";
    this.isGuess = /["{[\w-]/.test(character);
    return this.isGuess;
  }

  /** Goes behind the closing bracket of the container that is open, over whatever stands before it. */
  #skipToClose(): number {
    this.isGuess = false;
    this.offset = closeOffset(this.text, this.offset, false);
    if (this.offset < this.text.length) return this.offset++;
    this.#endReported = true;
    return -1;
  }
}

function isCloser(character: string): boolean {
  return character === "}" || character === "]" || character === ")";
}
