import { getLookaheadPaths, type LookaheadProductionType, type Rule } from "chevrotain";
import type { HclParser } from "./body-parser.js";
import { anyToken, type LookaheadTable } from "./lookahead.js";

/** A production in the grammar that chevrotain has recorded. */
type Production = Rule["definition"][number];

const choiceNames: Readonly<Record<string, "OR" | "OPTION" | "MANY">> = {
  Alternation: "OR",
  Option: "OPTION",
  Repetition: "MANY",
};

/**
 * What chevrotain's own analysis of the recorded grammar comes to, in the order of the grammar. The parser must have been
 * made with checks, since the others do not record.
 */
export function analyzeLookahead(parser: HclParser): LookaheadTable {
  return Object.fromEntries(
    Object.entries(parser.getGAstProductions()).map(([name, rule]) => {
      const lines: string[] = [];
      for (const production of rule.definition) describe(production, rule, lines);
      return [name, lines];
    }),
  );
}

function describe(production: Production, rule: Rule, lines: string[]): void {
  const {
    constructor,
    idx,
    definition = [],
  } = production as Production & {
    readonly idx?: number;
    readonly definition?: readonly Production[];
  };
  const choice = choiceNames[constructor.name];
  if (choice !== undefined) {
    const prodType = constructor.name as LookaheadProductionType;
    const paths = getLookaheadPaths({ rule, prodType, occurrence: idx ?? 0, maxLookahead: 1 });
    // The second entry for an optional production is what follows it, which decides nothing.
    const used = choice === "OR" ? paths : paths.slice(0, 1);
    const alternatives = used.map((sequences) => sequences.map(([type]) => type?.name ?? anyToken));
    lines.push(`${choice}${idx || ""} ${alternatives.map((names) => names.join(" ")).join(" | ")}`);
  }
  // The definition of a reference is that of the rule it names, which has its own lines.
  if (constructor.name === "NonTerminal") return;
  for (const inner of definition) describe(inner, rule, lines);
}
