import type { Token } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";

/**
 * What the layout rules distinguish. Numbers, so that the classes of a whole file fit a byte array; the values carry
 * no meaning.
 */
export const tokenClass = {
  other: 0,
  identifier: 1,
  /** The identifier `in`, an operator of `for` when another identifier precedes it. */
  inKeyword: 2,
  number: 3,
  newline: 4,
  lineComment: 5,
  blockComment: 6,
  dot: 7,
  comma: 8,
  ellipsis: 9,
  doubleColon: 10,
  openParen: 11,
  closeParen: 12,
  openBracket: 13,
  closeBracket: 14,
  openBrace: 15,
  closeBrace: 16,
  sequenceStart: 17,
  sequenceEnd: 18,
  bang: 19,
  minus: 20,
  /** The other operators and separators after which a minus sign is a sign. */
  operator: 21,
  equal: 22,
  /** Literal text of a template; the spaces in it belong to it. */
  text: 23,
  openQuote: 24,
  closeQuote: 25,
  openHeredoc: 26,
  closeHeredoc: 27,
} as const;

export type TokenClass = (typeof tokenClass)[keyof typeof tokenClass];

const operators: readonly TokenKind[] = [
  "Colon",
  "Question",
  "EqualOperator",
  "NotEqual",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
  "And",
  "Or",
  "Plus",
  "Star",
  "Slash",
  "Percent",
];

const classOfKind = new Map<TokenKind, TokenClass>([
  ["Identifier", tokenClass.identifier],
  ["NumberLiteral", tokenClass.number],
  ["Newline", tokenClass.newline],
  ["QuotedNewline", tokenClass.newline],
  ["LineComment", tokenClass.lineComment],
  ["BlockComment", tokenClass.blockComment],
  ["Dot", tokenClass.dot],
  ["Comma", tokenClass.comma],
  ["Ellipsis", tokenClass.ellipsis],
  ["DoubleColon", tokenClass.doubleColon],
  ["OpenParen", tokenClass.openParen],
  ["CloseParen", tokenClass.closeParen],
  ["OpenBracket", tokenClass.openBracket],
  ["CloseBracket", tokenClass.closeBracket],
  ["OpenBrace", tokenClass.openBrace],
  ["CloseBrace", tokenClass.closeBrace],
  ["InterpolationStart", tokenClass.sequenceStart],
  ["ControlStart", tokenClass.sequenceStart],
  ["SequenceEnd", tokenClass.sequenceEnd],
  ["Bang", tokenClass.bang],
  ["Minus", tokenClass.minus],
  ["Equal", tokenClass.equal],
  ["QuotedText", tokenClass.text],
  ["TemplateText", tokenClass.text],
  ["OpenQuote", tokenClass.openQuote],
  ["CloseQuote", tokenClass.closeQuote],
  ["OpenHeredoc", tokenClass.openHeredoc],
  ["CloseHeredoc", tokenClass.closeHeredoc],
  ...operators.map((kind) => [kind, tokenClass.operator] as const),
]);

/** The classes of all tokens, in order. */
export function classifyTokens(tokens: readonly Token[]): Uint8Array {
  const classes = new Uint8Array(tokens.length);
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const found = classOfKind.get(token.kind) ?? tokenClass.other;
    classes[index] = found === tokenClass.identifier && token.text === "in" ? tokenClass.inKeyword : found;
  }
  return classes;
}

/** How a token changes the number of open brackets. */
export function bracketChange(cls: number): -1 | 0 | 1 {
  switch (cls) {
    case tokenClass.openParen:
    case tokenClass.openBracket:
    case tokenClass.openBrace:
    case tokenClass.sequenceStart:
      return 1;
    case tokenClass.closeParen:
    case tokenClass.closeBracket:
    case tokenClass.closeBrace:
    case tokenClass.sequenceEnd:
      return -1;
    default:
      return 0;
  }
}
