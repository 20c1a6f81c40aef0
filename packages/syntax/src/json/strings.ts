const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export type StringFault =
  | { readonly kind: "escape"; readonly start: number; readonly end: number }
  | { readonly kind: "control"; readonly start: number; readonly end: number };

/**
 * A JSON string's value and where each of its UTF-16 code units comes from: unit `i` was written from `starts[i]` to
 * `starts[i + 1]`. Half of a surrogate pair written alone becomes U+FFFD, as in Go's JSON reader.
 */
export interface DecodedString {
  readonly value: string;
  readonly starts: readonly number[];
  readonly faults: readonly StringFault[];
}

/** Decodes the text between the quotes, which lie at `start - 1` and `end`. */
export function decodeString(text: string, start: number, end: number): DecodedString {
  const starts: number[] = [];
  const faults: StringFault[] = [];
  let value = "";
  let offset = start;
  const put = (characters: string, length: number): void => {
    value += characters;
    for (let index = 0; index < characters.length; index++) starts.push(offset);
    offset += length;
  };
  while (offset < end) {
    const code = text.charCodeAt(offset);
    if (code !== 92) {
      if (code < 0x20) faults.push({ kind: "control", start: offset, end: offset + 1 });
      // Both halves of a pair keep their own place: an excerpt never cuts between them.
      put(text.charAt(offset), 1);
      continue;
    }
    const letter = text.charAt(offset + 1);
    const short = Object.hasOwn(shortEscapes, letter) ? shortEscapes[letter] : undefined;
    if (short !== undefined) {
      put(short, 2);
      continue;
    }
    const unit = letter === "u" ? hexUnit(text, offset + 2, end) : undefined;
    if (unit === undefined) {
      const length = Math.min(end - offset, 2);
      faults.push({ kind: "escape", start: offset, end: offset + length });
      put("\ufffd", length);
      continue;
    }
    const low =
      unit >= 0xd800 && unit < 0xdc00 && text.startsWith("\\u", offset + 6)
        ? hexUnit(text, offset + 8, end)
        : undefined;
    if (low !== undefined && low >= 0xdc00 && low < 0xe000) put(String.fromCharCode(unit, low), 12);
    else put(unit >= 0xd800 && unit < 0xe000 ? "\ufffd" : String.fromCharCode(unit), 6);
  }
  starts.push(end);
  return { value, starts, faults };
}

function hexUnit(text: string, start: number, end: number): number | undefined {
  const digits = text.slice(start, Math.min(start + 4, end));
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
