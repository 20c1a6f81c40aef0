import { createReport, DiagnosticBag, type Diagnostic, type Report, type Span } from "@hclbuild/diagnostics";
import { variableCatalog } from "../catalog.js";
import type { Project, VariableFile } from "../load/project.js";
import { describeType, type VariableDeclaration } from "./declare.js";

const silent = createReport(() => undefined);

/**
 * Reports that the value of a sensitive variable is no valid expression, without a word of what is wrong with it, as
 * what stands there may be the secret.
 */
export function reportSecretSyntax(
  declaration: VariableDeclaration,
  given: { readonly origin: string; readonly span: Span },
  report: Report,
): void {
  const { origin, span } = given;
  const { name } = declaration.symbol;
  report(variableCatalog["invalid-expression"], { name, origin, type: describeType(declaration.type), span });
}

/** The text of a variable file that may be the value of a sensitive variable, up to the end of its last line. */
interface SecretRange {
  readonly declaration: VariableDeclaration;
  readonly span: Span;
}

/**
 * Diagnostics in which syntax errors in values of sensitive variables are replaced by one that tells nothing of the
 * value. What stands there is kept out of excerpts.
 */
export function withoutSecretSyntax(
  diagnostics: readonly Diagnostic[],
  project: Project,
  declarations: Iterable<VariableDeclaration>,
): readonly Diagnostic[] {
  const secret = [...declarations].filter(({ sensitive }) => sensitive);
  const syntaxErrors = new Set(project.diagnostics.filter(({ severity }) => severity === "error"));
  if (secret.length === 0 || syntaxErrors.size === 0) return diagnostics;
  const ranges = new Map(project.variableFiles.map((file) => [file.source.name, secretRanges(file, secret)]));
  const found = new Map<VariableDeclaration, Span>();
  const rest = diagnostics.filter((diagnostic) => {
    const range = rangeOf(diagnostic, ranges);
    if (range === undefined || !(syntaxErrors.has(diagnostic) || diagnostic.code === "variable/invalid-expression"))
      return true;
    project.sources.hide(range.span);
    found.set(range.declaration, range.span);
    return false;
  });
  const bag = new DiagnosticBag();
  for (const [declaration, span] of found) {
    reportSecretSyntax(declaration, { origin: project.sources.shownName(span.file), span }, bag.report);
  }
  return [...rest, ...bag.items];
}

function rangeOf(
  { primary, severity }: Diagnostic,
  ranges: ReadonlyMap<string, readonly SecretRange[]>,
): SecretRange | undefined {
  if (primary === undefined || severity !== "error") return undefined;
  const inFile = ranges.get(primary.file) ?? [];
  return inFile.findLast(({ span }) => primary.start >= span.start && primary.start <= span.end);
}

/** Values as the parser saw them, and lines that begin like an assignment even where it could make nothing of them. */
function secretRanges({ body, source }: VariableFile, secret: readonly VariableDeclaration[]): readonly SecretRange[] {
  const attributes = body.justAttributes(silent);
  return secret.flatMap((declaration) => {
    const { name } = declaration.symbol;
    const expression = attributes.get(name)?.expression;
    const starts = [...source.text.matchAll(assignmentOf(name))].map(({ index, 0: text }) => index + text.length);
    const ends = new Map(starts.map((start) => [start, start]));
    if (expression !== undefined) ends.set(expression.start, expression.end);
    return [...ends].map(([start, end]) => {
      const span = { file: source.name, start, end: endOfLine(source.text, end) };
      return { declaration, span };
    });
  });
}

function assignmentOf(name: string): RegExp {
  return new RegExp(`(?<![\\p{ID_Continue}-])"?${name}"?(?![\\p{ID_Continue}-])[ \\t]*[=:]?[ \\t]*`, "gu");
}

function endOfLine(text: string, offset: number): number {
  const end = text.slice(offset).search(/\r?\n|$/);
  return offset + end;
}
