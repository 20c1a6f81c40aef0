import { describe, expect, test } from "vitest";
import { stringValue } from "@hclbuild/value";
import { createBudget, defaultLimits, type EvaluationBudget } from "../src/index.js";
import { functionTable } from "../src/functions/index.js";
import { createMemoryHost } from "./functions/memory-host.js";
import { run } from "./helpers.js";

/** For machines that do much else. */
const timeout = 120_000;

/** The limits of a test that must not take long on a busy machine; the default is checked by the full run. */
function small(): EvaluationBudget {
  return createBudget({ ...defaultLimits, steps: 300_000 });
}

describe("patterns", { timeout }, () => {
  const codes = (text: string, pattern: string, subject: string, budget = createBudget()): readonly string[] =>
    run(text, {
      functions: functionTable(createMemoryHost()),
      variables: { p: stringValue(pattern), s: stringValue(subject) },
      budget,
    }).diagnostics.map((item) => item.code);

  test.each(["regexall(p, s)", 'regex_replace(s, p, "")'])(
    "%s that reads the text again for each match is stopped",
    (text) => {
      expect(codes(text, "a.*b|a", "a".repeat(2000), small())).toContain("eval/limit-exceeded");
    },
  );

  test("one search for a large pattern in a long text is stopped", () => {
    const pattern = `${"(a|b)?".repeat(1000)}c`;
    expect(codes("regex(p, s)", pattern, `${"ab".repeat(100_000)}c`, small())).toContain("eval/limit-exceeded");
  });

  test.each(["(a|b)?".repeat(20_000), "a{1000}".repeat(20)])(
    "a pattern that is too large is refused (case %#)",
    (p) => {
      expect(codes("regexall(p, s)", p, "a")).toEqual(["eval/invalid-argument"]);
    },
  );

  test("many matches in a long text are allowed", () => {
    expect(codes("length(regexall(p, s))", String.raw`[^\n]+`, "some line\n".repeat(20_000))).toEqual([]);
  });
});

describe("globs", { timeout }, () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`/template/d/${index}/f`, ""]));
  const globbed = (pattern: string, steps = defaultLimits.steps): readonly string[] => {
    const budget = createBudget({ ...defaultLimits, steps });
    const { diagnostics } = run('fileset(".", p)', {
      functions: functionTable(createMemoryHost(files)),
      variables: { p: stringValue(pattern) },
      budget,
    });
    return diagnostics.map((item) => item.code);
  };

  test("each entry that is looked at is paid for", () => {
    expect(globbed("**", 3000)).toEqual([]);
    expect(globbed("**", 1000)).toContain("eval/limit-exceeded");
  });

  test("any depth many times over is any depth once", () => {
    expect(globbed(`${"**/".repeat(2000)}f`, 10_000)).toEqual([]);
  });

  test("a glob of very many segments is refused", () => {
    expect(globbed("**/*/".repeat(2000))).toEqual(["eval/invalid-argument"]);
  });
});
