import type { Report, SourceText } from "@hclbuild/diagnostics";
import type { Expression, FileNode, TemplateExpression } from "./ast.js";
import { syntaxCatalog } from "./catalog.js";
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
  return (
    attempt(source, layOut(tokens, "body"), read) ?? recover(source, report, {
      kind: "file", source, body: { kind: "body", items: [], start: 0, end: source.text.length }, start: 0, end: source.text.length,
    })
  );
}

/** Parses one expression that makes up the whole text. Line ends mean nothing outside braces. */
export function parseExpression(source: SourceText, report: Report): Expression {
  const { parser, layOut } = sharedParser();
  const tokens = sharedLexer().tokenize(source.text, "main");
  return (
    attempt(source, layOut(tokens, "expression"), () => parser.onlyExpression()) ??
    recover(source, report, { kind: "error", start: 0, end: source.text.length })
  );
}

/** Parses a text that is a template as a whole, such as a template file. */
export function parseTemplate(source: SourceText, report: Report): TemplateExpression {
  const { parser, layOut } = sharedParser();
  const tokens = sharedLexer().tokenize(source.text, "bare");
  return (
    attempt(source, layOut(tokens, "expression"), () => parser.bareTemplate(source.text.length)) ??
    recover(source, report, { kind: "template", form: "bare", parts: [], start: 0, end: source.text.length })
  );
}

/** The first pass: fast, and `undefined` at the first mistake. */
function attempt<Node>(source: SourceText, tokens: LexedToken[], read: () => Node): Node | undefined {
  const { parser } = sharedParser();
  parser.begin(source, tokens, undefined);
  try {
    const node = read();
    return parser.errors.length === 0 ? node : undefined;
  } catch (error) {
    if (error instanceof SyntaxFailure) return undefined;
    throw error;
  }
}

function recover<Node>(source: SourceText, report: Report, node: Node): Node {
  report(syntaxCatalog["missing-expression"], { span: { file: source.name, start: 0, end: 0 } });
  return node;
}
