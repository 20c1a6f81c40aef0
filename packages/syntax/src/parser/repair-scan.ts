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
  /** Whether a chunk, when nothing outside of it is looked at, has closers without openers. */
  readonly chunkHasStrays: readonly boolean[];
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
  pairBrackets(tokens, scan, { start: 0, end: count }, scan.partner);
  const chunk = new Int32Array(count);
  const chunkHasStrays: boolean[] = [];
  let start = 0;
  const endChunk = (end: number): void => {
    chunk.fill(chunkHasStrays.length, start, end);
    chunkHasStrays.push(pairBrackets(tokens, scan, { start, end }));
    start = end;
  };
  for (let index = 1; index < count; index++) {
    if (scan.indentAtStart[index] === 0 && looksLikeItem(tokens, index)) endChunk(index);
  }
  endChunk(count);
  return { ...scan, trusted: trustItems(tokens, scan.indentAtStart), chunk, chunkHasStrays };
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

type Lines = Pick<TokenScan, "indentAtStart" | "lineIndent" | "line">;

/** Pairs the brackets of a range from left to right. Whether closers are left over. */
function pairBrackets(
  tokens: readonly LexedToken[],
  lines: Lines,
  range: { readonly start: number; readonly end: number },
  partner?: Int32Array,
): boolean {
  const stack: number[] = [];
  let hasStrays = false;
  for (let index = range.start; index < range.end; index++) {
    const { kind } = tokens[index] as LexedToken;
    if (closerOf[kind] !== undefined) {
      stack.push(index);
      continue;
    }
    if (!isCloser(kind)) continue;
    const depth = openerDepth(tokens, stack, kind);
    const opener = stack[depth];
    const top = stack.at(-1);
    if (top !== undefined && isMeantFor({ tokens, lines }, index, top, opener)) {
      if (partner) partner[top] = index;
      stack.pop();
    } else if (opener === undefined) {
      hasStrays = true;
    } else {
      if (partner) partner[opener] = index;
      stack.length = depth;
    }
  }
  return hasStrays;
}

/** Where in the stack the opener of a closer stands; -1 when there is none. */
function openerDepth(tokens: readonly LexedToken[], stack: readonly number[], closer: TokenKind): number {
  const wanted = closer === "QuotedNewline" ? "CloseQuote" : closer;
  for (let depth = stack.length - 1; depth >= 0; depth--) {
    const opener = (tokens[stack[depth] as number] as LexedToken).kind;
    if (closerOf[opener] === wanted) return depth;
    if ((closer === "CloseParen" || closer === "CloseBracket") && barriers.has(opener)) return -1;
  }
  return -1;
}

const brackets: ReadonlySet<TokenKind> = new Set(["CloseParen", "CloseBracket", "CloseBrace"]);

/**
 * Whether a closing bracket of the wrong kind is meant for the innermost bracket that is open: it stands on its line, or
 * begins a line of the same indentation, and the bracket that it could close does not.
 */
function isMeantFor(
  { tokens, lines }: { readonly tokens: readonly LexedToken[]; readonly lines: Lines },
  closer: number,
  top: number,
  opener: number | undefined,
): boolean {
  const wanted = closerOf[(tokens[top] as LexedToken).kind] as TokenKind;
  const { kind } = tokens[closer] as LexedToken;
  if (top === opener || !brackets.has(kind) || !brackets.has(wanted)) return false;
  if (lines.line[top] === lines.line[closer]) return opener === undefined || lines.line[opener] !== lines.line[closer];
  const indent = lines.indentAtStart[closer] as number;
  return lines.lineIndent[top] === indent && (opener === undefined || lines.lineIndent[opener] !== indent);
}

/** Whether a closing bracket before or after the token has lost its opening one. */
export function hasStraysAround(scan: TokenScan, index: number): boolean {
  return scan.trusted[index] === 0 && scan.chunkHasStrays[scan.chunk[index] ?? 0] === true;
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
