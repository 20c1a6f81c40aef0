import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { renderText } from "@hclbuild/diagnostics";
import { encodeGraph, renderGraph } from "@hclbuild/graph";
import { compareDiagnostics, compileFixture, goldenText, listFixtures } from "@hclbuild/testkit";
import { registry } from "./registry.js";

const root = resolve(import.meta.dirname, "../../../fixtures/compile");

describe.each(listFixtures(root))("%s", (name) => {
  const folder = join(root, name);

  it("gives exactly the diagnostics that its files announce", async () => {
    const { result, expected } = await compileFixture(folder, registry);
    expect(compareDiagnostics(expected, result.diagnostics, result.sources)).toEqual([]);
  });

  it("says it in the words beside it", async () => {
    const { result } = await compileFixture(folder, registry);
    const golden = join(folder, "expect.diagnostics.txt");
    const text = renderText(result.diagnostics, { sources: result.sources });
    expect(text).toBe(text === "" && !existsSync(golden) ? "" : goldenText(golden, text, process.env));
  });

  it("gives the graph beside it", async () => {
    const { result } = await compileFixture(folder, registry);
    const golden = join(folder, "expect.graph.txt");
    if (result.graph === undefined) {
      expect(existsSync(golden)).toBe(false);
      return;
    }
    const text = renderGraph(result.graph, "text");
    expect(text).toBe(goldenText(golden, text, process.env));
    const again = (await compileFixture(folder, registry)).result.graph;
    expect(again === undefined ? "" : encodeGraph(again)).toBe(encodeGraph(result.graph));
  });
});
