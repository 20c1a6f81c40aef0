import { readFileSync } from "node:fs";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import { goTemplateFields, parseGoTemplate, printGoTemplate, renderGoTemplate, type GoData } from "../src/index.js";

interface Row {
  readonly template: string;
  readonly missingKey: "error" | "default";
  /** What Go wrote, up to the error if there was one. */
  readonly output?: string;
  readonly fails?: "parse" | "execute";
}

const folder = new URL("fixtures/", import.meta.url);
const rows = readFileSync(new URL("text-template.jsonl", folder), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
const data = JSON.parse(readFileSync(new URL("text-template.data.json", folder), "utf8")) as Record<string, GoData>;

function render(text: string, missingKey: "error" | "default"): { output: string; fails: boolean } {
  const bag = new DiagnosticBag();
  const output = renderGoTemplate(parseGoTemplate(text, bag.report), { data, missingKey }, bag.report);
  return { output, fails: bag.hasErrors };
}

describe("the same templates as Go's text/template", () => {
  it("has enough cases", () => {
    expect(rows.length).toBeGreaterThan(1500);
  });

  it.each(rows.map((row, index) => [`${index}: ${row.template} (${row.missingKey})`, row] as const))(
    "%s",
    (_name, row) => {
      // An overflowing literal and an unset variable are found while parsing here and while executing in Go.
      const expected = { output: row.output ?? "", fails: row.fails !== undefined };
      expect(render(row.template, row.missingKey)).toEqual(expected);
    },
  );
});

describe("laws on the same templates", () => {
  const valid = rows.filter((row) => row.fails !== "parse" && !render(row.template, row.missingKey).fails);

  it.each(valid.map((row) => [row.template, row] as const))("prints to an equal template: %s", (_name, row) => {
    const printed = printGoTemplate(parseGoTemplate(row.template, new DiagnosticBag().report));
    expect(render(printed, row.missingKey)).toEqual({ output: row.output, fails: false });
    expect(printGoTemplate(parseGoTemplate(printed, new DiagnosticBag().report))).toBe(printed);
  });

  it.each(valid.map((row) => [row.template, row] as const))("reads only the fields it tells: %s", (_name, row) => {
    const template = parseGoTemplate(row.template, new DiagnosticBag().report);
    const { fields, usesWholeData } = goTemplateFields(template);
    if (usesWholeData) return;
    const named = new Set(fields.map((field) => field.path[0] ?? ""));
    const less = Object.fromEntries(Object.entries(data).filter(([key]) => named.has(key)));
    const bag = new DiagnosticBag();
    expect(renderGoTemplate(template, { data: less, missingKey: row.missingKey }, bag.report)).toBe(row.output);
    expect(bag.items).toEqual([]);
  });
});
