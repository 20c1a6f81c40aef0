import type { SourceText } from "@hclbuild/diagnostics";
import { LexedToken, sharedLexer } from "../lexer/lexer.js";
import type { Vocabulary } from "./vocabulary.js";

// A line that begins an item or closes a bracket. Labels need white space before them: without it a long word could be
// split in exponentially many ways.
const codeLine =
  /^([ \t]*)(?:[\]})]|[\p{ID_Start}_][\p{ID_Continue}-]*(?:[ \t]*=(?!=)|(?:[ \t]+(?:"[^"\n]*"|[\p{ID_Start}_][\p{ID_Continue}-]*))*[ \t]*\{[ \t]*\r?$))/u;

/**
 * Tokens of a text whose last heredoc has no closing line, so that it swallows everything after it: the heredoc is closed
 * in front of the first line that is indented no deeper than the heredoc's own line and looks like code, and the rest is
 * read anew. Texts without such a heredoc or such a line keep their tokens.
 */
export function closeLastHeredoc(
  source: SourceText,
  tokens: readonly LexedToken[],
  types: Vocabulary,
): readonly LexedToken[] {
  const opener = tokens.findLastIndex((token) => token.kind === "OpenHeredoc");
  const start = tokens[opener];
  if (start === undefined || tokens.slice(opener).some((token) => token.kind === "CloseHeredoc")) return tokens;
  const { text } = source;
  const indent = indentOf(source, start.start);
  for (let line = source.lineIndexAt(start.end); line < source.lineStarts.length; line++) {
    const lineStart = source.lineStarts[line] as number;
    const found = codeLine.exec(source.lineText(line));
    if (lineStart < start.end || found === null || (found[1] ?? "").length > indent) continue;
    const kept = tokens.filter((token) => token.start < lineStart);
    const rest = sharedLexer().tokenize(text.slice(lineStart), "main");
    return [
      ...kept,
      new LexedToken("", lineStart, types.CloseHeredoc.tokenTypeIdx ?? 0, types.CloseHeredoc),
      new LexedToken("", lineStart, types.Newline.tokenTypeIdx ?? 0, types.Newline),
      ...rest.map(
        (token) => new LexedToken(token.image, token.startOffset + lineStart, token.tokenTypeIdx, token.tokenType),
      ),
    ];
  }
  return tokens;
}

function indentOf(source: SourceText, offset: number): number {
  const line = source.lineText(source.lineIndexAt(offset));
  return line.length - line.trimStart().length;
}
