import { diagnose, type Diagnostic, type SourceText } from "@hclbuild/diagnostics";
import type { IToken } from "chevrotain";
import { syntaxCatalog } from "../catalog.js";
import type { TokenKind } from "../lexer/token-types.js";

const bitwise: Partial<Record<TokenKind, string | undefined>> = {
  Ampersand: "&&",
  Pipe: "||",
  Tilde: "!",
  Caret: undefined,
};

const hints: Partial<Record<TokenKind, string>> = {
  Apostrophe: 'Strings are written with double quotes: "text".',
  Backtick: "For text of several lines use a heredoc such as <<EOT.",
  Semicolon: "Arguments and blocks end with their line; items of a list are separated by commas.",
};

const curlyQuotes = /^[\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb]$/;

/** The diagnostic for a character or operator that HCL does not have, or `undefined` for all other tokens. */
export function alienCharacter(token: IToken, source: SourceText): Diagnostic | undefined {
  const kind = token.tokenType.name as TokenKind;
  const span = { file: source.name, start: token.startOffset, end: token.startOffset + token.image.length };
  if (kind in bitwise)
    return diagnose(syntaxCatalog["unsupported-operator"], { span, operator: token.image, near: bitwise[kind] });
  if (kind === "Invalid") return diagnose(syntaxCatalog["unexpected-character"], { span, ...describe(token.image) });
  const hint = hints[kind];
  return hint === undefined
    ? undefined
    : diagnose(syntaxCatalog["unexpected-character"], { span, character: token.image, hint });
}

function describe(image: string): { character: string; hint?: string } {
  if (curlyQuotes.test(image)) {
    return {
      character: image,
      hint: 'It is a typographic quote, as word processors and web pages insert it. Use a straight quote (").',
    };
  }
  const code = `U+${(image.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  if (image === "\\")
    return {
      character: image,
      hint: "A backslash has a meaning only inside of strings, before the character it belongs to.",
    };
  // Control and format characters would be invisible in the message.
  return { character: /^[\p{C}\p{Z}]$/u.test(image) ? code : image, hint: `Its code is ${code}.` };
}
