import { createToken, Lexer, type TokenType } from "chevrotain";
import type { TokenTypes } from "../lexer/token-types.js";

const keywordNames = ["For", "In", "If", "Else", "EndIf", "EndFor"] as const;

/**
 * Contextual keywords. The lexer knows only identifiers; layout replaces an identifier by one of these where the
 * language reads it as a keyword, so everywhere else `for` and `if` stay ordinary names.
 */
export type Keywords = Readonly<Record<(typeof keywordNames)[number], TokenType>>;

/** Every token type that the grammar names. */
export type Vocabulary = TokenTypes & Keywords;

/** Adds the contextual keywords to the lexer's token types. */
export function createVocabulary(types: TokenTypes): Vocabulary {
  const keywords = Object.fromEntries(
    keywordNames.map((name) => [name, createToken({ name, pattern: Lexer.NA })] as const),
  ) as Keywords;
  return { ...types, ...keywords };
}
