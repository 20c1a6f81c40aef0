import type { SourceText } from "@hclbuild/diagnostics";
import { createToken, Lexer, type ILexerConfig, type IToken, type TokenType } from "chevrotain";
import { createDispatch, type Dispatch } from "./dispatch.js";
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
  readonly lexer: Lexer;
  tokenize(text: string, mode: LexerMode): LexedToken[];
}

/** Chevrotain's internals that are used below; they are stable within the pinned version, and a test watches. */
interface LexerInternals {
  hasCustom: boolean;
  patternIdxToConfig: Record<string, Dispatch["all"]>;
  charCodeToPatternIdxToConfig: Record<string, Dispatch["byCharacter"]>;
  canModeBeOptimized: Record<string, boolean>;
  addToken: unknown;
  readonly addTokenUsingPush: unknown;
  createTokenInstance: (image: string, startOffset: number, tokenTypeIdx: number, tokenType: TokenType) => IToken;
}

const settings: ILexerConfig = { positionTracking: "onlyOffset", ensureOptimizations: true, recoveryEnabled: false };

/** A lexer whose modes chevrotain has validated and analysed, which takes ten times as long as {@link prepareLexer}. */
function analyzeLexer(modes: Record<LexerMode, TokenType[]>): Lexer {
  return new Lexer({ modes, defaultMode: "main" }, settings);
}

/** The same lexer, with the modes put into its tables. */
function prepareLexer(modes: Record<LexerMode, TokenType[]>): Lexer {
  const lexer = new Lexer({ modes: {}, defaultMode: "main" }, { ...settings, skipValidations: true });
  const internals = lexer as unknown as LexerInternals;
  const known: Parameters<typeof createDispatch>[1] = new Map();
  for (const [mode, types] of Object.entries(modes)) {
    const { all, byCharacter } = createDispatch(types, known);
    internals.patternIdxToConfig[mode] = all;
    internals.charCodeToPatternIdxToConfig[mode] = byCharacter;
    internals.canModeBeOptimized[mode] = true;
  }
  internals.hasCustom = true;
  internals.addToken = internals.addTokenUsingPush;
  return lexer;
}

// Never matches a text in which every character takes one byte, which V8 knows without looking.
const beyondLatin = /[\u0100-\uffff]/;
let knowsBuckets = false;

/** Chevrotain fills its table of all characters while it analyses a mode, which no text needs that is Latin alone. */
function knowBuckets(): void {
  if (knowsBuckets) return;
  knowsBuckets = true;
  new Lexer([createToken({ name: "Any", pattern: "a" })], { ...settings, skipValidations: true });
}

function createBundle(checked: boolean): LexerBundle {
  const state: HeredocState = { markers: [] };
  const types = createTokenTypes(state);
  const lexer = (checked ? analyzeLexer : prepareLexer)(lexerModes(types));
  // Chevrotain makes plain objects; ours have the accessors of Token and cost the same.
  (lexer as unknown as LexerInternals).createTokenInstance = (image, startOffset, tokenTypeIdx, tokenType) =>
    new LexedToken(image, startOffset, tokenTypeIdx, tokenType);
  return {
    types,
    lexer,
    tokenize(text, mode) {
      state.markers.length = 0;
      if (beyondLatin.test(text)) knowBuckets();
      return lexer.tokenize(text, mode).tokens as LexedToken[];
    },
  };
}

let shared: LexerBundle | undefined;

/** The lexer of this process, built on first use. */
export function sharedLexer(): LexerBundle {
  shared ??= createBundle(false);
  return shared;
}

/** A fresh lexer with chevrotain's own validations and analysis, for tests. */
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
