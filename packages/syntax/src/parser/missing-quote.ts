import type { LexedToken } from "../lexer/lexer.js";
import { isAdjacent } from "./hints.js";
import { closers, openers, type Stop } from "./stop.js";

/** Whether a quote stands directly after a word and closes nothing: the word lacks its opening quote. */
export function lacksOpeningQuote(stop: Stop): boolean {
  const { token, previous, index, context } = stop;
  if (token.tokenType.name !== "OpenQuote" || previous === undefined || !isAdjacent(stop)) return false;
  if (previous.kind !== "Identifier" && previous.kind !== "NumberLiteral") return false;
  return !isInTemplate(context.tokens, index) && hasOddQuotes(context.tokens, index);
}

/** How many tokens of a line are looked at. */
const maximumLineTokens = 200;

/** Whether a template around token `index` is open, which a quote is then meant to close. */
function isInTemplate(tokens: readonly LexedToken[], index: number): boolean {
  let depth = 0;
  for (let before = index - 1; before >= Math.max(0, index - maximumLineTokens); before--) {
    const { kind } = tokens[before] as LexedToken;
    if (closers.has(kind)) depth++;
    else if (!openers.has(kind)) continue;
    else if (depth > 0) depth--;
    else if (kind === "OpenQuote" || kind === "OpenHeredoc") return true;
  }
  return false;
}

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
