import type { SourceText, Span } from "@hclbuild/diagnostics";
import { EOF, type IRecognitionException, type IToken } from "chevrotain";
import type { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { spanIn } from "./explain.js";
import { SyntaxFailure } from "./failure.js";

/** What the grammar was reading when it stopped. */
export interface ParseContext {
  /** The tokens as the grammar saw them. */
  readonly tokens: readonly LexedToken[];
  readonly source: SourceText;
}

/** One stop of the grammar, in a form that is easy to tell apart. */
export interface Stop {
  readonly rule: string;
  /** The only token that could have stood here, when there is only one. */
  readonly expected: string | undefined;
  readonly token: IToken;
  readonly atEnd: boolean;
  /** Index of `token` in the tokens. */
  readonly index: number;
  readonly previous: LexedToken | undefined;
  readonly context: ParseContext;
  /** Range of the token found; empty at the end of the text. */
  readonly span: Span;
  /** The token found, as messages name it. */
  readonly found: string;
}

export function toStop(failure: unknown, context: ParseContext): Stop {
  if (!(failure instanceof SyntaxFailure) && !isRecognitionException(failure)) throw failure;
  const { token } = failure;
  const atEnd = token.tokenType === EOF;
  const index = atEnd ? endIndex(context.tokens) : indexOfToken(context.tokens, token);
  const end = context.source.text.length;
  const own = failure instanceof SyntaxFailure;
  return {
    rule: own ? failure.rule : (failure.context.ruleStack.at(-1) ?? "fileRule"),
    expected: !own && failure.name === "MismatchedTokenException" ? failure.message : undefined,
    token,
    atEnd,
    index,
    context,
    previous: context.tokens[index - 1],
    span: spanIn(
      context.source,
      (own ? failure.range : undefined) ??
        (atEnd ? { start: end, end } : { start: token.startOffset, end: token.startOffset + token.image.length }),
    ),
    found: atEnd ? "the end of the text" : token.image === "" ? "the end of the line" : describeToken(token),
  };
}

function isRecognitionException(failure: unknown): failure is IRecognitionException & Error {
  return failure instanceof Error && "token" in failure && "context" in failure;
}

// During a parse chevrotain keeps end markers behind the tokens.
function endIndex(tokens: readonly LexedToken[]): number {
  return tokens.findLastIndex((token) => (token as IToken).tokenType !== EOF) + 1;
}

function indexOfToken(tokens: readonly LexedToken[], token: IToken): number {
  let low = 0;
  let high = endIndex(tokens);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as LexedToken).startOffset < token.startOffset) low = middle + 1;
    else high = middle;
  }
  while (low < tokens.length - 1 && tokens[low] !== token) low++;
  return low;
}

const kindNames: Partial<Record<TokenKind, string>> = {
  Newline: "the end of the line",
  OpenQuote: "a string",
  OpenHeredoc: "a heredoc",
  CloseQuote: "the end of the string",
  CloseHeredoc: "the end of the heredoc",
};

/** A token as messages name it. */
export function describeToken(token: IToken): string {
  const name = kindNames[token.tokenType.name as TokenKind];
  if (name !== undefined) return name;
  const text = token.image.trim();
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export const openers: ReadonlySet<string> = new Set([
  "OpenParen",
  "OpenBracket",
  "OpenBrace",
  "InterpolationStart",
  "ControlStart",
  "OpenQuote",
  "OpenHeredoc",
]);
export const closers: ReadonlySet<string> = new Set([
  "CloseParen",
  "CloseBracket",
  "CloseBrace",
  "SequenceEnd",
  "CloseQuote",
  "CloseHeredoc",
  "QuotedNewline",
]);

/** Kinds of tokens with which an operand ends, apart from the last line of a heredoc. */
export const operandEnds: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "Identifier",
  "NumberLiteral",
  "CloseParen",
  "CloseBracket",
  "CloseBrace",
  "CloseQuote",
]);

/** The innermost bracket, quote or sequence that is open before token `index`. */
export function openerBefore(tokens: readonly LexedToken[], index: number): LexedToken | undefined {
  let depth = 0;
  for (let position = index - 1; position >= 0; position--) {
    const token = tokens[position] as LexedToken;
    if (closers.has(token.kind)) depth++;
    else if (openers.has(token.kind) && depth-- === 0) return token;
  }
  return undefined;
}

export function opener(stop: Stop): LexedToken {
  return openerBefore(stop.context.tokens, stop.index) ?? (stop.context.tokens[0] as LexedToken);
}

export const openedHere = (stop: Stop, token: LexedToken) => [
  { span: spanIn(stop.context.source, token), message: "It is opened here." },
];

const separators = new Set(["Comma", "Newline", "OpenParen", "OpenBracket", "OpenBrace"]);

/** Whether an item of a list was due: the token before is a separator or the list's opening bracket. */
export function itemIsDue(stop: Stop): boolean {
  return stop.previous === undefined || separators.has(stop.previous.kind);
}
