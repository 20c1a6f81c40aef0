import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GoTemplateParser } from "../src/parse/parser.js";
import { printedReadsBack } from "./support/laws.js";

interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
}

/** Names that a rule refers to, in order. */
function namesIn(production: Production): readonly string[] {
  if (production.type === "Terminal" || production.type === "NonTerminal") {
    return [(production.name ?? "").replace(/Rule$/, "").replace(/^Keyword/, "")];
  }
  const names = (production.definition ?? []).flatMap(namesIn);
  // The file writes "one or more" as "one, then any".
  return production.type === "RepetitionMandatory" ? [...names, ...names] : names;
}

describe("grammar", () => {
  it("has no ambiguity that chevrotain's own checks find, and is what the file says", () => {
    const productions = new GoTemplateParser(false).getSerializedGastProductions() as unknown as readonly Production[];
    const text = readFileSync(new URL("../../../grammar/go-template-subset.ebnf", import.meta.url), "utf8");
    const written = new Map<string, readonly string[]>();
    for (const part of text.replace(/\/\*[^]*?\*\/(?=\n)/g, "").split(/\n(?=\w+\s*::=)/)) {
      const [name, body] = part.split("::=");
      if (body !== undefined) written.set((name ?? "").trim(), body.match(/[A-Za-z]+/g) ?? []);
    }
    const recorded = new Map(
      productions.map((rule) => [(rule.name ?? "").replace(/Rule$/, ""), namesIn({ ...rule, type: "Rule" })]),
    );
    expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(written));
  });
});

it("reads back what it prints", () => {
  fc.assert(printedReadsBack, { numRuns: 1000 });
});
