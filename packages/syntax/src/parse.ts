import type { Diagnostic, Report, SourceText } from "@hclbuild/diagnostics";
import type { Expression, FileNode, TemplateExpression } from "./ast.js";
import { sharedLexer, type LexedToken } from "./lexer/lexer.js";
import { HclParser } from "./parser/body-parser.js";
import { SyntaxFailure } from "./parser/failure.js";
import { createLayOut, type LayOut } from "./parser/layout.js";
import { createVocabulary } from "./parser/vocabulary.js";

interface ParserBundle {
  readonly parser: HclParser;
  readonly layOut: LayOut;
}

let shared: ParserBundle | undefined;

function sharedParser(): ParserBundle {
  if (shared === undefined) {
    const types = createVocabulary(sharedLexer().types);
    shared = { parser: new HclParser(types, false), layOut: createLayOut(types) };
  }
  return shared;
}

/**
 * Parses a file in the native syntax. Every text gives a tree; mistakes are reported (family `syntax`), and what stands
 * around them is in the tree.
 */
export function parse(source: SourceText, report: Report): FileNode {
  const { parser, layOut } = sharedParser();
  const tokens = sharedLexer().tokenize(source.text, "main");
  const read = (): FileNode => parser.file();
  const { node, first } = attempt(source, layOut(tokens, "body"), read);
  if (node !== undefined) return node;
  if (first) report.add(first);
  return { kind: "file", source, body: { kind: "body", items: [], start: 0, end: source.text.length }, start: 0, end: source.text.length };
}

/** Parses one expression that makes up the whole text. Line ends mean nothing outside braces. */
export function parseExpression(source: SourceText, report: Report): Expression {
  const { parser, layOut } = sharedParser();
  const tokens = sharedLexer().tokenize(source.text, "main");
  const { node, first } = attempt(source, layOut(tokens, "expression"), () => parser.onlyExpression());
  if (node !== undefined) return node;
  if (first) report.add(first);
  return { kind: "error", start: 0, end: source.text.length };
}

/** Parses a text that is a template as a whole, such as a template file. */
export function parseTemplate(source: SourceText, report: Report): TemplateExpression {
  const { parser, layOut } = sharedParser();
  const tokens = sharedLexer().tokenize(source.text, "bare");
  const { node, first } = attempt(source, layOut(tokens, "expression"), () => parser.bareTemplate(source.text.length));
  if (node !== undefined) return node;
  if (first) report.add(first);
  return { kind: "template", form: "bare", parts: [], start: 0, end: source.text.length };
}

/** The first pass: fast, and over at the first mistake, whose diagnostic it returns when the grammar itself saw it. */
function attempt<Node>(source: SourceText, tokens: LexedToken[], read: () => Node): { node?: Node; first?: Diagnostic } {
  const { parser } = sharedParser();
  parser.begin(source, tokens, undefined);
  try {
    const node = read();
    const [error] = parser.errors;
    return error === undefined ? { node } : { first: parser.explain(error) };
  } catch (error) {
    if (error instanceof SyntaxFailure) return error.rule === "problem" ? {} : { first: parser.explain(error) };
    throw error;
  }
}
