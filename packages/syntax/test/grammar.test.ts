import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedLexer } from "../src/lexer/lexer.js";
import { createParserBundle } from "../src/parse.js";
import { analyzeLookahead } from "../src/parser/lookahead-analysis.js";
import { lookaheadTable } from "../src/parser/lookahead-table.js";
import { binaryPrecedence } from "../src/parser/precedence.js";
import { createVocabulary } from "../src/parser/vocabulary.js";

const folder = new URL("../../../grammar/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

/** The grammar of chevrotain, as far as this test looks at it. */
interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
}

/** A tree of a rule in one notation for both sources: names, `(a b)`, `(a | b)`, `x?`, `x*`. */
function printProduction(production: Production): string {
  const parts = (production.definition ?? []).map(printProduction);
  switch (production.type) {
    case "Terminal":
    case "NonTerminal":
      return (production.name ?? "").replace(/Rule$/, "");
    case "Option":
      return `${group(parts)}?`;
    case "Repetition":
      return `${group(parts)}*`;
    case "Alternation":
      return `(${parts.join(" | ")})`;
    default:
      return parts.length === 0 ? "()" : parts.join(" ");
  }
}

function group(parts: readonly string[]): string {
  const [only] = parts;
  return parts.length === 1 && only !== undefined && (/^\w+$/.test(only) || isGroup(only))
    ? only
    : `(${parts.join(" ")})`;
}

/** Whether one pair of parentheses encloses the whole text. */
function isGroup(text: string): boolean {
  let depth = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth === 0 && index < text.length - 1) return false;
  }
  return text.startsWith("(");
}

/** The productions of the EBNF file by name. */
function readEbnf(): Map<string, string> {
  const text = read("hcl.ebnf").replace(/\/\*(?:(?!\*\/)[\s\S])*\*\/(?=\s|$)/g, "");
  const productions = new Map<string, string>();
  for (const part of text.split(/\n(?=\w+\s*::=)/)) {
    const [name, body] = part.split(/\s*::=\s*/, 2);
    if (body !== undefined) productions.set((name ?? "").trim(), body.trim().replace(/\s+/g, " "));
  }
  return productions;
}

/** The same notation as {@link printProduction}: a small reader of the rules in the EBNF file. */
function normaliseRule(body: string): string {
  const tokens = body.match(/\w+|\(\)|[()|?*]/g) ?? [];
  let next = 0;
  const readAlternatives = (): string[] => {
    const alternatives = [readSequence()];
    while (tokens[next] === "|") {
      next++;
      alternatives.push(readSequence());
    }
    return alternatives;
  };
  const readSequence = (): string => {
    const items: string[] = [];
    for (let token = tokens[next]; token !== undefined && token !== ")" && token !== "|"; token = tokens[next]) {
      next++;
      let item = token;
      if (token === "(") {
        const inner = readAlternatives();
        next++;
        item = inner.length > 1 ? `(${inner.join(" | ")})` : (inner[0] ?? "");
        const suffix = tokens[next];
        if (suffix === "?" || suffix === "*") {
          next++;
          item = inner.length > 1 ? `${item}${suffix}` : `${group([item])}${suffix}`;
        }
      } else if (tokens[next] === "?" || tokens[next] === "*") item += tokens[next++];
      items.push(item);
    }
    return items.join(" ");
  };
  const alternatives = readAlternatives();
  return alternatives.length > 1 ? `(${alternatives.join(" | ")})` : (alternatives[0] ?? "");
}

describe("grammar/", () => {
  const bundle = createParserBundle(true);
  const rules = bundle.parser.getSerializedGastProductions() as unknown as readonly Production[];
  const ebnf = readEbnf();
  const isRule = (name: string): boolean => /^[a-z]/.test(name);

  it("has the rules of the parser in hcl.ebnf, each in the same form", () => {
    const printed = Object.fromEntries(
      rules.map((rule) => [(rule.name ?? "").replace(/Rule$/, ""), printProduction({ ...rule, type: "Rule" })]),
    );
    const written = Object.fromEntries(
      [...ebnf].filter(([name]) => isRule(name)).map(([name, body]) => [name, normaliseRule(body)]),
    );
    expect(written).toEqual(printed);
  });

  it("defines exactly the tokens of the lexer and the contextual keywords", () => {
    const types = createVocabulary(sharedLexer().types);
    const names = Object.keys(types).filter((name) => name !== "Whitespace" && name !== "ByteOrderMark");
    expect([...ebnf.keys()].filter((name) => !isRule(name)).toSorted()).toEqual(names.toSorted());
  });

  it("uses in its rules only names that it defines", () => {
    for (const [name, body] of ebnf) {
      if (!isRule(name)) continue;
      for (const used of body.match(/\w+/g) ?? [])
        expect([...ebnf.keys(), "EOF"], `${used} in ${name}`).toContain(used);
    }
  });

  it("has the recorded grammar and the precedence of the parser", () => {
    expect((JSON.parse(read("generated/gast.json")) as { rules: unknown }).rules).toEqual(
      JSON.parse(JSON.stringify(rules)),
    );
    const { levels } = JSON.parse(read("precedence.json")) as { levels: { operators: string[]; operands: number }[] };
    expect(levels.filter((level) => level.operands === 2).map((level) => level.operators.length)).toEqual(
      binaryPrecedence.map((kinds) => kinds.length),
    );
  });

  it("passes chevrotain's validations and looks ahead by one token", () => {
    expect(() => createParserBundle(true)).not.toThrow();
    expect((bundle.parser as unknown as { maxLookahead: number }).maxLookahead).toBe(1);
  });

  it("chooses by the table as chevrotain does by its analysis, before every token", () => {
    expect(lookaheadTable).toEqual(analyzeLookahead(bundle.parser));
    type Choose = (this: object) => unknown;
    interface Chooser {
      readonly lookAheadFuncsCache: ReadonlyMap<number, Choose>;
      readonly tokensMap: Readonly<Record<string, { readonly tokenTypeIdx: number }>>;
    }
    const analysed = bundle.parser as unknown as Chooser;
    const { parser } = createParserBundle(false);
    const prepared = parser as unknown as Chooser;
    const keys = (chooser: Chooser): number[] => [...chooser.lookAheadFuncsCache.keys()].toSorted((a, b) => a - b);
    expect(keys(prepared)).toEqual(keys(analysed));
    expect(parser.getGAstProductions()).toEqual({});
    const differences = keys(analysed).flatMap((key) =>
      Object.keys(analysed.tokensMap).filter((name) => {
        const results = [analysed, prepared].map(({ lookAheadFuncsCache, tokensMap }) => {
          const next = tokensMap[name];
          const input = { currIdx: -1, tokVector: [next], LA_FAST: () => next };
          return lookAheadFuncsCache.get(key)?.call(input);
        });
        return results[0] !== results[1];
      }),
    );
    expect(differences).toEqual([]);
  });
});
