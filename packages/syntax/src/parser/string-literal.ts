/** A part of a string literal that cannot be read. */
export interface EscapeFault {
  readonly kind: "unknown-escape" | "incomplete-unicode-escape" | "invalid-code-point" | "surrogate";
  /** Offsets into the text given. */
  readonly start: number;
  readonly end: number;
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
const hexDigits = /[0-9a-fA-F]*/y;

/**
 * Resolves the escapes of a quoted literal: `\n`, `\r`, `\t`, `\"`, `\\`, `\uNNNN`, `\UNNNNNNNN`, `$${` and `%%{`
 * (HCL specification, "Template Literals"). What cannot be read is reported through `fault` and kept as it is written.
 */
export function unescapeQuoted(text: string, fault?: (fault: EscapeFault) => void): string {
  if (!text.includes("\\")) return unescapeSequences(text);
  let result = "";
  let index = 0;
  while (index < text.length) {
    const character = text[index] as string;
    if (character !== "\\") {
      const literal = escapedSequence(text, index);
      result += literal ?? character;
      index += literal === undefined ? 1 : 3;
      continue;
    }
    const escape = readEscape(text, index);
    if (escape.fault !== undefined) fault?.(escape.fault);
    result += escape.value;
    index = escape.end;
  }
  return result;
}

/** Resolves `$${` and `%%{`, the only escapes of heredocs and template files. */
export function unescapeSequences(text: string): string {
  if (!text.includes("$${") && !text.includes("%%{")) return text;
  return text.replaceAll("$${", "${").replaceAll("%%{", "%{");
}

function escapedSequence(text: string, index: number): string | undefined {
  if (text.startsWith("$${", index)) return "${";
  if (text.startsWith("%%{", index)) return "%{";
  return undefined;
}

interface Escape {
  readonly value: string;
  readonly end: number;
  readonly fault?: EscapeFault;
}

function readEscape(text: string, start: number): Escape {
  const letter = text[start + 1] ?? "";
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { value: simple, end: start + 2 };
  if (letter === "u" || letter === "U") return readUnicodeEscape(text, start, letter === "u" ? 4 : 8);
  const end = start + 1 + ((text.codePointAt(start + 1) ?? 0) > 0xffff ? 2 : letter.length);
  return { value: text.slice(start, end), end, fault: { kind: "unknown-escape", start, end } };
}

function readUnicodeEscape(text: string, start: number, digits: number): Escape {
  hexDigits.lastIndex = start + 2;
  const found = (hexDigits.exec(text)?.[0] ?? "").slice(0, digits);
  const end = start + 2 + found.length;
  const raw = { value: text.slice(start, end), end };
  if (found.length < digits) return { ...raw, fault: { kind: "incomplete-unicode-escape", start, end } };
  const code = Number.parseInt(found, 16);
  if (code > 0x10ffff) return { ...raw, fault: { kind: "invalid-code-point", start, end } };
  if (code >= 0xd800 && code <= 0xdfff) return { ...raw, fault: { kind: "surrogate", start, end } };
  return { value: String.fromCodePoint(code), end };
}

/**
 * Splits the text of a string literal into plain stretches and escapes, in the granularity of HCL's own scanner. For
 * highlighting and for edits inside strings.
 */
export function splitStringLiteral(text: string, quoted: boolean): readonly string[] {
  const parts: string[] = [];
  const escape = quoted
    ? /\$\$\{?|%%\{?|[$%]|\\u[0-9a-fA-F]{0,4}|\\U[0-9a-fA-F]{0,8}|\\(?:[\ud800-\udbff][\udc00-\udfff]|[\s\S])?|\r?\n|\r/gy
    : /\$\$\{?|%%\{?|[$%]|\r?\n|\r/gy;
  let plainStart = 0;
  let index = 0;
  const flush = (): void => {
    if (index > plainStart) parts.push(text.slice(plainStart, index));
  };
  while (index < text.length) {
    escape.lastIndex = index;
    const found = escape.exec(text)?.[0];
    if (found === undefined) {
      index++;
      continue;
    }
    flush();
    parts.push(found);
    index += found.length;
    plainStart = index;
  }
  flush();
  return parts;
}
