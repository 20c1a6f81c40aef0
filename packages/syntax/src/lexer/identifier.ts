// ASCII identifiers are by far the most frequent tokens, so they never reach the Unicode expressions.
const asciiClass = new Uint8Array(128);
for (const letter of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") asciiClass[letter.charCodeAt(0)] = 2;
for (const other of "0123456789-") asciiClass[other.charCodeAt(0)] = 1;

const unicodeStart = /[\p{ID_Start}_]/uy;
const unicodeContinue = /[\p{ID_Continue}_-]+/uy;

/**
 * End of the identifier that begins at `offset`, or `offset` when none does. Identifiers follow Unicode UAX #31
 * (ID_Start, ID_Continue); HCL also allows `_` at the start and `-` after it.
 */
export function scanIdentifier(text: string, offset: number): number {
  let code = text.charCodeAt(offset);
  if (code < 128) {
    if (asciiClass[code] !== 2) return offset;
  } else {
    unicodeStart.lastIndex = offset;
    if (!unicodeStart.test(text)) return offset;
    unicodeContinue.lastIndex = unicodeStart.lastIndex;
    return unicodeContinue.test(text) ? unicodeContinue.lastIndex : unicodeStart.lastIndex;
  }
  let end = offset + 1;
  for (code = text.charCodeAt(end); code < 128; code = text.charCodeAt(end)) {
    if (asciiClass[code] === 0) return end;
    end++;
  }
  if (end >= text.length) return end;
  unicodeContinue.lastIndex = end;
  return unicodeContinue.test(text) ? unicodeContinue.lastIndex : end;
}

/** Whether the whole text is an identifier that may be written without quotes. */
export function isIdentifier(text: string): boolean {
  return text !== "" && scanIdentifier(text, 0) === text.length;
}
