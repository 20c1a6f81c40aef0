import { DiagnosticBag, SourceText, type Span } from "@hclbuild/diagnostics";
import { parseExpression, tokenize, type Token } from "@hclbuild/syntax";

/**
 * Whether the expression may go on in further lines: a bracket, a template sequence or a heredoc is open at the end of
 * `text`, and nothing before the end is wrong. Quoted text ends with its line, so an open quote is a mistake.
 */
export function isUnfinished(text: string): boolean {
  const source = new SourceText("<console>", `${text}\n`);
  const open = openTokens(tokenize(source).tokens);
  const innermost = open.at(-1);
  if (innermost === undefined || innermost.kind === "OpenQuote") return false;
  const bag = new DiagnosticBag();
  parseExpression(source, bag.report);
  const end = text.trimEnd().length;
  return bag.items.every(({ primary }) => isAboutTheEnd(primary, { end, open }));
}

/** The opening tokens without a closing one. Closing tokens that fit none are left to the parser. */
function openTokens(tokens: readonly Token[]): readonly Token[] {
  const open: Token[] = [];
  for (const token of tokens) {
    const closing = closings.get(token.kind);
    if (openings.has(token.kind)) open.push(token);
    else if (closing?.some((kind) => kind === open.at(-1)?.kind) === true) open.pop();
  }
  return open;
}

const closings: ReadonlyMap<Token["kind"], readonly Token["kind"][]> = new Map([
  ["CloseParen", ["OpenParen"]],
  ["CloseBracket", ["OpenBracket"]],
  ["CloseBrace", ["OpenBrace"]],
  ["SequenceEnd", ["InterpolationStart", "ControlStart"]],
  ["CloseQuote", ["OpenQuote"]],
  ["CloseHeredoc", ["OpenHeredoc"]],
]);

const openings: ReadonlySet<Token["kind"]> = new Set([...closings.values()].flat());

/** What is missing is named at the end of the text, or at the opening token that nothing closes. */
function isAboutTheEnd(
  span: Span | undefined,
  { end, open }: { readonly end: number; readonly open: readonly Token[] },
): boolean {
  if (span === undefined) return false;
  return span.start >= end || open.some(({ start }) => span.start <= start && start < span.end);
}
