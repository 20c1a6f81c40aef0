import { describe, expect, it } from "vitest";
import { defineCatalog, DiagnosticBag, msg, SourceSet, SourceText } from "../src/index.js";

const catalog = defineCatalog("test", {
  a: { severity: "error", message: msg`A happened.` },
  b: { severity: "warning", message: msg`B happened.` },
});

describe("DiagnosticBag", () => {
  it("knows whether it holds an error", () => {
    const bag = new DiagnosticBag();
    bag.report(catalog.b, {});
    expect(bag.hasErrors).toBe(false);
    bag.report(catalog.a, {});
    expect(bag.hasErrors).toBe(true);
  });

  it("sorts by load order, offset and code, and merges what is identical", () => {
    const sources = new SourceSet();
    sources.add(new SourceText("z.pkr.hcl", "zzzz"));
    sources.add(new SourceText("a.pkr.hcl", "aaaa"));
    const bag = new DiagnosticBag();
    bag.report(catalog.a, { span: { file: "a.pkr.hcl", start: 0, end: 1 } });
    bag.report(catalog.b, { span: { file: "z.pkr.hcl", start: 2, end: 3 } });
    bag.report(catalog.a, { span: { file: "z.pkr.hcl", start: 2, end: 3 } });
    bag.report(catalog.a, { span: { file: "z.pkr.hcl", start: 2, end: 3 } });
    bag.report(catalog.a, { span: { file: "unknown.hcl", start: 0, end: 1 } });
    bag.report(catalog.b, {});
    expect(
      bag.sorted(sources).map((item) => [item.code, item.primary?.file ?? "-", item.primary?.start ?? -1]),
    ).toEqual([
      ["test/b", "-", -1],
      ["test/a", "z.pkr.hcl", 2],
      ["test/b", "z.pkr.hcl", 2],
      ["test/a", "a.pkr.hcl", 0],
      ["test/a", "unknown.hcl", 0],
    ]);
  });
});
