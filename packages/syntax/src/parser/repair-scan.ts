import type { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";

/** The closing token that belongs to each opening one. */
export const closerOf: Partial<Record<TokenKind, TokenKind>> = {
  OpenParen: "CloseParen",
  OpenBracket: "CloseBracket",
  OpenBrace: "CloseBrace",
  InterpolationStart: "SequenceEnd",
  ControlStart: "SequenceEnd",
  OpenQuote: "CloseQuote",
  OpenHeredoc: "CloseHeredoc",
};

const closers: ReadonlySet<TokenKind> = new Set(["CloseParen", "CloseBracket", "CloseBrace", "SequenceEnd", "CloseQuote", "CloseHeredoc", "QuotedNewline"]);

export function isCloser(kind: TokenKind): boolean {
  return closers.has(kind);
}

/** How the tokens of a broken text lie on lines and pair up. */
export interface TokenScan {
  /** Indentation of a token that is the first of its line, else -1. */
  readonly indentAtStart: Int32Array;
  /** Indentation of the line on which the token begins. */
  readonly lineIndent: Int32Array;
  /** Number of the line on which the token begins. */
  readonly line: Int32Array;
  /** Index of the token that closes an opener in a plain reading from left to right, else -1. */
  readonly partner: Int32Array;
  /** Whether there are closers without openers. */
  readonly hasStrays: boolean;
  /** Whether every bracket has its partner. */
  readonly isBalanced: boolean;
}

const textKinds: ReadonlySet<TokenKind> = new Set(["QuotedText", "TemplateText", "CloseHeredoc"]);

/** Scans all tokens of a text once. */
export function scanTokens(text: string, tokens: readonly LexedToken[]): TokenScan {
  const count = tokens.length;
  const scan = {
    indentAtStart: new Int32Array(count).fill(-1),
    lineIndent: new Int32Array(count),
    line: new Int32Array(count),
    partner: new Int32Array(count).fill(-1),
  };
  placeOnLines(text, tokens, scan);
  return { ...scan, ...pairBrackets(tokens, scan.partner) };
}

function placeOnLines(
  text: string,
  tokens: readonly LexedToken[],
  scan: { indentAtStart: Int32Array; lineIndent: Int32Array; line: Int32Array },
): void {
  let line = 0;
  let lineStart = 0;
  let lineIndent = 0;
  let nextLine = text.indexOf("\n") + 1 || text.length + 1;
  let isFirst = true;
  for (const [index, token] of tokens.entries()) {
    while (token.startOffset >= nextLine) {
      line++;
      lineStart = nextLine;
      nextLine = text.indexOf("\n", nextLine) + 1 || text.length + 1;
      isFirst = true;
    }
    const kind = token.kind;
    if (isFirst) {
      lineIndent = token.startOffset - lineStart;
      if (kind === "TemplateText") lineIndent += token.image.length - token.image.trimStart().length;
      const matters = kind !== "Newline" && kind !== "LineComment" && kind !== "BlockComment" && !textKinds.has(kind);
      if (matters) scan.indentAtStart[index] = lineIndent;
      isFirst = kind === "BlockComment";
    }
    scan.lineIndent[index] = lineIndent;
    scan.line[index] = line;
  }
}

// A closing parenthesis or bracket never reaches across one of these.
const barriers: ReadonlySet<TokenKind> = new Set(["OpenBrace", "InterpolationStart", "ControlStart", "OpenQuote", "OpenHeredoc"]);

function pairBrackets(tokens: readonly LexedToken[], partner: Int32Array): { hasStrays: boolean; isBalanced: boolean } {
  const stack: number[] = [];
  let strays = 0;
  let unclosed = 0;
  for (const [index, token] of tokens.entries()) {
    const kind = token.kind;
    if (closerOf[kind] !== undefined) {
      stack.push(index);
      continue;
    }
    if (!isCloser(kind)) continue;
    const wanted = kind === "QuotedNewline" ? "CloseQuote" : kind;
    let depth = stack.length - 1;
    while (depth >= 0) {
      const opener = (tokens[stack[depth] as number] as LexedToken).kind;
      if (closerOf[opener] === wanted) break;
      const isBracket = kind === "CloseParen" || kind === "CloseBracket";
      depth = isBracket && barriers.has(opener) ? -1 : depth - 1;
    }
    if (depth < 0) {
      strays++;
      continue;
    }
    unclosed += stack.length - 1 - depth;
    partner[stack[depth] as number] = index;
    stack.length = depth;
  }
  return { hasStrays: strays > 0, isBalanced: strays + unclosed + stack.length === 0 };
}

/**
 * Whether an opener and its partner look as if they belonged together: on one line, or on lines of the same
 * indentation.
 */
export function isSound(scan: TokenScan, opener: number): boolean {
  const partner = scan.partner[opener] as number;
  if (partner === -1) return false;
  return scan.line[partner] === scan.line[opener] || scan.lineIndent[partner] === scan.lineIndent[opener];
}

/** Whether the line beginning at token `index` can only be an attribute or a block: `name =` or `name "label" {`. */
export function looksLikeItem(tokens: readonly LexedToken[], index: number): boolean {
  if (tokens[index]?.kind !== "Identifier") return false;
  let next = index + 1;
  if (tokens[next]?.kind === "Equal") return true;
  for (let kind = tokens[next]?.kind; kind !== undefined; kind = tokens[++next]?.kind) {
    if (kind === "OpenBrace") return true;
    if (kind !== "Identifier" && kind !== "OpenQuote" && kind !== "QuotedText" && kind !== "CloseQuote") return false;
  }
  return false;
}
