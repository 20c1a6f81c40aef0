import { diagnose, type Diagnostic, type SourceText } from "@hclbuild/diagnostics";
import type { IToken } from "chevrotain";
import { syntaxCatalog } from "../catalog.js";
import { characterHint } from "../character-hint.js";
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

/** The diagnostic for a character or operator that HCL does not have, or `undefined` for all other tokens. */
export function alienCharacter(token: IToken, source: SourceText): Diagnostic | undefined {
  const kind = token.tokenType.name as TokenKind;
  const span = { file: source.name, start: token.startOffset, end: token.startOffset + token.image.length };
  if (kind in bitwise)
    return diagnose(syntaxCatalog["unsupported-operator"], { span, operator: token.image, near: bitwise[kind] });
  if (kind === "Invalid") {
    const next = source.text.charAt(span.end);
    return diagnose(syntaxCatalog["unexpected-character"], { span, ...describe(token.image, next) });
  }
  const hint = hints[kind];
  return hint === undefined
    ? undefined
    : diagnose(syntaxCatalog["unexpected-character"], { span, character: token.image, hint });
}

function describe(image: string, next: string): { character: string; hint: string } {
  const point = image.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  // Control and format characters would be invisible in the message.
  const character = /^[\p{C}\p{Z}]$/u.test(image) ? code : image;
  return { character, hint: characterHint(image, next) ?? `Its code is ${code}.` };
}
