const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** Go's idea of a printable character: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

/** `\uXXXX` or `\UXXXXXXXX`. */
export function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) as number;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Quotes a string as Go's `strconv.Quote` does: printable characters stand, others become escapes. */
export function quoteGo(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  let result = '"';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const escape = escapes[character];
    if (escape !== undefined) result += escape;
    else if (isPrintable(character)) result += character;
    else if (code < 0x80) result += `\\x${code.toString(16).padStart(2, "0")}`;
    else result += escapeCodePoint(character);
  }
  return `${result}"`;
}
