import { DiagnosticBag } from "@hclbuild/diagnostics";
import { expect, it } from "vitest";
import { createSelection, type SelectionPatterns } from "../../src/select/only-except.js";

const build = (fullName: string) => {
  const [buildName = "", type = "", localName = ""] = fullName.split(".");
  return { fullName, buildName, type, localName };
};

function said(patterns: SelectionPatterns, names: readonly string[], postProcessors: readonly string[] = []): unknown {
  const bag = new DiagnosticBag();
  const template = {
    builds: names.map(build),
    postProcessors: postProcessors.map((type) => ({ name: "", type })),
    isComplete: true,
  };
  createSelection(patterns).finish(template, bag.report);
  return bag.items.map(({ code, message, detail }) => `${code}: ${message} ${detail ?? ""}`);
}

it("says which builds there are when a pattern matches none", () => {
  expect(said({ only: ["web.null.tow"] }, ["web.null.one", "web.null.two"])).toEqual([
    'config/unmatched-pattern: The pattern "web.null.tow" of -only matches nothing. Did you mean "web.null.two"? ' +
      "The builds are: web.null.one, web.null.two.",
  ]);
  expect(said({ only: ["x"] }, [])).toEqual([
    'config/unmatched-pattern: The pattern "x" of -only matches nothing. The template has no builds.',
  ]);
});

it("takes an empty pattern of -only as one that matches nothing", () => {
  const one = { fullName: "null.one", buildName: "", type: "null", localName: "one" };
  expect(createSelection({ only: [""] }).select([one]).size).toBe(0);
  expect(said({ only: [""] }, ["web.null.one"])).toEqual([
    'config/unmatched-pattern: The pattern "" of -only matches nothing. An empty value selects nothing; is a variable ' +
      "of the shell unset? The builds are: web.null.one.",
  ]);
});

it("names the post-processors, too, which only -except matches", () => {
  const names = ["web.null.one"];
  expect(said({ only: ["manifest"], except: ["manifset"] }, names, ["manifest", "checksum"])).toEqual([
    'config/unmatched-pattern: The pattern "manifest" of -only matches nothing. The builds are: web.null.one.',
    'config/unmatched-pattern: The pattern "manifset" of -except matches nothing. Did you mean "manifest"? ' +
      "The builds are: web.null.one. The post-processors are: manifest, checksum.",
  ]);
  expect(said({ except: ["manifest", "web.*"] }, names, ["manifest"])).toEqual([]);
});

it("does not print very many names", () => {
  const [text] = said(
    { only: ["zzz"] },
    Array.from({ length: 25 }, (_, index) => `web.null.b${index}`),
  ) as string[];
  expect(text).toMatch(/web\.null\.b19 and 5 more\.$/);
});
