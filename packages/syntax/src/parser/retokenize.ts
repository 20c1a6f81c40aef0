import type { SourceText } from "@hclbuild/diagnostics";
import { LexedToken, sharedLexer } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { repairConflict } from "./conflict-repair.js";
import { repairHeredoc, repairHeredocOpener, swallowsHeredoc } from "./heredoc-repair.js";
import type { RepairFinding } from "./problems.js";
import { repairBackticks, repairLongString, repairTripleQuotes } from "./string-repair.js";
import type { Vocabulary } from "./vocabulary.js";

/** What stands for a stretch of text that the lexer has misread. */
export interface Replacement {
  /** Index of the first token that goes away. */
  readonly from: number;
  /** The tokens in their place. */
  readonly tokens: readonly LexedToken[];
  /** Offset from which on the text is read anew. */
  readonly resume: number;
  readonly finding?: RepairFinding;
}

/** Finds out whether a mistake that misleads the lexer begins at token `index`. */
export type TextRepair = (text: MisreadText, index: number) => Replacement | undefined;

/** A text with mistakes as the lexer has read it so far. */
export interface MisreadText {
  readonly source: SourceText;
  readonly tokens: readonly LexedToken[];
  /** Token that closes each heredoc, by the token that opens it. */
  readonly heredocs: ReadonlyMap<LexedToken, LexedToken>;
  readonly make: (kind: TokenKind, start: number, end: number) => LexedToken;
}

const repairs: Partial<Record<TokenKind, readonly TextRepair[]>> = {
  Less: [repairConflict, repairHeredocOpener],
  OpenHeredoc: [repairHeredoc],
  OpenQuote: [repairTripleQuotes],
  QuotedNewline: [repairLongString],
  Backtick: [repairBackticks],
};

/** How many places of a text are looked at, each of which may take as long as the text is. */
const maximumPlaces = (length: number): number => 50 + Math.trunc(5_000_000 / (length + 1));
/** How many characters are read again, as everything behind a repair is. */
const maximumReread = (length: number): number => 1_000_000 + 2 * length;

/**
 * Reads a text with mistakes again where a mistake has misled the lexer about what is text and what is code: heredocs
 * whose first or last line is wrong, strings over several lines, both sides of a merge conflict. Everything else keeps
 * its tokens. At `stop` the grammar noticed the first mistake.
 */
export function retokenize(
  { source, stop }: { readonly source: SourceText; readonly stop: number },
  tokens: readonly LexedToken[],
  types: Vocabulary,
): { readonly tokens: readonly LexedToken[]; readonly findings: readonly RepairFinding[] } {
  const findings: RepairFinding[] = [];
  const make = (kind: TokenKind, start: number, end: number): LexedToken => {
    const type = types[kind];
    return new LexedToken(source.text.slice(start, end), start, type.tokenTypeIdx ?? 0, type);
  };
  let places = maximumPlaces(source.text.length);
  let reread = maximumReread(source.text.length);
  let text: MisreadText = { source, tokens, heredocs: pairHeredocs(tokens), make };
  for (let index = 0; index < text.tokens.length && places > 0; index++) {
    const token = text.tokens[index] as LexedToken;
    const known = repairs[token.kind];
    if (known === undefined || isPlainHeredoc(text, token, stop)) continue;
    places--;
    const replacement = firstOf(known, text, index);
    if (replacement === undefined) continue;
    reread -= source.text.length - replacement.resume;
    if (reread < 0) break;
    if (replacement.finding !== undefined) findings.push(replacement.finding);
    const replaced = [
      ...text.tokens.slice(0, replacement.from),
      ...replacement.tokens,
      ...readFrom(source.text, replacement.resume),
    ];
    text = { source, tokens: replaced, heredocs: pairHeredocs(replaced), make };
    index = replacement.from + replacement.tokens.length - 1;
  }
  return { tokens: text.tokens, findings };
}

function firstOf(known: readonly TextRepair[], text: MisreadText, index: number): Replacement | undefined {
  for (const repair of known) {
    const replacement = repair(text, index);
    if (replacement !== undefined) return replacement;
  }
  return undefined;
}

function pairHeredocs(tokens: readonly LexedToken[]): ReadonlyMap<LexedToken, LexedToken> {
  const pairs = new Map<LexedToken, LexedToken>();
  const open: LexedToken[] = [];
  for (const token of tokens) {
    if (token.kind === "OpenHeredoc") open.push(token);
    else if (token.kind === "CloseHeredoc") {
      const opener = open.pop();
      if (opener !== undefined) pairs.set(opener, token);
    }
  }
  return pairs;
}

/** Whether the token opens a heredoc that has not swallowed another one with its marker and made the grammar stop later. */
function isPlainHeredoc({ source, heredocs }: MisreadText, token: LexedToken, stop: number): boolean {
  const closer = heredocs.get(token);
  return closer !== undefined && (stop < closer.start || !swallowsHeredoc(source.text, token, closer));
}

function readFrom(text: string, offset: number): readonly LexedToken[] {
  return sharedLexer()
    .tokenize(text.slice(offset), "main")
    .map((token) => new LexedToken(token.image, token.startOffset + offset, token.tokenTypeIdx, token.tokenType));
}
