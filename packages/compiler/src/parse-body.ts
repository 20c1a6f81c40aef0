import type { Report, SourceText } from "@hclbuild/diagnostics";
import { jsonBody, nativeBody, parse, parseJson, type Body } from "@hclbuild/syntax";

/** Parses a file of either syntax. The body of a broken file holds what could be read. */
export function parseBody(source: SourceText, syntax: "native" | "json", report: Report): Body {
  return syntax === "json" ? jsonBody(parseJson(source, report)) : nativeBody(parse(source, report).body, source);
}
