import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { format, parse } from "@hclbuild/syntax";

// Pairs NAME.in.hcl and NAME.out.hcl. The expected files were written by the reference formatter (hashicorp/hcl 2.24).
const folder = resolve(import.meta.dirname, "../../../../fixtures/fmt");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".in.hcl"))
  .map((file) => file.slice(0, -".in.hcl".length));

describe("fixtures/fmt", () => {
  it.each(names)("%s", (name) => {
    const input = readFileSync(resolve(folder, `${name}.in.hcl`), "utf8");
    const expected = readFileSync(resolve(folder, `${name}.out.hcl`), "utf8");
    expect(format(input)).toBe(expected);
    expect(format(expected)).toBe(expected);
    const bag = new DiagnosticBag();
    parse(new SourceText(name, input), bag.report);
    expect(bag.items).toEqual([]);
  });

  it("holds no file without its partner", () => {
    const files = names.flatMap((name) => [`${name}.in.hcl`, `${name}.out.hcl`]);
    expect(readdirSync(folder).toSorted()).toEqual(files.toSorted());
  });
});
