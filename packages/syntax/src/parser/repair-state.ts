import { diagnose, type Diagnostic, type SourceText } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { spanIn } from "./explain.js";
import { Frame, type KeywordMarker } from "./layout.js";
import type { RepairFinding } from "./problems.js";
import { closerOf, type TokenScan } from "./repair-scan.js";
import type { Vocabulary } from "./vocabulary.js";

/** One open bracket, quote or sequence. */
export interface Open {
  readonly token: LexedToken;
  /** Index of the token, or -1 for an opener that repair put in. */
  readonly index: number;
  readonly indent: number;
  /** The frame around it, to be restored. */
  readonly outer: number;
}

export interface RepairState {
  readonly source: SourceText;
  readonly tokens: readonly LexedToken[];
  readonly scan: TokenScan;
  readonly types: Vocabulary;
  readonly marker: KeywordMarker;
  readonly keywords: Map<number, LexedToken>;
  readonly result: LexedToken[];
  readonly opens: Open[];
  readonly repairs: RepairFinding[];
  frame: number;
  /** Index of a block's opening brace that stands on a line of its own. */
  wrappedBrace: number;
  /** Brackets open inside of what is left out because it is nested too deeply. */
  skippedDepth: number;
  isTooDeep: boolean;
  /** Offset of the token that is being placed. */
  position: number;
}

export function addRepair(state: RepairState, diagnostic: Diagnostic): void {
  state.repairs.push({ diagnostic, until: state.position });
}

/** A token that recovery puts in. */
export function inserted(state: RepairState, kind: TokenKind, offset: number): LexedToken {
  const type = state.types[kind];
  const token = new LexedToken("", offset, type.tokenTypeIdx ?? 0, type);
  token.isInsertedInRecovery = true;
  return token;
}

export function endOfLast(state: RepairState): number {
  return state.result.at(-1)?.end ?? 0;
}

export function separates(frame: number): boolean {
  return frame < Frame.free;
}

export function pushNewline(state: RepairState, token: LexedToken): void {
  if (state.frame === Frame.value) state.frame = Frame.header;
  const last = state.result.at(-1)?.kind;
  if (last !== undefined && last !== "Newline") state.result.push(token);
}

export function newlineAt(state: RepairState): LexedToken {
  const token = inserted(state, "Newline", endOfLast(state));
  return token;
}

/** Closes the innermost bracket with a token that is not in the text. */
export function closeTop(state: RepairState, offset: number): void {
  const open = state.opens.pop() as Open;
  state.result.push(inserted(state, closerOf[open.token.kind] as TokenKind, offset));
  state.frame = open.outer;
}

/** Puts in the comma after an item of a list or a call that a bracket or a quote has swallowed by not being closed. */
export function separateItem(state: RepairState): void {
  const list = state.opens.at(-1)?.token.kind;
  if (list === "OpenBracket" || list === "OpenParen") state.result.push(inserted(state, "Comma", endOfLast(state)));
}

export function reportUnclosed(state: RepairState, open: Open): void {
  const span = spanIn(state.source, open.token);
  const { kind } = open.token;
  if (kind === "OpenBrace" && open.outer === Frame.header)
    addRepair(state, diagnose(syntaxCatalog["unclosed-block"], { span }));
  else if (kind === "InterpolationStart" || kind === "ControlStart")
    addRepair(state, diagnose(syntaxCatalog["unclosed-sequence"], { span }));
  else if (kind === "OpenQuote") addRepair(state, diagnose(syntaxCatalog["unclosed-string"], { span }));
  else if (kind === "OpenHeredoc") {
    const marker = open.token.image.replace(/^<<-?/, "").trim();
    addRepair(state, diagnose(syntaxCatalog["unclosed-heredoc"], { span, marker }));
  } else {
    const [what, closer] =
      kind === "OpenBrace" ? ["object", "}"] : kind === "OpenBracket" ? ["bracket", "]"] : ["parenthesis", ")"];
    addRepair(state, diagnose(syntaxCatalog["unclosed-bracket"], { span, what, closer }));
  }
}

/** Where the line end in a line end or a line comment begins. */
export function endOfLineStart(token: LexedToken): number {
  return token.end - (token.image.endsWith("\r\n") ? 2 : 1);
}

/** The first token of the next line that holds more than comments. */
export function nextLineStart(state: RepairState, index: number): number | undefined {
  let next = index + 1;
  while (next < state.tokens.length && (state.scan.indentAtStart[next] as number) < 0) next++;
  return next < state.tokens.length ? next : undefined;
}

export function headerStart(state: RepairState): number {
  let start = state.result.length;
  while (start > 0 && !["Newline", "OpenBrace"].includes((state.result[start - 1] as LexedToken).kind)) start--;
  return start;
}

const headerKinds: ReadonlySet<TokenKind> = new Set(["Identifier", "OpenQuote", "QuotedText", "CloseQuote"]);

/** Whether the line so far is the type and the labels of a block. */
export function endsWithHeader(state: RepairState): boolean {
  const header = state.result.slice(headerStart(state));
  return header[0]?.kind === "Identifier" && header.every((token) => headerKinds.has(token.kind));
}
