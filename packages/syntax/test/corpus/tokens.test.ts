import { SourceText } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import { isIdentifier } from "../../src/lexer/identifier.js";
import { createCheckedLexer, tokenize, triviaBefore, type TokenStream } from "../../src/lexer/lexer.js";
import type { TokenKind } from "../../src/lexer/token-types.js";
import { corpusRoot, readVectors, skipReason, textOf, type VectorPosition, type VectorText } from "./vectors.js";

/** HCL's names for our token kinds. */
const upstreamNames: Record<TokenKind, string> = {
  Newline: "Newline",
  LineComment: "Comment",
  BlockComment: "Comment",
  NumberLiteral: "NumberLit",
  Identifier: "Ident",
  OpenParen: "OParen",
  CloseParen: "CParen",
  OpenBracket: "OBrack",
  CloseBracket: "CBrack",
  OpenBrace: "OBrace",
  CloseBrace: "CBrace",
  OpenQuote: "OQuote",
  CloseQuote: "CQuote",
  QuotedText: "QuotedLit",
  QuotedNewline: "QuotedNewline",
  OpenHeredoc: "OHeredoc",
  CloseHeredoc: "CHeredoc",
  TemplateText: "StringLit",
  InterpolationStart: "TemplateInterp",
  ControlStart: "TemplateControl",
  SequenceEnd: "TemplateSeqEnd",
  Ellipsis: "Ellipsis",
  Dot: "Dot",
  Comma: "Comma",
  Question: "Question",
  Colon: "Colon",
  DoubleColon: "DoubleColon",
  FatArrow: "FatArrow",
  Equal: "Equal",
  EqualOperator: "EqualOp",
  NotEqual: "NotEqual",
  Bang: "Bang",
  Less: "LessThan",
  LessOrEqual: "LessThanEq",
  Greater: "GreaterThan",
  GreaterOrEqual: "GreaterThanEq",
  And: "And",
  Or: "Or",
  Plus: "Plus",
  Minus: "Minus",
  Star: "Star",
  Slash: "Slash",
  Percent: "Percent",
  Ampersand: "BitwiseAnd",
  Pipe: "BitwiseOr",
  Tilde: "BitwiseNot",
  Caret: "BitwiseXor",
  Semicolon: "Semicolon",
  Apostrophe: "Apostrophe",
  Backtick: "Backtick",
  Invalid: "Invalid",
};

interface ScanRow {
  readonly mode: "normal" | "template" | "identOnly";
  readonly input: VectorText;
  readonly expected: readonly [type: string, text: string, start: VectorPosition, end: VectorPosition][];
  readonly source: string;
}

function rowsOf(stream: TokenStream): ScanRow["expected"] {
  const at = (offset: number): VectorPosition => {
    const { line, column, byte } = stream.source.positionAt(offset);
    return [line, column, byte];
  };
  const rows = stream.tokens.map(
    (token) => [`Token${upstreamNames[token.kind]}`, token.text, at(token.start), at(token.end)] as const,
  );
  const end = stream.source.text.length;
  return [
    ...rows.map((row) => [...row] as [string, string, VectorPosition, VectorPosition]),
    ["TokenEOF", "", at(end), at(end)],
  ];
}

describe.skipIf(corpusRoot === undefined)(`scanner vectors (${corpusRoot ?? skipReason})`, () => {
  const rows = readVectors<ScanRow>("scan_tokens");

  it.each(
    rows
      .filter((row) => typeof row.input === "string")
      .map((row) => [row.source.split(" ").slice(-2).join(" "), row] as const),
  )("splits %s as HCL's scanner does", (_, row) => {
    const source = new SourceText("test.hcl", row.input as string);
    const stream = tokenize(source, row.mode === "template" ? "bare" : "main");
    expect(rowsOf(stream)).toEqual(row.expected);
  });

  it.each(
    readVectors<{ input: VectorText; expected: boolean }>("identifiers").map(
      (row) => [textOf(row.input), row.expected] as const,
    ),
  )("identifier %j: %s", (input, expected) => {
    expect(isIdentifier(input)).toBe(expected);
  });
});

describe("lexer", () => {
  it("passes chevrotain's own validations", () => {
    expect(() => createCheckedLexer()).not.toThrow();
  });

  it.each(["", "a = 1 # x\n\t/* y */ b {}\r\n", '\ufeffa="x${ y }" \u2028', '"unclosed\nnext', "<<E\n a\n E \nx"])(
    "keeps every character of %j in tokens and trivia",
    (text) => {
      const stream = tokenize(new SourceText("test.hcl", text));
      const parts = stream.tokens.map((token, index) => triviaBefore(stream, index) + token.text);
      expect(parts.join("") + triviaBefore(stream, stream.tokens.length)).toBe(text);
    },
  );
});
