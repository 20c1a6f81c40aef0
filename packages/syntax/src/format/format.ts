import { SourceText } from "@hclbuild/diagnostics";
import { tokenize, type Token } from "../lexer/lexer.js";
import { layOutTokens } from "./layout.js";
import { classifyTokens } from "./token-class.js";
import { isSurelyWellFormed } from "./well-formed.js";

/** A formatted text. */
export interface FormatResult {
  readonly text: string;
  /** The tokens alone prove that the text has no syntax error; when `false`, only parsing it tells. */
  readonly isSurelyWellFormed: boolean;
}

/**
 * Lays a native-syntax file out in the canonical style, byte for byte as `packer fmt` and `terraform fmt`'s common part
 * do (hclwrite.Format): two spaces of indentation, one space around operators, `=` and trailing comments of
 * neighbouring lines aligned. Only white space between tokens changes; comments, line ends, blank lines, heredoc text and
 * the order of things stay. Works on tokens alone, so it gives some result for every text; a text that does not parse
 * should be left alone by the caller. A byte order mark is dropped.
 */
export function format(text: string): string {
  const { tokens } = tokenize(new SourceText("", text));
  return rebuild(text, tokens, layOutTokens(tokens, classifyTokens(tokens)));
}

/**
 * {@link format}, and whether the text is known to be free of syntax errors: then a caller that leaves broken files
 * alone need not load the parser.
 */
export function formatAndCheck(text: string): FormatResult {
  const { tokens } = tokenize(new SourceText("", text));
  const classes = classifyTokens(tokens);
  return {
    text: rebuild(text, tokens, layOutTokens(tokens, classes)),
    isSurelyWellFormed: isSurelyWellFormed(tokens, classes),
  };
}

function rebuild(text: string, tokens: readonly Token[], spaces: Int32Array): string {
  let result = "";
  let copied = 0;
  let end = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const wanted = spaces[index] as number;
    if (token.start - end !== wanted || !isSpaces(text, end, token.start)) {
      result += text.slice(copied, end) + " ".repeat(wanted);
      copied = token.start;
    }
    end = token.end;
  }
  // White space between the last token and the end of the file stays, each character of it as a space.
  const rest = text.slice(end).replace("\ufeff", "");
  return result + text.slice(copied, end) + " ".repeat(rest.length);
}

function isSpaces(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    if (text.charCodeAt(index) !== 32) return false;
  }
  return true;
}
