/**
 * Go maps case one character at a time by Unicode's simple mappings, where JavaScript's `toUpperCase` may give several
 * characters. Where JavaScript gives one the two agree; these are the characters whose simple mapping is another one.
 */
function simpleUpper(character: string): string {
  const upper = character.toUpperCase();
  if (isSingle(upper)) return upper;
  const code = character.codePointAt(0) as number;
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCodePoint(code + 9) : character;
}

function simpleLower(character: string): string {
  if (character === "\u0130") return "i";
  const lower = character.toLowerCase();
  return isSingle(lower) ? lower : character;
}

function isSingle(text: string): boolean {
  const code = text.codePointAt(0) as number;
  return text.length === (code > 0xffff ? 2 : 1);
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let result = "";
  for (const character of text) result += map(character);
  return result;
}

/** Go's `strings.ToUpper`. */
export function toGoUpper(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text) ? text.toUpperCase() : mapCharacters(text, simpleUpper);
}

/** Go's `strings.ToLower`. */
export function toGoLower(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : mapCharacters(text, simpleLower);
}

const titleForms: ReadonlyMap<string, string> = new Map(
  [
    ["\u01c4\u01c5\u01c6", "\u01c5"],
    ["\u01c7\u01c8\u01c9", "\u01c8"],
    ["\u01ca\u01cb\u01cc", "\u01cb"],
    ["\u01f1\u01f2\u01f3", "\u01f2"],
  ].flatMap(([group, title]) => [...(group as string)].map((character) => [character, title as string] as const)),
);

function simpleTitle(character: string): string {
  // Georgian letters have capitals, but no title case.
  if (/[\u10d0-\u10fa\u10fd-\u10ff]/.test(character)) return character;
  return titleForms.get(character) ?? simpleUpper(character);
}

/** Go's `strings.Title`: the first letter after anything that is no letter, digit or underscore. */
export function toGoTitle(text: string): string {
  let result = "";
  let afterSeparator = true;
  for (const character of text) {
    result += afterSeparator ? simpleTitle(character) : character;
    afterSeparator = isSeparator(character);
  }
  return result;
}

function isSeparator(character: string): boolean {
  if (character <= "\u007f") return !/[0-9A-Za-z_]/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && goSpace.test(character);
}

/** Go's `unicode.IsSpace`. */
const goSpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Go's `strings.TrimSpace`. */
export function trimGoSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && goSpace.test(text[start] as string)) start++;
  while (end > start && goSpace.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}
