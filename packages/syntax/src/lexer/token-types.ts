import { createToken, Lexer, type CustomPatternMatcherReturn, type TokenType } from "chevrotain";
import { scanIdentifier } from "./identifier.js";

/** What the lexer remembers while it runs: the markers of the heredocs that are open, innermost last. */
export interface HeredocState {
  readonly markers: string[];
}

/** The lexer modes; `{` and `${` push, `}` pops. */
export type LexerMode = "main" | "sequence" | "quoted" | "heredoc" | "bare";

// The optimised dispatch of the lexer puts character codes above 255 into buckets of 255.
const buckets = Array.from({ length: 257 }, (_, index) => Math.min(256 + index * 255, 0xffff));
const anyCharacter = [...Array.from({ length: 256 }, (_, code) => code), ...buckets];
const beyondAscii = anyCharacter.filter((code) => code > 127);
const identifierStart = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", ...beyondAscii];
// White space as Go's unicode.IsSpace defines it, which HCL uses to trim a heredoc's closing line.
const space = "[\\t\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const trimmedLine = new RegExp(`^${space}*(.*?)${space}*$`, "s");

type Exec = (text: string, offset: number) => CustomPatternMatcherReturn | null;

interface CustomOptions {
  readonly hints: readonly (string | number)[];
  readonly lineBreaks?: boolean;
  readonly push?: LexerMode;
  readonly pop?: boolean;
}

function custom(name: string, exec: Exec, options: CustomOptions): TokenType {
  return createToken({
    name,
    pattern: { exec },
    start_chars_hint: [...options.hints],
    line_breaks: options.lineBreaks ?? false,
    ...(options.push ? { push_mode: options.push } : {}),
    ...(options.pop ? { pop_mode: true } : {}),
  });
}

/**
 * `first` names the characters that an expression can begin with. Chevrotain would find them by parsing the expression,
 * which takes most of the time that building the lexer takes.
 */
function fixed(
  name: string,
  pattern: string | RegExp,
  mode: { first?: string; push?: LexerMode; pop?: boolean } = {},
): TokenType {
  return createToken({
    name,
    pattern,
    line_breaks: false,
    ...(mode.first ? { start_chars_hint: [...mode.first] } : {}),
    ...(mode.push ? { push_mode: mode.push } : {}),
    ...(mode.pop ? { pop_mode: true } : {}),
  });
}

function matched(text: string, start: number, end: number): CustomPatternMatcherReturn {
  return [text.substring(start, end)];
}

/** Characters and operators of expressions and bodies; the same in the modes `main` and `sequence`. */
function createPlainTokens() {
  return {
    Newline: createToken({ name: "Newline", pattern: /\r?\n/, start_chars_hint: ["\r", "\n"], line_breaks: true }),
    LineComment: createToken({
      name: "LineComment",
      pattern: /(?:#|\/\/)[^\n]*\n?/,
      start_chars_hint: ["#", "/"],
      line_breaks: true,
    }),
    // Not a regular expression: it would keep a place to go back to for every star of the comment.
    BlockComment: custom("BlockComment", matchBlockComment, { hints: ["/"], lineBreaks: true }),
    NumberLiteral: custom("NumberLiteral", matchNumber, { hints: [..."0123456789"] }),
    OpenParen: fixed("OpenParen", "("),
    CloseParen: fixed("CloseParen", ")"),
    OpenBracket: fixed("OpenBracket", "["),
    CloseBracket: fixed("CloseBracket", "]"),
    OpenBrace: fixed("OpenBrace", "{", { push: "main" }),
    OpenQuote: fixed("OpenQuote", '"', { push: "quoted" }),
    Ellipsis: fixed("Ellipsis", /\.\.\./, { first: "." }),
    Dot: fixed("Dot", "."),
    Comma: fixed("Comma", ","),
    Question: fixed("Question", "?"),
    DoubleColon: fixed("DoubleColon", /::/, { first: ":" }),
    Colon: fixed("Colon", ":"),
    FatArrow: fixed("FatArrow", /=>/, { first: "=" }),
    EqualOperator: fixed("EqualOperator", /==/, { first: "=" }),
    Equal: fixed("Equal", "="),
    NotEqual: fixed("NotEqual", /!=/, { first: "!" }),
    Bang: fixed("Bang", "!"),
    LessOrEqual: fixed("LessOrEqual", /<=/, { first: "<" }),
    Less: fixed("Less", "<"),
    GreaterOrEqual: fixed("GreaterOrEqual", />=/, { first: ">" }),
    Greater: fixed("Greater", ">"),
    And: fixed("And", /&&/, { first: "&" }),
    Or: fixed("Or", /\|\|/, { first: "|" }),
    Plus: fixed("Plus", "+"),
    Minus: fixed("Minus", "-"),
    Star: fixed("Star", "*"),
    Slash: fixed("Slash", "/"),
    Percent: fixed("Percent", "%"),
    // Characters that mean something in other languages. Each has its own diagnostic.
    Ampersand: fixed("Ampersand", "&"),
    Pipe: fixed("Pipe", "|"),
    Tilde: fixed("Tilde", "~"),
    Caret: fixed("Caret", "^"),
    Semicolon: fixed("Semicolon", ";"),
    Apostrophe: fixed("Apostrophe", "'"),
    Backtick: fixed("Backtick", "`"),
  };
}

/** Everything inside templates. */
function createTemplateTokens(state: HeredocState) {
  return {
    InterpolationStart: fixed("InterpolationStart", /\$\{~?/, { first: "$", push: "sequence" }),
    ControlStart: fixed("ControlStart", /%\{~?/, { first: "%", push: "sequence" }),
    SequenceEnd: fixed("SequenceEnd", /~?\}/, { first: "~}", pop: true }),
    QuotedText: createToken({
      name: "QuotedText",
      // The outer repetition is bounded because a regular expression keeps a place to go back to for each alternative
      // it took: without the bound, megabytes of escapes exhaust the stack. A longer text gives several tokens.
      pattern: /\$\$\{|%%\{|(?:[^$%"\\\r\n]+|\\(?:[^\ud800-\udbff\r\n]|[\ud800-\udbff][\udc00-\udfff]?)){1,1024}|[$%]/,
      start_chars_hint: anyCharacter,
      line_breaks: false,
    }),
    // A line end inside a quoted template ends it: one missing quote must not swallow the rest of the file.
    QuotedNewline: createToken({
      name: "QuotedNewline",
      pattern: /\r*\n|\r+/,
      start_chars_hint: ["\r", "\n"],
      line_breaks: true,
      pop_mode: true,
    }),
    CloseQuote: fixed("CloseQuote", '"', { pop: true }),
    TemplateText: custom("TemplateText", (text, offset) => matchTemplateText(text, offset, state), {
      hints: anyCharacter,
      lineBreaks: true,
    }),
    OpenHeredoc: custom("OpenHeredoc", (text, offset) => matchOpenHeredoc(text, offset, state), {
      hints: ["<"],
      lineBreaks: true,
      push: "heredoc",
    }),
    CloseHeredoc: custom("CloseHeredoc", (text, offset) => matchCloseHeredoc(text, offset, state), {
      hints: anyCharacter,
      pop: true,
    }),
  };
}

/** HCL's scanner takes as a number what may be none, such as `1.2.3` and `1..2`, as long as it ends with a digit. */
function matchNumber(text: string, offset: number): CustomPatternMatcherReturn | null {
  let end = skipDigits(text, offset);
  if (end === offset) return null;
  for (;;) {
    let next = end;
    while (text.charCodeAt(next) === 46) next++;
    const code = text.charCodeAt(next);
    if (code === 69 || code === 101) {
      const sign = text.charCodeAt(++next);
      if (sign === 43 || sign === 45) next++;
    }
    const partEnd = skipDigits(text, next);
    if (partEnd === next) return matched(text, offset, end);
    end = partEnd;
  }
}

function skipDigits(text: string, offset: number): number {
  let end = offset;
  for (let code = text.charCodeAt(end); code >= 48 && code <= 57; code = text.charCodeAt(end)) end++;
  return end;
}

function matchBlockComment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (text.charCodeAt(offset) !== 47 || text.charCodeAt(offset + 1) !== 42) return null;
  const end = text.indexOf("*/", offset + 2);
  return end === -1 ? null : matched(text, offset, end + 2);
}

// HCL's scanner takes a $ or % and the last character of its line as one token; strip markers show the difference.
const templateText = /\$\$\{|%%\{|[^$%\n]*\n|[^$%\n]+|[$%](?:[\ud800-\udbff][\udc00-\udfff]|[^{\n])(?=\r?\n)|[$%]/y;
// In a heredoc, unlike in a template file, a carriage return is only good in front of a line feed.
const heredocText =
  /\$\$\{|%%\{|[^$%\r\n]*\r?\n|[^$%\r\n]+|[$%](?:[\ud800-\udbff][\udc00-\udfff]|[^{\n])(?=\r?\n)|[$%]/y;

function matchTemplateText(text: string, offset: number, state: HeredocState): CustomPatternMatcherReturn | null {
  const pattern = state.markers.length > 0 ? heredocText : templateText;
  pattern.lastIndex = offset;
  return pattern.test(text) ? matched(text, offset, pattern.lastIndex) : null;
}

function matchOpenHeredoc(text: string, offset: number, state: HeredocState): CustomPatternMatcherReturn | null {
  if (text.charCodeAt(offset + 1) !== 60) return null;
  const markerStart = offset + (text.charCodeAt(offset + 2) === 45 ? 3 : 2);
  const markerEnd = scanIdentifier(text, markerStart);
  if (markerEnd === markerStart) return null;
  const lineEnd = text.charCodeAt(markerEnd) === 13 ? markerEnd + 1 : markerEnd;
  if (text.charCodeAt(lineEnd) !== 10) return null;
  state.markers.push(text.substring(markerStart, markerEnd));
  return matched(text, offset, lineEnd + 1);
}

function matchCloseHeredoc(text: string, offset: number, state: HeredocState): CustomPatternMatcherReturn | null {
  if (text.charCodeAt(offset - 1) !== 10) return null;
  const marker = state.markers.at(-1);
  if (marker === undefined) return null;
  let lineEnd = text.indexOf("\n", offset);
  if (lineEnd === -1) return null;
  const line = text.substring(offset, lineEnd);
  if (!line.includes(marker) || trimmedLine.exec(line)?.[1] !== marker) return null;
  state.markers.pop();
  if (text.charCodeAt(lineEnd - 1) === 13) lineEnd--;
  return matched(text, offset, lineEnd);
}

/** All token types of one lexer, which share the lexer's heredoc state. */
export function createTokenTypes(state: HeredocState) {
  return {
    ...createPlainTokens(),
    ...createTemplateTokens(state),
    ByteOrderMark: createToken({
      name: "ByteOrderMark",
      pattern: {
        exec: (text: string, offset: number) =>
          offset === 0 && text.charCodeAt(0) === 0xfeff ? matched(text, 0, 1) : null,
      },
      start_chars_hint: [0xfeff],
      line_breaks: false,
      group: Lexer.SKIPPED,
    }),
    Whitespace: createToken({
      name: "Whitespace",
      pattern: /[ \t]+/,
      start_chars_hint: [" ", "\t"],
      line_breaks: false,
      group: Lexer.SKIPPED,
    }),
    Identifier: custom(
      "Identifier",
      (text, offset) => {
        const end = scanIdentifier(text, offset);
        return end === offset ? null : matched(text, offset, end);
      },
      { hints: identifierStart },
    ),
    CloseBrace: fixed("CloseBrace", "}", { pop: true }),
    Invalid: custom(
      "Invalid",
      (text, offset) => matched(text, offset, offset + ((text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1)),
      { hints: anyCharacter },
    ),
  };
}

export type TokenTypes = ReturnType<typeof createTokenTypes>;

/** The kind of a token. Whitespace and the byte order mark make no tokens: they are trivia. */
export type TokenKind = Exclude<keyof TokenTypes, "Whitespace" | "ByteOrderMark">;

/** The token types of every mode, in the order in which they are tried. */
export function lexerModes(types: TokenTypes): Record<LexerMode, TokenType[]> {
  const { CloseBrace, SequenceEnd, Invalid } = types;
  const body = [
    types.Whitespace,
    types.Identifier,
    types.Newline,
    types.Dot,
    types.OpenQuote,
    types.NumberLiteral,
    types.LineComment,
    types.BlockComment,
    types.EqualOperator,
    types.FatArrow,
    types.Equal,
    types.Comma,
    types.OpenParen,
    types.CloseParen,
    types.OpenBracket,
    types.CloseBracket,
    types.OpenBrace,
  ];
  const operators = [
    types.DoubleColon,
    types.Colon,
    types.OpenHeredoc,
    types.NotEqual,
    types.Bang,
    types.LessOrEqual,
    types.Less,
    types.GreaterOrEqual,
    types.Greater,
    types.And,
    types.Or,
    types.Plus,
    types.Minus,
    types.Star,
    types.Slash,
    types.Percent,
    types.Question,
    types.Ampersand,
    types.Pipe,
    types.Tilde,
    types.Caret,
    types.Semicolon,
    types.Apostrophe,
    types.Backtick,
    types.ByteOrderMark,
    Invalid,
  ];
  const plain = [...body.filter((type) => type !== types.Dot), types.Ellipsis, types.Dot];
  return {
    main: [...plain, CloseBrace, ...operators],
    sequence: [...plain, SequenceEnd, ...operators],
    quoted: [
      types.CloseQuote,
      types.InterpolationStart,
      types.ControlStart,
      types.QuotedText,
      types.QuotedNewline,
      Invalid,
    ],
    heredoc: [types.CloseHeredoc, types.InterpolationStart, types.ControlStart, types.TemplateText, Invalid],
    bare: [types.InterpolationStart, types.ControlStart, types.TemplateText],
  };
}
