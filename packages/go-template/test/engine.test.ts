import { readFileSync } from "node:fs";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { expect, test } from "vitest";
import { createEngineFunctions, parseGoTemplate, renderGoTemplate, type GoData } from "../src/index.js";

interface Row {
  readonly template: string;
  readonly missingKey: "error" | "default";
  readonly output?: string;
  readonly fails?: "parse" | "execute";
}

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const data = JSON.parse(read("text-template.data.json")) as Record<string, GoData>;
const functions = createEngineFunctions({
  startTime: 1_700_000_000_000,
  uuid: () => "",
  workingDirectory: "/",
  packerVersion: "1.16.0",
});

test("functions give what they give in Go", () => {
  const rows = read("engine.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  const rendered = rows.map(({ template, missingKey }) => {
    const bag = new DiagnosticBag();
    const output = renderGoTemplate(parseGoTemplate(template, bag.report), { data, missingKey, functions }, bag.report);
    return { template, output, fails: bag.hasErrors };
  });
  expect(rows.length).toBeGreaterThan(200);
  expect(rendered).toEqual(
    rows.map(({ template, output, fails }) => ({ template, output: output ?? "", fails: fails !== undefined })),
  );
});
