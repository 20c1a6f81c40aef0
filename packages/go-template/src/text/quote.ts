/** Characters that Go calls printable: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go's `unicode.IsPrint` holds for the character. */
export function isPrintable(character: string): boolean {
  return printable.test(character);
}

const shortEscapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

function escapeCharacter(character: string, quote: string, asciiOnly: boolean): string {
  if (character === quote) return `\\${quote}`;
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) as number;
  if (code < 0x7f ? code >= 0x20 : !asciiOnly && isPrintable(character)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, "0")}`;
  // A lone surrogate has no UTF-8 form; Go sees the replacement character.
  if (code >= 0xd800 && code <= 0xdfff) return asciiOnly ? "\\ufffd" : "\ufffd";
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Quotes a text as Go's `strconv.Quote` does (`QuoteToASCII` with `asciiOnly`). */
export function quoteGoString(text: string, asciiOnly = false): string {
  let result = '"';
  for (const character of text) result += escapeCharacter(character, '"', asciiOnly);
  return `${result}"`;
}

/** Quotes a character as Go's `strconv.QuoteRune` does. */
export function quoteGoRune(code: number, asciiOnly = false): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const character = valid ? String.fromCodePoint(code) : "\ufffd";
  return `'${escapeCharacter(character, "'", asciiOnly)}'`;
}

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
  "'": 39,
  '"': 34,
};

/**
 * The text inside a Go interpreted string or character literal (without its quotes), `undefined` when an escape is
 * malformed. Byte escapes that do not form UTF-8 become the replacement character.
 */
export function unescapeGoLiteral(body: string, quote: '"' | "'"): string | undefined {
  if (!body.includes("\\")) return body;
  const bytes: Uint8Array[] = [];
  let at = 0;
  while (at < body.length) {
    const slash = body.indexOf("\\", at);
    if (slash === -1) {
      bytes.push(Buffer.from(body.slice(at)));
      break;
    }
    bytes.push(Buffer.from(body.slice(at, slash)));
    const escape = readEscape(body, slash + 1, quote);
    if (escape === undefined) return undefined;
    bytes.push(escape.isByte ? Uint8Array.of(escape.code) : Buffer.from(String.fromCodePoint(escape.code)));
    at = escape.end;
  }
  return Buffer.concat(bytes).toString("utf8");
}

function readEscape(
  body: string,
  at: number,
  quote: string,
): { code: number; isByte: boolean; end: number } | undefined {
  const letter = body[at] ?? "";
  const simple = simpleEscapes[letter];
  if (simple !== undefined) {
    if ((letter === '"' || letter === "'") && letter !== quote) return undefined;
    return { code: simple, isByte: false, end: at + 1 };
  }
  const width = letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
  if (width > 0) {
    const digits = body.slice(at + 1, at + 1 + width);
    if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const code = Number.parseInt(digits, 16);
    if (letter !== "x" && (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) return undefined;
    return { code, isByte: letter === "x", end: at + 1 + width };
  }
  const octal = /^[0-7]{3}/.exec(body.slice(at, at + 3));
  if (octal === null) return undefined;
  const code = Number.parseInt(octal[0], 8);
  return code > 255 ? undefined : { code, isByte: true, end: at + 3 };
}
