import { createToken, Lexer, type CustomPatternMatcherReturn, type IToken, type TokenType } from "chevrotain";

type Matcher = (text: string, offset: number) => CustomPatternMatcherReturn | null;

/** Chevrotain drops the `u` flag of a regular expression pattern, so the ones that need it match by themselves. */
function sticky(pattern: RegExp): Matcher {
  const copy = new RegExp(pattern.source, "uy");
  return (text, offset) => {
    copy.lastIndex = offset;
    return copy.exec(text) as CustomPatternMatcherReturn | null;
  };
}

/** A token of the grammar whose pattern needs Unicode classes or look-ahead. */
function unicodeToken(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern: { exec: sticky(pattern) }, line_breaks: true });
}

// What may follow a field, a variable or a word: Go refuses `.A"b"`.
const terminator = String.raw`(?=[ \t\r\n.,|:()]|\}\}|$(?![^]))`;
const word = String.raw`[\p{L}\p{Nd}_]`;

/** Everything up to the next `{{` or the end. */
export const Text = createToken({
  name: "Text",
  line_breaks: true,
  pattern: {
    exec: (text, offset) => {
      const next = text.indexOf("{{", offset);
      const end = next === -1 ? text.length : next;
      return end === offset ? null : ([text.slice(offset, end)] as unknown as CustomPatternMatcherReturn);
    },
  },
});

export const Comment = createToken({
  name: "Comment",
  pattern: /\{\{(?:-[ \t\r\n])?\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/(?:[ \t\r\n]-)?\}\}/,
  line_breaks: true,
});

/** A comment that is not closed as it must be; taken to the end so that one mistake is one message. */
export const BrokenComment = createToken({
  name: "BrokenComment",
  pattern: /\{\{(?:-[ \t\r\n])?\/\*[^]*/,
  line_breaks: true,
});

export const Open = createToken({ name: "Open", pattern: /\{\{(?:-(?=[ \t\r\n]))?/, push_mode: "action" });
export const Close = createToken({
  name: "Close",
  pattern: /(?:[ \t\r\n]+-)?\}\}/,
  line_breaks: true,
  pop_mode: true,
});

const Space = createToken({ name: "Space", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED, line_breaks: true });
export const Declare = createToken({ name: "Declare", pattern: ":=" });
export const Assign = createToken({ name: "Assign", pattern: "=" });
export const Comma = createToken({ name: "Comma", pattern: "," });
export const Pipe = createToken({ name: "Pipe", pattern: "|" });
export const OpenParen = createToken({ name: "OpenParen", pattern: "(" });
export const CloseParen = createToken({ name: "CloseParen", pattern: ")" });
export const StringLiteral = createToken({ name: "StringLiteral", pattern: /"(?:[^"\\\n]|\\[^\n])*"/ });
export const RawString = createToken({ name: "RawString", pattern: /`[^`]*`/, line_breaks: true });
export const CharacterLiteral = createToken({ name: "CharacterLiteral", pattern: /'(?:[^'\\\n]|\\[^\n])*'/ });
/** A quote without its partner; taken to the end of the line. */
export const BrokenLiteral = createToken({ name: "BrokenLiteral", pattern: /["'][^\n]*|`[^]*/, line_breaks: true });
/** Anything that begins like a number; its form is checked when it is read. */
export const NumberLiteral = unicodeToken(
  "NumberLiteral",
  new RegExp(String.raw`[+-]?(?:[0-9]|\.[0-9])(?:[eEpP][+-]|[0-9A-Za-z_.]|[+-](?=[0-9.]))*`),
);
export const Field = unicodeToken("Field", new RegExp(String.raw`\.${word}+${terminator}`));
export const Variable = unicodeToken("Variable", new RegExp(String.raw`\$${word}*${terminator}`));
export const Dot = unicodeToken("Dot", new RegExp(String.raw`\.${terminator}`));
export const Word = unicodeToken("Word", new RegExp(String.raw`${word}+${terminator}`));
/** Keeps the token stream whole for any input. */
export const Junk = createToken({ name: "Junk", pattern: /[^]/, line_breaks: true });

function keyword(name: string): TokenType {
  return createToken({ name: `Keyword${name}`, pattern: Lexer.NA });
}

export const If = keyword("If");
export const Else = keyword("Else");
export const End = keyword("End");
export const Range = keyword("Range");
export const With = keyword("With");
export const Define = keyword("Define");
export const Template = keyword("Template");
export const Block = keyword("Block");
export const Break = keyword("Break");
export const Continue = keyword("Continue");

const keywords: ReadonlyMap<string, TokenType> = new Map([
  ["if", If],
  ["else", Else],
  ["end", End],
  ["range", Range],
  ["with", With],
  ["define", Define],
  ["template", Template],
  ["block", Block],
  ["break", Break],
  ["continue", Continue],
]);

const keywordTokens = [...keywords.values()];
const textMode = [Comment, BrokenComment, Open, Text];
const actionMode = [
  Close,
  Space,
  Declare,
  Assign,
  Comma,
  Pipe,
  OpenParen,
  CloseParen,
  StringLiteral,
  RawString,
  CharacterLiteral,
  BrokenLiteral,
  NumberLiteral,
  Field,
  Dot,
  Variable,
  Word,
  Junk,
];

/** All token types, for the parser. */
export const tokenTypes: readonly TokenType[] = [...textMode, ...actionMode, ...keywordTokens];

let lexer: Lexer | undefined;

/** Splits a template into tokens. Total: the tokens and the skipped blanks in actions cover any text. */
export function tokenizeGoTemplate(text: string): IToken[] {
  lexer ??= new Lexer(
    { modes: { text: textMode, action: [...actionMode, ...keywordTokens] }, defaultMode: "text" },
    // Each mode has a pattern that may begin with anything, so that it would be for nothing to analyse the others.
    { positionTracking: "onlyOffset", safeMode: true, skipValidations: true },
  );
  const { tokens } = lexer.tokenize(text);
  for (const token of tokens) {
    const type = token.tokenType === Word ? keywords.get(token.image) : undefined;
    if (type !== undefined) {
      token.tokenType = type;
      token.tokenTypeIdx = type.tokenTypeIdx as number;
    }
  }
  return tokens;
}
