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

const closers: ReadonlySet<TokenKind> = new Set([
  "CloseParen",
  "CloseBracket",
  "CloseBrace",
  "SequenceEnd",
  "CloseQuote",
  "CloseHeredoc",
  "QuotedNewline",
]);

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
  /** 1 for tokens of an item whose lines are balanced on their own: whatever is wrong is elsewhere. */
  readonly trusted: Uint8Array;
  /** Number of the chunk that the token belongs to: a new one begins with every item that starts at the margin. */
  readonly chunk: Int32Array;
  /** The state of every chunk on its own. */
  readonly chunks: readonly ChunkBalance[];
}

/** How the brackets of one chunk pair up when nothing outside of it is looked at. */
export interface ChunkBalance {
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
  pairBrackets(tokens, scan.partner, 0, count);
  const chunk = new Int32Array(count);
  const chunks: ChunkBalance[] = [];
  let start = 0;
  const endChunk = (end: number): void => {
    chunk.fill(chunks.length, start, end);
    chunks.push(pairBrackets(tokens, undefined, start, end));
    start = end;
  };
  for (let index = 1; index < count; index++) {
    if (scan.indentAtStart[index] === 0 && looksLikeItem(tokens, index)) endChunk(index);
  }
  endChunk(count);
  return { ...scan, trusted: trustItems(tokens, scan.indentAtStart), chunk, chunks };
}

/** The lines of one item: from its first token to the next line that is not indented deeper. */
interface ItemLines {
  readonly start: number;
  readonly indent: number;
  readonly depth: number;
  lowest: number;
}

function trustItems(tokens: readonly LexedToken[], indentAtStart: Int32Array): Uint8Array {
  const trusted = new Uint8Array(tokens.length);
  const open: ItemLines[] = [];
  let depth = 0;
  const close = (end: number): void => {
    const lines = open.pop() as ItemLines;
    if (depth === lines.depth && lines.lowest >= lines.depth) trusted.fill(1, lines.start, end);
    const outer = open.at(-1);
    if (outer) outer.lowest = Math.min(outer.lowest, lines.lowest);
  };
  for (let index = 0; index < tokens.length; index++) {
    const { kind } = tokens[index] as LexedToken;
    const indent = indentAtStart[index] as number;
    if (indent >= 0) {
      for (
        let top = open.at(-1);
        top && (top.indent > indent || (top.indent === indent && !isCloser(kind)));
        top = open.at(-1)
      )
        close(index);
      if (looksLikeItem(tokens, index)) open.push({ start: index, indent, depth, lowest: depth });
    }
    if (closerOf[kind] !== undefined) depth++;
    else if (isCloser(kind)) {
      depth--;
      const top = open.at(-1);
      if (top) top.lowest = Math.min(top.lowest, depth);
    }
  }
  while (open.length > 0) close(tokens.length);
  return trusted;
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
const barriers: ReadonlySet<TokenKind> = new Set([
  "OpenBrace",
  "InterpolationStart",
  "ControlStart",
  "OpenQuote",
  "OpenHeredoc",
]);

function pairBrackets(
  tokens: readonly LexedToken[],
  partner: Int32Array | undefined,
  start: number,
  end: number,
): ChunkBalance {
  const stack: number[] = [];
  let strays = 0;
  let unclosed = 0;
  for (let index = start; index < end; index++) {
    const kind = (tokens[index] as LexedToken).kind;
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
    if (partner) partner[stack[depth] as number] = index;
    stack.length = depth;
  }
  return { hasStrays: strays > 0, isBalanced: strays + unclosed + stack.length === 0 };
}

/** Whether a closing bracket before or after the token has lost its opening one. */
export function hasStraysAround(scan: TokenScan, index: number): boolean {
  return scan.trusted[index] === 0 && scan.chunks[scan.chunk[index] ?? 0]?.hasStrays === true;
}

/**
 * Whether an opener and its partner look as if they belonged together: on one line, on lines of the same indentation, or
 * in an item that is balanced.
 */
export function isSound(scan: TokenScan, opener: number): boolean {
  if (scan.trusted[opener] === 1) return true;
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
