import type { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { openerBefore, operandEnds, type Stop } from "./stop.js";

const kindOf = (stop: Stop): TokenKind => stop.token.tokenType.name as TokenKind;

/** Whether nothing stands between the token of the stop and the one before it. */
export function isAdjacent({ previous, token }: Stop): boolean {
  return previous !== undefined && previous.end === token.startOffset;
}

function follows(stop: Stop, text: string): boolean {
  return stop.context.source.text.startsWith(text, stop.token.startOffset + stop.token.image.length);
}

const closing: ReadonlySet<TokenKind> = new Set<TokenKind>(["CloseParen", "CloseBracket", "CloseBrace", "SequenceEnd"]);
const binary: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "Or",
  "And",
  "EqualOperator",
  "NotEqual",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
  "Plus",
  "Star",
  "Slash",
  "Percent",
  "Question",
  "Colon",
  "FatArrow",
]);

const heredocForm = "A heredoc begins with << and a marker directly at the end of its line, such as <<EOT.";
const pathIsText = "A path is text: write it in quotes.";
const goTemplateIsText = "A template in {{ }} is text: write it in quotes.";

/** Pairs of tokens that are one operator in other languages, and what to write instead. */
const foreignOperators: Readonly<Record<string, string>> = {
  "++": "There is no operator ++.",
  "**": "There is no operator for powers: write pow(x, y).",
  "<>": "Unequal is written !=.",
  "??": "There is no operator ??: coalesce(x, y) gives the first value that is set.",
  "?.": "There is no operator ?.: write try(x.y, null) if the attribute may be missing.",
  ":=": "One of : and = is enough.",
  "===": "Equal is written ==.",
  "!==": "Unequal is written !=.",
  "*/": "It would close a comment, but none is open.",
};

/** What to do about a token with which no expression can begin. */
export function expressionHint(stop: Stop): string | undefined {
  const { token, previous } = stop;
  const kind = kindOf(stop);
  const foreign = isAdjacent(stop) ? foreignOperators[`${previous?.text ?? ""}${token.image}`] : undefined;
  if (foreign !== undefined) return foreign;
  if (kind === "Less") return heredocForm;
  if (kind === "Comma") return "A value is missing before it, or it is one too many.";
  if (kind === "Equal") return "A name is missing before it, or it is one too many.";
  if (kind === "Plus" && /^\d/.test(stop.context.source.text.slice(token.startOffset + 1)))
    return "Numbers are written without a plus sign.";
  if (kind === "Dot") return dotHint(stop);
  if (kind === "Slash" && previous !== undefined && !isOperandEnd(previous) && /^\/\w/.test(restOf(stop)))
    return pathIsText;
  if (kind === "Percent" && follows(stop, "{")) return "A template sequence stands inside of quotes.";
  if (previous?.kind === "InterpolationStart") return "Write $${ if the characters ${ themselves are meant.";
  return closing.has(kind) || binary.has(kind) ? "A value is missing before it." : undefined;
}

function restOf({ context, token }: Stop): string {
  return context.source.text.slice(token.startOffset, token.startOffset + 200);
}

function dotHint(stop: Stop): string | undefined {
  if (/^\.\d/.test(restOf(stop))) return "A number has a digit before its point: 0.5.";
  if (/^\.{1,2}\//.test(restOf(stop))) return pathIsText;
  const isInBraces = stop.previous?.kind === "OpenBrace" && stop.context.tokens[stop.index - 2]?.kind === "OpenBrace";
  return isInBraces ? goTemplateIsText : undefined;
}

function isOperandEnd(token: LexedToken): boolean {
  return operandEnds.has(token.kind);
}

const words: Readonly<Record<string, string>> = {
  and: "Write && for and.",
  or: "Write || for or.",
  is: "Equal is written ==, unequal !=.",
  if: "A conditional has the form condition ? value : other value.",
};
const quoteInString = 'A quote inside of a string is written \\".';

/** What to do about a token that follows a complete value. */
export function valueEndHint(stop: Stop): string | undefined {
  const { previous } = stop;
  switch (kindOf(stop)) {
    case "Comma":
      return "Arguments are not separated by commas.";
    case "Equal":
      return follows(stop, "<") ? "Less or equal is written <=." : "Comparisons are written with ==.";
    case "FatArrow":
      return "Greater or equal is written >=.";
    case "CloseBrace":
      return "Put the closing brace on a line of its own.";
    case "CloseParen":
    case "CloseBracket":
      return "Remove it, or write the opening bracket that belongs to it.";
    case "Colon":
      return follows(stop, "//") ? "An address is text: write it in quotes." : undefined;
    case "OpenParen":
      return "Only a function can be called: name(value).";
    case "OpenQuote":
      if (previous?.kind === "CloseQuote") return "Write one string, or a list in brackets.";
      return previous?.kind === "Identifier"
        ? "The arguments of a function stand in parentheses; a text begins with a quote."
        : undefined;
    case "Identifier":
      return wordHint(stop);
    default:
      return undefined;
  }
}

/** What to do about a word after a value. */
export function wordHint(stop: Stop): string | undefined {
  const { previous, token } = stop;
  if (previous?.kind === "NumberLiteral" && isAdjacent(stop)) return numberHint(token.image);
  if (previous?.kind === "CloseQuote" && isAdjacent(stop)) return quoteInString;
  if (previous?.text === "not") return "Write ! for not.";
  if (previous?.text === "for") return "A for expression stands in brackets: [for …] or {for …}.";
  return words[token.image] ?? (previous?.kind === "Identifier" ? "Text is written in quotes." : undefined);
}

function numberHint(suffix: string): string {
  if (/^[xXoObB]/.test(suffix)) return "Numbers are decimal; parseint reads others from text.";
  return suffix.startsWith("_")
    ? "The digits of a number are not grouped."
    : "A number has no unit; if the value is text, write it in quotes.";
}

/** What to do about a token with which no item of a body can begin. */
export function itemHint(stop: Stop): string | undefined {
  const kind = kindOf(stop);
  if (kind === "Less" && follows(stop, "!--")) return "Comments begin with #, // or /*.";
  if (kind === "Minus" && follows(stop, "-")) return "Comments begin with #, // or /*.";
  if (kind === "Equal") return "The name of the argument is missing before it.";
  if (kind === "NumberLiteral" && /^\w+\s*=/.test(restOf(stop).slice(stop.token.image.length)))
    return "A name begins with a letter or an underscore.";
  if (kind === "OpenBrace" && stop.index === 0) return "If this is JSON, the name of the file must end in .json.";
  return binary.has(kind)
    ? "An expression goes on in the next line only inside of brackets: put it in parentheses."
    : undefined;
}

/** What to do about a token where a list, call or object needs a separator. */
export function separatorHint(stop: Stop, closer: string): string {
  const kind = kindOf(stop);
  const open = openerBefore(stop.context.tokens, stop.index)?.kind;
  if (isInNextItem(stop)) return `Close it with ${closer} before this line.`;
  if (kind === "Identifier" && stop.token.image === "for")
    return "All items are written as [for item in list : value].";
  if (kind === "Equal" || kind === "Colon")
    return open === "OpenParen" ? "The arguments of a function have no names." : "Items with names stand in braces.";
  if (kind === "Identifier" && stop.previous?.kind === "CloseQuote" && isAdjacent(stop))
    return `A string before it may lack its closing quote. ${quoteInString}`;
  return `If it is the last one, close with ${closer}.`;
}

/** Whether the token of the stop is the name of an argument at the beginning of a line, or the = after it. */
function isInNextItem(stop: Stop): boolean {
  const { source } = stop.context;
  const isName = kindOf(stop) === "Identifier";
  const start = isName ? stop.token.startOffset : (stop.previous?.start ?? 0);
  const line = source.lineText(source.lineIndexAt(start));
  return (
    (isName || kindOf(stop) === "Equal") &&
    /^[ \t]*[\w-]+[ \t]*=(?!=)/.test(line) &&
    line.trimStart().startsWith(isName ? stop.token.image : (stop.previous?.text ?? ""))
  );
}
