import type { Report, SourceText } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "./catalog.js";

/**
 * How large a text may be that is parsed: UTF-16 code units, and tokens of the native syntax or values of a JSON text,
 * each of which takes some hundred bytes. Files that are only read, such as those of `file()`, have other limits.
 */
export const textLimits = { length: 16 * 1024 * 1024, tokens: 2_000_000 } as const;

/** Whether the text may be looked at; reports it otherwise. */
export function checkTextLength(source: SourceText, report: Report): boolean {
  if (source.text.length <= textLimits.length) return true;
  report(syntaxCatalog["too-large"], {
    span: { file: source.name, start: 0, end: 0 },
    limit: `${String(textLimits.length)} characters`,
  });
  return false;
}
