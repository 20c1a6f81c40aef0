import { deepStrictEqual } from "node:assert";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import fc from "fast-check";
import { parseGoTemplate, printGoTemplate } from "../../src/index.js";
import { templates } from "./arbitrary-templates.js";

/** A tree without offsets. */
function shape(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) =>
      key === "start" || key === "end" ? undefined : typeof part === "bigint" ? `${part}n` : part,
    ),
  );
}

/** Law 11: what is printed reads back as the same tree, and printing that gives the same text. */
export const printedReadsBack = fc.property(templates, (template) => {
  const printed = printGoTemplate(template);
  const bag = new DiagnosticBag();
  const parsed = parseGoTemplate(printed, bag.report);
  deepStrictEqual(bag.items, []);
  deepStrictEqual(shape([parsed.nodes, parsed.definitions]), shape([template.nodes, template.definitions]));
  deepStrictEqual(printGoTemplate(parsed), printed);
});
