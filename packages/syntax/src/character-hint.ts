const plainForms: Readonly<Record<string, string>> = {
  "\u2026": "three dots (...)",
  "\u2190": "<=",
  "\u2192": "=>",
  "\u00d7": "an asterisk (*)",
  "\u00f7": "a slash (/)",
  "\u2260": "!=",
  "\u2264": "<=",
  "\u2265": ">=",
};

/** What may be meant by a character, by the first pattern that it matches. */
const lookalikes: readonly (readonly [characters: RegExp, hint: string])[] = [
  [
    /[\u2018-\u201f\u00ab\u00bb]/,
    'It is a typographic quote, as word processors and web pages insert it. Use a straight quote (").',
  ],
  [/[\u2010-\u2015\u2212]/, "It looks like a minus sign. Use a plain one (-)."],
  [/\r/, "Lines end with a line feed; a carriage return alone ends none."],
  [/\ufeff/, "It is a byte order mark, which may stand only at the beginning. Remove it."],
  [/[\p{Z}\f\v]/u, "It looks like a space but is another character. Use a plain space."],
  [/\p{Cf}/u, "It is invisible. Remove it."],
];

/** What may be meant by a character that the language does not have; `next` is the one behind it. */
export function characterHint(image: string, next: string): string | undefined {
  if (image === "\\")
    return next === "\n" || next === "\r"
      ? "A backslash does not continue a line."
      : "A backslash has a meaning only inside of strings, before the character it belongs to.";
  if (image === "$")
    return next === "{"
      ? "A template sequence stands inside of quotes; outside of them write what is in its braces alone."
      : "A reference is written without a dollar sign.";
  if (image === "\0") return "The file may be in UTF-16. Save it with the encoding UTF-8.";
  const plain = plainForms[image];
  if (plain !== undefined) return `Write ${plain}.`;
  if (/[\uff01-\uff5e]/.test(image))
    return `It is a wide form. Write ${String.fromCharCode(image.charCodeAt(0) - 0xfee0)}.`;
  return lookalikes.find(([characters]) => characters.test(image))?.[1];
}
