import { DiagnosticBag, type Report, type SourceText } from "@hclbuild/diagnostics";
import { jsonBody, nativeBody, parse, parseJson, type Body } from "@hclbuild/syntax";
import { withoutDamagedValues } from "./damage.js";

/** Parses a file of either syntax. The body of a broken file holds what could be read; damaged values are unknown. */
export function parseBody(source: SourceText, syntax: "native" | "json", report: Report): Body {
  if (syntax === "json") return jsonBody(parseJson(source, report));
  const bag = new DiagnosticBag();
  const { body } = parse(source, bag.report);
  for (const diagnostic of bag.items) report.add(diagnostic);
  return nativeBody(withoutDamagedValues(body, source, bag.items), source);
}
