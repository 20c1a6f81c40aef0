import { createReport, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import { parse, parseExpression, parseTemplate } from "../../src/parse.js";
import type { VectorPosition, VectorRange } from "../corpus/vectors.js";

/** A parse with everything it reported. */
export interface Parsed<Node> {
  readonly node: Node;
  readonly source: SourceText;
  readonly diagnostics: readonly Diagnostic[];
}

function parsed<Node>(
  text: string,
  read: (source: SourceText, report: ReturnType<typeof createReport>) => Node,
): Parsed<Node> {
  const diagnostics: Diagnostic[] = [];
  const source = new SourceText("test.hcl", text);
  return {
    node: read(
      source,
      createReport((item) => diagnostics.push(item)),
    ),
    source,
    diagnostics,
  };
}

export const parsedFile = (text: string) => parsed(text, parse);
export const parsedExpression = (text: string) => parsed(text, parseExpression);
export const parsedTemplate = (text: string) => parsed(text, parseTemplate);

/** `code@start-end` of every diagnostic. */
export function codesOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map((item) => `${item.code}@${item.primary?.start}-${item.primary?.end}`);
}

/** A range in the units of the vectors. */
export function vectorRange(source: SourceText, range: { start: number; end: number }): VectorRange {
  return { start: vectorPosition(source, range.start), end: vectorPosition(source, range.end) };
}

function vectorPosition(source: SourceText, offset: number): VectorPosition {
  const { line, column, byte } = source.positionAt(offset);
  return [line, column, byte];
}
