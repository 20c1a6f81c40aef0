import type { SourceText } from "@hclbuild/diagnostics";
import type { BodyNode, FileNode } from "../../src/ast.js";
import { referencesIn } from "../../src/traversal.js";

/**
 * The dump that ORACLE_STRUCT.tsv holds digests of; see the corpus' README. (Its "close brace start byte" is in fact the
 * offset after the brace.)
 */
export function dumpStructure(file: FileNode): string {
  const lines: string[] = [];
  dumpBody(file.body, 0, file.source, lines);
  return lines.map((line) => `${line}\n`).join("");
}

function dumpBody(body: BodyNode, depth: number, source: SourceText, lines: string[]): void {
  const byte = (offset: number): number => source.byteOffsetAt(offset);
  const text = (range: { start: number; end: number }): string => source.text.slice(range.start, range.end);
  for (const item of body.items) {
    if (item.kind === "attribute") {
      const references = referencesIn(item.expression).map((reference) => text(reference));
      const { start, end } = item.expression;
      lines.push(`A ${depth} ${item.name.text} ${byte(start)} ${byte(end)} ${goJson(references)}`);
    } else {
      const labels = item.labels.map((label) => label.text);
      lines.push(`B ${depth} ${item.type.text} ${goJson(labels)} ${byte(item.openBrace)} ${byte(item.closeBrace + 1)}`);
      dumpBody(item.body, depth + 1, source, lines);
    }
  }
}

function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
