import { diagnose, type Diagnostic, type SourceText } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { alienCharacter } from "./alien.js";
import { explainMismatch, spanIn } from "./explain.js";
import { actionTable, asKeyword, createKeywordMarker, Frame, type LayoutStart } from "./layout.js";
import { nestingLimits } from "./limits.js";
import type { RepairFinding } from "./problems.js";
import { continuationFollows, closeBeforeLine, openBeforeLineEnd } from "./repair-lines.js";
import { closerOf, hasStraysAround, isCloser, isSound, looksLikeItem, scanTokens } from "./repair-scan.js";
import {
  addRepair,
  closeTop,
  endOfLast,
  inserted,
  newlineAt,
  pushNewline,
  reportUnclosed,
  separateItem,
  separates,
  type Open,
  type RepairState,
} from "./repair-state.js";
import type { Vocabulary } from "./vocabulary.js";

/** Tokens whose brackets are balanced, and what had to be repaired for that. */
export interface Repaired {
  readonly tokens: LexedToken[];
  readonly repairs: readonly RepairFinding[];
  /** The innermost bracket that is open at the end of the text. */
  readonly atEnd: Diagnostic | undefined;
}

/** Layout for texts with mistakes. */
export type Repair = (source: SourceText, tokens: readonly LexedToken[], start: LayoutStart) => Repaired;

/**
 * Makes the layout for texts with mistakes. It does what `layout.ts` does and also balances the brackets: it closes
 * what is open where the indentation or a beginning item shows that it must end, drops closers that close nothing, and
 * opens what a deeper line shows to be missing. Brackets whose line and indentation fit are trusted, so a mistake stays
 * within its block.
 */
export function createRepair(types: Vocabulary): Repair {
  const marker = createKeywordMarker(types, actionTable(types));
  return (source, tokens, start) => {
    const state: RepairState = {
      source,
      tokens,
      types,
      marker,
      scan: scanTokens(source.text, tokens),
      keywords: new Map(),
      result: [],
      opens: [],
      repairs: [],
      wrappedBrace: -1,
      skippedDepth: 0,
      isTooDeep: false,
      position: 0,
      frame: start === "body" ? Frame.header : Frame.free,
    };
    for (let index = 0; index < tokens.length; index++) {
      index = skipUnclosedComment(state, index);
      if (index < tokens.length) placeToken(state, index);
    }
    const before = state.repairs.length;
    closeAtEnd(state);
    return { tokens: state.result, repairs: state.repairs.slice(0, before), atEnd: state.repairs[before]?.diagnostic };
  };
}

/** Index of the first token after a comment that is not closed: the next line that begins an item. */
function skipUnclosedComment(state: RepairState, index: number): number {
  const token = state.tokens[index] as LexedToken;
  if (token.kind !== "Slash" || !state.source.text.startsWith("/*", token.start)) return index;
  addRepair(state, diagnose(syntaxCatalog["unclosed-comment"], { span: spanIn(state.source, token) }));
  let next = index + 1;
  while (
    next < state.tokens.length &&
    ((state.scan.indentAtStart[next] as number) < 0 || !looksLikeItem(state.tokens, next))
  )
    next++;
  return next;
}

function placeToken(state: RepairState, index: number): void {
  const token = state.tokens[index] as LexedToken;
  const { kind } = token;
  state.position = token.start;
  if (state.skippedDepth > 0) {
    // The inside of what is nested too deeply.
    if (closerOf[kind] !== undefined) state.skippedDepth++;
    else if (isCloser(kind)) state.skippedDepth--;
    return;
  }
  const alien = alienCharacter(token, state.source);
  if (alien !== undefined) return addRepair(state, alien);
  if ((state.scan.indentAtStart[index] as number) >= 0) closeBeforeLine(state, index);
  switch (kind) {
    case "Newline":
      return placeNewline(state, index);
    case "LineComment":
      if (token.image.endsWith("\n")) placeNewline(state, index);
      return;
    case "BlockComment":
      return;
    case "QuotedNewline":
      return placeQuotedNewline(state, index);
    case "QuotedText":
    case "TemplateText":
      // What is left of a template that repair has closed already.
      if (state.frame === Frame.text) state.result.push(token);
      return;
    case "Equal":
      if (state.frame === Frame.header) state.frame = Frame.value;
      break;
    default:
      break;
  }
  if (closerOf[kind] !== undefined) return placeOpener(state, index);
  if (isCloser(kind)) return placeCloser(state, index);
  state.result.push(keywordOr(state, index));
}

function keywordOr(state: RepairState, index: number): LexedToken {
  const token = state.tokens[index] as LexedToken;
  if (state.frame === Frame.forExpression && token.image === "if" && state.marker.isCondition(token, state.result)) {
    return asKeyword(token, state.types.If);
  }
  return state.keywords.get(index) ?? token;
}

function placeNewline(state: RepairState, index: number): void {
  if (!separates(state.frame) || continuationFollows(state, index)) return;
  if (hasStraysAround(state.scan, index)) openBeforeLineEnd(state, index);
  const token = state.tokens[index] as LexedToken;
  const type = state.types.Newline;
  pushNewline(
    state,
    token.kind === "Newline" ? token : new LexedToken(token.image, token.start, type.tokenTypeIdx ?? 0, type),
  );
}

function placeQuotedNewline(state: RepairState, index: number): void {
  const token = state.tokens[index] as LexedToken;
  if (state.frame === Frame.text) {
    const open = state.opens.at(-1);
    addRepair(
      state,
      diagnose(syntaxCatalog["unclosed-string"], {
        span: spanIn(state.source, token),
        related: open ? [{ span: spanIn(state.source, open.token), message: "It is opened here." }] : [],
      }),
    );
    const endsWithComma = state.result.at(-1)?.text.trimEnd().endsWith(",") === true;
    closeTop(state, token.start);
    if (endsWithComma) separateItem(state);
  }
  if (!separates(state.frame)) return;
  if (hasStraysAround(state.scan, index)) openBeforeLineEnd(state, index);
  const type = state.types.Newline;
  pushNewline(state, new LexedToken(token.image, token.start, type.tokenTypeIdx ?? 0, type));
}

function openFrame(state: RepairState, index: number): number {
  const token = state.tokens[index] as LexedToken;
  switch (token.kind) {
    case "OpenBrace":
      if (state.frame === Frame.header) return Frame.header;
      return state.marker.afterOpener(state.tokens, index, state.keywords) ? Frame.forExpression : Frame.object;
    case "OpenBracket":
      return state.marker.afterOpener(state.tokens, index, state.keywords) ? Frame.forExpression : Frame.free;
    case "ControlStart":
      state.marker.afterControl(state.tokens, index, state.keywords);
      return Frame.free;
    case "OpenQuote":
    case "OpenHeredoc":
      return Frame.text;
    default:
      return Frame.free;
  }
}

function placeOpener(state: RepairState, index: number): void {
  const token = state.tokens[index] as LexedToken;
  const previous = state.result.at(-1)?.kind;
  if (token.kind === "OpenBrace" && !isSound(state.scan, index)) {
    // A second brace after a block's or an object's first one begins nothing.
    const isDoubled = previous === "OpenBrace" && endOfLast(state) === token.start;
    if (isDoubled || (state.frame === Frame.header && previous !== "Identifier" && previous !== "CloseQuote")) {
      addRepair(
        state,
        diagnose(syntaxCatalog["unclosed-bracket"], { span: spanIn(state.source, token), what: "brace", closer: "}" }),
      );
      return;
    }
  }
  if (state.opens.length >= nestingLimits.brackets) {
    if (!state.isTooDeep)
      addRepair(
        state,
        diagnose(syntaxCatalog["too-deeply-nested"], {
          span: spanIn(state.source, token),
          limit: nestingLimits.brackets,
          what: "brackets",
        }),
      );
    state.isTooDeep = true;
    state.skippedDepth = 1;
    state.result.push(inserted(state, "Identifier", token.start));
    return;
  }
  const frame = openFrame(state, index);
  state.opens.push({ token, index, indent: state.scan.lineIndent[index] as number, outer: state.frame });
  state.frame = frame;
  state.result.push(token);
  if (index === state.wrappedBrace) state.result.push(newlineAt(state));
}

function placeCloser(state: RepairState, index: number): void {
  const token = state.tokens[index] as LexedToken;
  const top = state.opens.at(-1);
  if (top !== undefined && state.scan.partner[top.index] === index && closerOf[top.token.kind] !== token.kind)
    return closeWithOther(state, top, token);
  const depth = openerDepth(state, index);
  if (depth === undefined) {
    if (token.kind === "CloseQuote" || token.kind === "CloseHeredoc") return;
    addRepair(
      state,
      diagnose(syntaxCatalog["unexpected-closing"], { span: spanIn(state.source, token), found: token.image }),
    );
    return;
  }
  const skipped = state.opens[depth + 1];
  if (skipped !== undefined) reportUnclosed(state, state.opens.at(-1) as Open);
  while (state.opens.length > depth + 1) {
    const above = state.opens.at(-1) as Open;
    if (separates(state.frame) && above.outer === Frame.header) pushNewline(state, newlineAt(state));
    closeTop(state, endOfLast(state));
  }
  const open = state.opens[depth] as Open;
  if (skipped !== undefined && open.outer === Frame.header && state.frame !== Frame.object)
    pushNewline(state, newlineAt(state));
  closeWith(state, open, token);
}

/** Closes the innermost bracket with a token of the text, of whatever kind that is. */
function closeWith(state: RepairState, open: Open, token: LexedToken): void {
  state.opens.pop();
  state.frame = open.outer;
  const wanted = closerOf[open.token.kind] as TokenKind;
  const type = state.types[wanted];
  state.result.push(
    wanted === token.kind ? token : new LexedToken(token.image, token.start, type.tokenTypeIdx ?? 0, type),
  );
}

/** Closes the innermost bracket with one of another kind, which is meant for it. */
function closeWithOther(state: RepairState, open: Open, token: LexedToken): void {
  addRepair(state, explainMismatch(state.source, { open: open.token, found: token }));
  closeWith(state, open, token);
}

const barriers: ReadonlySet<TokenKind> = new Set([
  "OpenBrace",
  "InterpolationStart",
  "ControlStart",
  "OpenQuote",
  "OpenHeredoc",
]);

/** Depth of the bracket that the closer at `index` closes, or `undefined` when it is to be dropped. */
function openerDepth(state: RepairState, index: number): number | undefined {
  const kind = (state.tokens[index] as LexedToken).kind;
  const wanted = (open: Open): boolean => closerOf[open.token.kind] === kind;
  if (kind === "CloseBrace" || kind === "SequenceEnd") return braceDepth(state, index);
  for (let depth = state.opens.length - 1; depth >= 0; depth--) {
    const open = state.opens[depth] as Open;
    if (wanted(open)) return depth;
    if ((kind === "CloseParen" || kind === "CloseBracket") && barriers.has(open.token.kind)) return undefined;
  }
  return undefined;
}

function braceDepth(state: RepairState, index: number): number | undefined {
  const { scan, opens } = state;
  const kind = (state.tokens[index] as LexedToken).kind;
  if (kind === "SequenceEnd") {
    const depth = opens.findLastIndex((open) => closerOf[open.token.kind] === "SequenceEnd");
    if (depth !== -1) return depth;
  }
  const braces = [...opens.keys()].filter((depth) => opens[depth]?.token.kind === "OpenBrace");
  const top = braces.at(-1);
  if (top === undefined) return undefined;
  const open = opens[top] as Open;
  if (scan.trusted[index] === 1 || (open.index >= 0 && isSound(scan, open.index))) return top;
  const indent = scan.lineIndent[index] as number;
  const atLineStart = (scan.indentAtStart[index] as number) >= 0;
  if (atLineStart && indent < open.indent) return braces.findLast((depth) => opens[depth]?.indent === indent) ?? top;
  const sameLine = open.index >= 0 && scan.line[open.index] === scan.line[index];
  if (hasStraysAround(scan, index) && !sameLine && indent > open.indent) return undefined;
  return top;
}

function closeAtEnd(state: RepairState): void {
  const innermost = state.opens.at(-1);
  if (innermost === undefined) return;
  reportUnclosed(state, innermost);
  while (state.opens.length > 0) {
    const open = state.opens.at(-1) as Open;
    if (open.outer === Frame.header && open.token.kind === "OpenBrace") pushNewline(state, newlineAt(state));
    closeTop(state, state.source.text.length);
  }
}
