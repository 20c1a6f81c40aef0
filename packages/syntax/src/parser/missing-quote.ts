import type { LexedToken } from "../lexer/lexer.js";
import { isAdjacent } from "./hints.js";
import { openerBefore, type Stop } from "./stop.js";

/** Whether a quote stands directly after a word and closes nothing: the word lacks its opening quote. */
export function lacksOpeningQuote(stop: Stop): boolean {
  const { token, previous, index, context } = stop;
  if (token.tokenType.name !== "OpenQuote" || previous === undefined || !isAdjacent(stop)) return false;
  if (previous.kind !== "Identifier" && previous.kind !== "NumberLiteral") return false;
  for (let open = openerBefore(context.tokens, index); open !== undefined;) {
    // In a template the quote is meant to close it.
    if (open.kind === "OpenQuote" || open.kind === "OpenHeredoc") return false;
    open = openerBefore(context.tokens, context.tokens.indexOf(open));
  }
  return hasOddQuotes(context.tokens, index);
}

/** How many tokens of a line are looked at. */
const maximumLineTokens = 200;

/** Whether the quotes from token `index` on leave one open at the end of its line. */
function hasOddQuotes(tokens: readonly LexedToken[], index: number): boolean {
  for (let next = index; next < Math.min(tokens.length, index + maximumLineTokens); next++) {
    const { kind, image } = tokens[next] as LexedToken;
    if (kind === "Newline") return false;
    // Repair has put a closing quote in where the lexer saw the end of the line.
    if (kind === "QuotedNewline" || (kind === "CloseQuote" && image === "")) return true;
  }
  return false;
}
