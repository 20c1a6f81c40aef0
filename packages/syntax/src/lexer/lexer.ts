import type { SourceText } from "@hclbuild/diagnostics";
import { Lexer, type IToken, type TokenType } from "chevrotain";
import {
  createTokenTypes,
  lexerModes,
  type HeredocState,
  type LexerMode,
  type TokenKind,
  type TokenTypes,
} from "./token-types.js";

/**
 * One token. `text` is exactly the source text between `start` and `end`; a line comment includes its line end, as in
 * HCL's own scanner.
 */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A {@link Token} in the shape that chevrotain's parser reads. */
export class LexedToken implements Token, IToken {
  readonly image: string;
  readonly startOffset: number;
  readonly tokenTypeIdx: number;
  readonly tokenType: TokenType;
  /** Set on tokens that recovery put in: they are zero characters wide and stand for something that is missing. */
  declare isInsertedInRecovery?: boolean;

  constructor(image: string, startOffset: number, tokenTypeIdx: number, tokenType: TokenType) {
    this.image = image;
    this.startOffset = startOffset;
    this.tokenTypeIdx = tokenTypeIdx;
    this.tokenType = tokenType;
  }

  get kind(): TokenKind {
    return this.tokenType.name as TokenKind;
  }

  get text(): string {
    return this.image;
  }

  get start(): number {
    return this.startOffset;
  }

  get end(): number {
    return this.startOffset + this.image.length;
  }
}

/** The token types and the lexer built from them. */
export interface LexerBundle {
  readonly types: TokenTypes;
  tokenize(text: string, mode: LexerMode): LexedToken[];
}

interface LexerInternals {
  createTokenInstance: (image: string, startOffset: number, tokenTypeIdx: number, tokenType: TokenType) => IToken;
}

function createBundle(checked: boolean): LexerBundle {
  const state: HeredocState = { markers: [] };
  const types = createTokenTypes(state);
  const lexer = new Lexer(
    { modes: lexerModes(types), defaultMode: "main" },
    { positionTracking: "onlyOffset", ensureOptimizations: true, skipValidations: !checked, recoveryEnabled: false },
  );
  // Chevrotain makes plain objects; ours have the accessors of Token and cost the same.
  (lexer as unknown as LexerInternals).createTokenInstance = (image, startOffset, tokenTypeIdx, tokenType) =>
    new LexedToken(image, startOffset, tokenTypeIdx, tokenType);
  return {
    types,
    tokenize(text, mode) {
      state.markers.length = 0;
      return lexer.tokenize(text, mode).tokens as LexedToken[];
    },
  };
}

let shared: LexerBundle | undefined;

/** The lexer of this process, built on first use (about 7 ms). */
export function sharedLexer(): LexerBundle {
  shared ??= createBundle(false);
  return shared;
}

/** A fresh lexer with chevrotain's own validations, for tests. */
export function createCheckedLexer(): LexerBundle {
  return createBundle(true);
}

/**
 * All tokens of a text, comments, line ends and template parts included. Whitespace and a byte order mark at the start
 * are trivia: the text between tokens. For every input, tokens and trivia together are the input.
 */
export interface TokenStream {
  readonly source: SourceText;
  readonly tokens: readonly Token[];
}

/**
 * Splits a text into tokens with the granularity of HCL's scanner. Never fails: what is not a token of the language
 * becomes an `Invalid` token (or one of the kinds for characters of other languages). `mode` is `"bare"` for the text of
 * a template file and `"main"` for everything else.
 */
export function tokenize(source: SourceText, mode: "main" | "bare" = "main"): TokenStream {
  return { source, tokens: sharedLexer().tokenize(source.text, mode) };
}

/** The trivia before token `index`; the trivia at the end of the text for `index = tokens.length`. */
export function triviaBefore(stream: TokenStream, index: number): string {
  const start = stream.tokens[index - 1]?.end ?? 0;
  const end = stream.tokens[index]?.start ?? stream.source.text.length;
  return stream.source.text.slice(start, end);
}
