import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () =>
      textmate.parseRawGrammar(read("grammar/hclbuild.tmLanguage.json"), "hclbuild.tmLanguage.json"),
  });
  const grammar = await registry.loadGrammar("source.hclbuild");
  if (grammar === null) throw new Error("the grammar cannot be loaded");
  return grammar;
}

/** One line per token: its text and its scopes below the root. */
function tokenLines(grammar: textmate.IGrammar, text: string): string {
  const lines: string[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      const image = line.slice(token.startIndex, token.endIndex);
      const scopes = token.scopes.slice(1).map((scope) => scope.replace(/\.hclbuild$/, ""));
      if (image.trim() !== "" && scopes.length > 0) lines.push(`${JSON.stringify(image)} ${scopes.join(" ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

describe("highlighting", () => {
  it("gives the tokens of a template their scopes", async () => {
    const found = tokenLines(await loadGrammar(), read("fixtures/syntax/highlight/template.pkr.hcl"));
    const golden = "fixtures/syntax/highlight/template.tokens.txt";
    if (process.env["UPDATE"] === "1" && process.env["CI"] === undefined) writeFileSync(new URL(golden, root), found);
    expect(found).toBe(read(golden));
  });
});
