import { diagnose } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import type { LexedToken } from "../lexer/lexer.js";
import { alienCharacter } from "./alien.js";
import { spanIn } from "./explain.js";
import type { MisreadText, Replacement } from "./retokenize.js";
import { openerBefore } from "./stop.js";

/** How many lines a string may go on for to be taken as one by mistake. */
const maximumLines = 50;

/** `"""text"""`, as other languages write strings of several lines. */
export function repairTripleQuotes({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const { start } = tokens[index] as LexedToken;
  if (!source.text.startsWith('"""', start)) return undefined;
  const closing = source.text.indexOf('"""', start + 3);
  if (closing === -1) return undefined;
  const end = closing + 3;
  return {
    from: index,
    tokens: [make("OpenQuote", start, start + 3), make("CloseQuote", closing, end)],
    resume: end,
    finding: {
      diagnostic: diagnose(syntaxCatalog["triple-quotes"], { span: spanIn(source, { start, end: start + 3 }) }),
      until: end,
    },
  };
}

/** Text between backticks over several lines. */
export function repairBackticks({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const token = tokens[index] as LexedToken;
  const closing = source.text.indexOf("`", token.end);
  const diagnostic = alienCharacter(token, source);
  if (closing === -1 || diagnostic === undefined || !source.text.slice(token.end, closing).includes("\n"))
    return undefined;
  const [first, last] = [source.lineIndexAt(token.end), source.lineIndexAt(closing)];
  for (let line = first + 1; line <= last; line++) {
    // The other one belongs to something else, such as a comment.
    if (line - first > maximumLines || codeStart.test(source.lineText(line))) return undefined;
  }
  const end = closing + 1;
  return {
    from: index,
    tokens: [make("OpenQuote", token.start, token.end), make("CloseQuote", closing, end)],
    resume: end,
    finding: { diagnostic, until: end },
  };
}

// Lines that belong to the code around a string: an item, or a closing bracket at the beginning.
const codeStart = /^\s*(?:[\])}]|[\p{ID_Start}_][\p{ID_Continue}-]*(?:\s*=(?!=)|(?:\s+"[^"]*")*\s*\{\s*$))/u;
// What may follow the last line of a string.
const valueEnd = /^"[\s,)\]}]*(?:#.*|\/\/.*)?$/;

/** A string whose closing quote stands on a later line, or behind a carriage return, at the line end of token `index`. */
export function repairLongString({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const newline = tokens[index] as LexedToken;
  const opener = openerBefore(tokens, index);
  if (opener?.kind !== "OpenQuote") return undefined;
  const hasLineEnd = newline.text.includes("\n");
  const closing = hasLineEnd ? closingQuote(newline, source) : quoteOnLine(newline, source);
  if (closing === undefined) return undefined;
  const span = spanIn(source, newline);
  const related = [{ span: spanIn(source, opener), message: "It is opened here." }];
  return {
    from: index,
    tokens: [make("CloseQuote", closing, closing + 1)],
    resume: closing + 1,
    finding: {
      diagnostic: hasLineEnd
        ? diagnose(syntaxCatalog["unclosed-string"], { span, related })
        : diagnose(syntaxCatalog["unexpected-character"], { span, character: "U+000D", hint: carriageReturn }),
      until: closing,
    },
  };
}

const carriageReturn = "Lines end with a line feed; in a string, a carriage return is written \\r.";

function quoteOnLine(carriageReturns: LexedToken, source: MisreadText["source"]): number | undefined {
  const quote = /(?<!\\)["\n]/g;
  quote.lastIndex = carriageReturns.end;
  const found = quote.exec(source.text);
  return found?.[0] === '"' ? found.index : undefined;
}

function closingQuote(newline: LexedToken, source: MisreadText["source"]): number | undefined {
  const first = source.lineIndexAt(newline.end);
  for (let index = first; index < Math.min(first + maximumLines, source.lineStarts.length); index++) {
    const line = source.lineText(index);
    if (codeStart.test(line)) return undefined;
    const quote = line.search(/(?<!\\)"/);
    if (quote === -1) continue;
    const isEnd = valueEnd.test(line.slice(quote));
    return isEnd ? (source.lineStarts[index] as number) + quote : undefined;
  }
  return undefined;
}
