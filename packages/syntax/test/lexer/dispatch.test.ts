import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createCheckedLexer, sharedLexer, type LexerBundle } from "../../src/lexer/lexer.js";

interface Pattern {
  readonly pattern: RegExp | string | object;
  readonly tokenType: { readonly name: string };
  readonly tokenTypeIdx: number;
}

interface Tables {
  readonly patternIdxToConfig: Readonly<Record<string, readonly Pattern[]>>;
  readonly charCodeToPatternIdxToConfig: Readonly<Record<string, readonly (readonly Pattern[] | undefined)[]>>;
  readonly canModeBeOptimized: Readonly<Record<string, boolean>>;
  readonly hasCustom: boolean;
  readonly emptyGroups: object;
  readonly addToken: unknown;
}

const tablesOf = (bundle: LexerBundle): Tables => bundle.lexer as unknown as Tables;
const prepared = tablesOf(sharedLexer());
const analysed = tablesOf(createCheckedLexer());
const modes = ["main", "sequence", "quoted", "heredoc", "bare"];

/** Without what two lexers never share: their token types and functions. */
function comparable({ pattern, tokenType, ...rest }: Pattern): unknown {
  return {
    ...rest,
    tokenTypeIdx: 0,
    name: tokenType.name,
    pattern: typeof pattern === "string" || pattern instanceof RegExp ? String(pattern) : "custom",
  };
}

describe("the tables of the lexer are those of chevrotain's analysis", () => {
  test("for all modes", () => {
    expect(Object.keys(prepared.patternIdxToConfig)).toEqual(modes);
    expect(Object.keys(analysed.patternIdxToConfig)).toEqual(modes);
    expect(prepared.canModeBeOptimized).toEqual(analysed.canModeBeOptimized);
    expect([prepared.hasCustom, prepared.emptyGroups, prepared.addToken]).toEqual([
      analysed.hasCustom,
      analysed.emptyGroups,
      analysed.addToken,
    ]);
  });
  test.each(modes)("for the types of %s", (mode) => {
    expect(prepared.patternIdxToConfig[mode]?.map(comparable)).toEqual(
      analysed.patternIdxToConfig[mode]?.map(comparable),
    );
  });
  test.each(modes)("for the first characters of %s", (mode) => {
    const names = ({ charCodeToPatternIdxToConfig }: Tables): unknown[] =>
      Array.from({ length: 514 }, (_, code) =>
        charCodeToPatternIdxToConfig[mode]?.[code]?.map(({ tokenType }) => tokenType.name),
      );
    expect(names(prepared)).toEqual(names(analysed));
  });
});

test("characters beyond Latin are read by a lexer that has met none before", () => {
  // Chevrotain's table of them is shared by all lexers of a process, and the one above has filled it.
  const script = `
    import { sharedLexer } from "./packages/syntax/src/lexer/lexer.ts";
    const tokens = sharedLexer().tokenize('é = "日本" 名', "main");
    console.log(JSON.stringify(tokens.map(({ kind, text }) => [kind, text])));
  `;
  const args = ["--conditions=@hclbuild/source", "--import", "tsx", "--input-type=module", "--eval", script];
  const cwd = fileURLToPath(new URL("../../../..", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([
    ["Identifier", "é"],
    ["Equal", "="],
    ["OpenQuote", '"'],
    ["QuotedText", "日本"],
    ["CloseQuote", '"'],
    ["Identifier", "名"],
  ]);
});
