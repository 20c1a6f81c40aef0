import { diagnose } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import type { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { spanIn } from "./explain.js";
import { Frame } from "./layout.js";
import { hasStraysAround, isCloser, isSound, looksLikeItem } from "./repair-scan.js";
import {
  addRepair,
  closeTop,
  endOfLast,
  endOfLineStart,
  endsWithHeader,
  headerStart,
  inserted,
  newlineAt,
  nextLineStart,
  pushNewline,
  reportUnclosed,
  separateItem,
  separates,
  type Open,
  type RepairState,
} from "./repair-state.js";

const awaitsOperand: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "Equal",
  "Colon",
  "FatArrow",
  "Question",
  "Plus",
  "Minus",
  "Star",
  "Slash",
  "Percent",
  "And",
  "Or",
  "EqualOperator",
  "NotEqual",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
]);

/** Whether what belongs on this line stands on a later one: the brace of a block, or a value. */
export function continuationFollows(state: RepairState, index: number): boolean {
  const next = nextLineStart(state, index);
  const kind = next === undefined ? undefined : (state.tokens[next] as LexedToken).kind;
  const token = state.tokens[index] as LexedToken;
  const span = spanIn(state.source, { start: endOfLineStart(token), end: token.end });
  if (state.frame === Frame.header && kind === "OpenBrace" && endsWithHeader(state)) {
    addRepair(
      state,
      diagnose(syntaxCatalog["block-without-brace"], { span, type: state.result[headerStart(state)]?.text ?? "" }),
    );
    state.wrappedBrace = next ?? -1;
    return true;
  }
  const last = state.result.at(-1)?.kind;
  const lacksValue = state.frame !== Frame.header && last !== undefined && awaitsOperand.has(last);
  if (!lacksValue || next === undefined || hasStraysAround(state.scan, index) || !isOperand(state, index, next))
    return false;
  addRepair(state, diagnose(syntaxCatalog["missing-value"], { span }));
  return true;
}

/** Whether the line that begins at token `next` can only be the value that the line of token `index` lacks. */
function isOperand({ tokens, scan }: RepairState, index: number, next: number): boolean {
  const { kind } = tokens[next] as LexedToken;
  if (isCloser(kind) || looksLikeItem(tokens, next)) return false;
  if (kind === "OpenBrace" || kind === "OpenBracket") return true;
  const afterKey = kind === "OpenQuote" ? tokens[next + 3]?.kind : tokens[next + 1]?.kind;
  if (afterKey === "Equal" || afterKey === "Colon") return false;
  return kind !== "Identifier" || (scan.indentAtStart[next] as number) > (scan.lineIndent[index] as number);
}

/** Closes brackets that the line beginning at `index` shows to be unclosed. */
export function closeBeforeLine(state: RepairState, index: number): void {
  const kind = (state.tokens[index] as LexedToken).kind;
  if (isCloser(kind)) return;
  const indent = state.scan.indentAtStart[index] as number;
  const isItem = looksLikeItem(state.tokens, index);
  let reported: Open | undefined;
  for (let open = state.opens.at(-1); open !== undefined; open = state.opens.at(-1)) {
    if (state.scan.line[Math.max(open.index, 0)] === state.scan.line[index] && open.index >= 0) break;
    // How the lines of a heredoc are indented says nothing about where it ends.
    const isHeredoc = open.token.kind === "OpenHeredoc" && (state.scan.partner[open.index] ?? -1) !== -1;
    const trusted = isHeredoc || (open.index >= 0 && isSound(state.scan, open.index));
    const dedented = indent <= open.indent && (isItem || kind === "Identifier" || open.token.kind !== "OpenBrace");
    const impossible = isItem && !separates(state.frame) && state.frame !== Frame.text;
    const isText = state.frame === Frame.text && reported !== undefined;
    if (!isText && (trusted || !(dedented || impossible))) break;
    reported = open;
    const endsWithComma = state.result.at(-1)?.kind === "Comma";
    closeTop(state, endOfLast(state));
    if (endsWithComma) separateItem(state);
  }
  if (reported === undefined) return;
  reportUnclosed(state, reported);
  if (separates(state.frame)) pushNewline(state, newlineAt(state));
}

/** Puts in the opening bracket that a deeper next line shows to be missing at the end of this one. */
export function openBeforeLineEnd(state: RepairState, index: number): void {
  const next = nextLineStart(state, index);
  if (next === undefined) return;
  const indent = state.scan.lineIndent[index] as number;
  if ((state.scan.indentAtStart[next] as number) <= indent || isCloser((state.tokens[next] as LexedToken).kind)) return;
  const isItem = looksLikeItem(state.tokens, next);
  const offset = endOfLast(state);
  if (state.frame === Frame.header ? !endsWithHeader(state) : state.result.at(-1)?.kind !== "Equal") return;
  const kind = isItem || state.frame === Frame.header ? "OpenBrace" : "OpenBracket";
  const token = inserted(state, kind, offset);
  if (state.frame === Frame.header) {
    const type = state.result[headerStart(state)]?.text ?? "";
    addRepair(
      state,
      diagnose(syntaxCatalog["block-without-brace"], {
        span: spanIn(state.source, { start: offset, end: offset }),
        type,
      }),
    );
  } else
    addRepair(
      state,
      diagnose(syntaxCatalog["missing-value"], { span: spanIn(state.source, { start: offset, end: offset }) }),
    );
  state.result.push(token);
  state.opens.push({ token, index: -1, indent, outer: state.frame });
  state.frame = state.frame === Frame.header ? Frame.header : kind === "OpenBrace" ? Frame.object : Frame.free;
}
