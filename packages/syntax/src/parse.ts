import { InternalError, type Diagnostic, type Report, type SourceText } from "@hclbuild/diagnostics";
import type { Expression, FileNode, TemplateExpression } from "./ast.js";
import { sharedLexer, type LexedToken } from "./lexer/lexer.js";
import { HclParser } from "./parser/body-parser.js";
import { SyntaxFailure } from "./parser/failure.js";
import { createLayOut, type LayOut, type LayoutStart } from "./parser/layout.js";
import { mergeProblems } from "./parser/problems.js";
import { createRepair, type Repair } from "./parser/repair.js";
import { retokenize } from "./parser/retokenize.js";
import { checkTextLength, textLimits } from "./text-limits.js";
import { syntaxCatalog } from "./catalog.js";
import { createVocabulary, type Vocabulary } from "./parser/vocabulary.js";

/** The parser with its two layouts. */
export interface ParserBundle {
  readonly types: Vocabulary;
  readonly parser: HclParser;
  readonly layOut: LayOut;
  readonly repair: Repair;
}

/** Builds a parser. `checked` runs chevrotain's own validations of the grammar, which only tests need. */
export function createParserBundle(checked: boolean): ParserBundle {
  const types = createVocabulary(sharedLexer().types);
  return { types, parser: new HclParser(types, checked), layOut: createLayOut(types), repair: createRepair(types) };
}

let shared: ParserBundle | undefined;

/** The parser of this process, built on first use. */
export function sharedParser(): ParserBundle {
  shared ??= createParserBundle(false);
  return shared;
}

/** One kind of text: how it is split into tokens and which rule reads it. */
interface Entry<Node> {
  readonly mode: "main" | "bare";
  readonly start: LayoutStart;
  readonly read: (parser: HclParser) => Node;
  /** The node when the rule as a whole fails while recovering. */
  readonly fallback: (source: SourceText) => Node;
}

/**
 * Parses a file in the native syntax. Every text gives a tree; mistakes are reported (family `syntax`), one diagnostic
 * for each, and everything around them is in the tree.
 */
export function parse(source: SourceText, report: Report): FileNode {
  return parseWith(sharedParser(), fileEntry, source, report);
}

/** Parses one expression that makes up the whole text. Line ends mean nothing outside of braces. */
export function parseExpression(source: SourceText, report: Report): Expression {
  return parseWith(sharedParser(), expressionEntry, source, report);
}

/** Parses a text that is a template as a whole, such as a template file. */
export function parseTemplate(source: SourceText, report: Report): TemplateExpression {
  return parseWith(sharedParser(), templateEntry, source, report);
}

const whole = (source: SourceText) => ({ start: 0, end: source.text.length });

export const fileEntry: Entry<FileNode> = {
  mode: "main",
  start: "body",
  read: (parser) => parser.file(),
  fallback: (source) => ({
    kind: "file",
    source,
    body: { kind: "body", items: [], ...whole(source) },
    ...whole(source),
  }),
};

const expressionEntry: Entry<Expression> = {
  mode: "main",
  start: "expression",
  read: (parser) => parser.onlyExpression(),
  fallback: (source) => ({ kind: "error", ...whole(source) }),
};

const templateEntry: Entry<TemplateExpression> = {
  mode: "bare",
  start: "expression",
  read: (parser) => parser.bareTemplate(),
  fallback: (source) => ({ kind: "template", form: "bare", parts: [], ...whole(source) }),
};

/** Parses with a given parser: once quickly, and once more with recovery when that finds a mistake. */
export function parseWith<Node>(bundle: ParserBundle, entry: Entry<Node>, source: SourceText, report: Report): Node {
  if (!checkTextLength(source, report)) return entry.fallback(source);
  const tokens = sharedLexer().tokenize(source.text, entry.mode);
  if (tokens.length > textLimits.tokens) {
    const { start, end } = tokens[textLimits.tokens] as LexedToken;
    report(syntaxCatalog["too-large"], {
      span: { file: source.name, start, end },
      limit: `${String(textLimits.tokens)} tokens`,
    });
    return entry.fallback(source);
  }
  try {
    const clean = attempt(bundle, entry, source, tokens);
    if (clean.node !== undefined) return clean.node;
    const read =
      entry.mode === "main" ? retokenize({ source, stop: clean.stop }, tokens, bundle.types) : { tokens, findings: [] };
    const { tokens: repaired, repairs, atEnd } = bundle.repair(source, read.tokens, entry.start);
    const found: Diagnostic[] = [];
    const node = recover(bundle, entry, source, { tokens: repaired, problems: found });
    const findings = { first: clean.first, stop: clean.stop, misread: read.findings, repairs, found, atEnd };
    for (const problem of mergeProblems(source, findings)) report.add(problem);
    return node;
  } catch (error) {
    if (error instanceof RangeError)
      throw new InternalError(`the parser ran out of stack on ${source.name}`, { cause: error });
    throw error;
  }
}

interface FirstPass<Node> {
  readonly node?: Node;
  /** What is wrong where the grammar stopped, when it was the grammar that noticed it. */
  readonly first?: Diagnostic;
  /** Offset of the token at which the pass was over. */
  readonly stop: number;
}

/** The first pass: fast, and over at the first mistake. */
function attempt<Node>(
  { parser, layOut }: ParserBundle,
  entry: Entry<Node>,
  source: SourceText,
  tokens: LexedToken[],
): FirstPass<Node> {
  // Should layout fail already, its tokens are what the explanation looks at.
  parser.begin(source, tokens, undefined);
  try {
    parser.begin(source, layOut(tokens, entry.start), undefined);
    const node = entry.read(parser);
    const [error] = parser.errors;
    if (error === undefined) return { node, stop: source.text.length };
    return { first: parser.explain(error), stop: offsetOf(error, source) };
  } catch (error) {
    const stop = offsetOf(error, source);
    if (error instanceof SyntaxFailure && error.rule === "problem") return { stop };
    return { first: parser.explain(error), stop };
  }
}

function offsetOf(failure: unknown, source: SourceText): number {
  const offset = (failure as { readonly token?: { readonly startOffset: number } }).token?.startOffset ?? NaN;
  return Number.isNaN(offset) ? source.text.length : offset;
}

function recover<Node>(
  { parser }: ParserBundle,
  entry: Entry<Node>,
  source: SourceText,
  input: { readonly tokens: LexedToken[]; readonly problems: Diagnostic[] },
): Node {
  parser.begin(source, input.tokens, input.problems);
  try {
    const node = entry.read(parser);
    // The others have been reported where they were caught.
    const unread = parser.errors.find((error) => error.name === "NotAllInputParsedException");
    if (unread !== undefined) input.problems.push(parser.explain(unread));
    return (node as Node | undefined) ?? entry.fallback(source);
  } catch (error) {
    input.problems.push(parser.explain(error));
    return entry.fallback(source);
  }
}
