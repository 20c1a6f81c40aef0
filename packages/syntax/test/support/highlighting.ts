import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { SourceText } from "@hclbuild/diagnostics";
import { tokenize, type TokenKind } from "@hclbuild/syntax";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const root = new URL("../../../../", import.meta.url);

/** The TextMate grammar of templates, ready for use. */
export async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () =>
      textmate.parseRawGrammar(
        readFileSync(new URL("grammar/hclbuild.tmLanguage.json", root), "utf8"),
        "hclbuild.tmLanguage.json",
      ),
  });
  const grammar = await registry.loadGrammar("source.hclbuild");
  if (grammar === null) throw new Error("the grammar cannot be loaded");
  return grammar;
}

/** What a character is, in the one-letter notation of {@link lexedClasses} and {@link highlightedClasses}. */
const classOfKind: Partial<Record<TokenKind, string>> = {
  LineComment: "c",
  BlockComment: "c",
  OpenQuote: "t",
  QuotedText: "t",
  CloseQuote: "t",
  OpenHeredoc: "t",
  TemplateText: "t",
  CloseHeredoc: "t",
  NumberLiteral: "n",
};

/** For each character, as the lexer sees it: `c` for a comment, `t` for text, `n` for a number, a space for the rest. */
export function lexedClasses(text: string): string {
  const classes = Array.from({ length: text.length }, () => " ");
  for (const { kind, start, end } of tokenize(new SourceText("a.pkr.hcl", text)).tokens)
    classes.fill(classOfKind[kind] ?? " ", start, end);
  return withoutSpace(text, classes);
}

/** The same as the grammar sees it. */
export function highlightedClasses(grammar: textmate.IGrammar, text: string): string {
  const classes = Array.from({ length: text.length }, () => " ");
  let state = textmate.INITIAL;
  let offset = 0;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line.replace(/\r$/, ""), state);
    state = ruleStack;
    for (const { scopes, startIndex, endIndex } of tokens)
      classes.fill(classOfScopes(scopes), offset + startIndex, offset + Math.min(endIndex, line.length));
    offset += line.length + 1;
  }
  return withoutSpace(text, classes);
}

function classOfScopes(scopes: readonly string[]): string {
  const scope = scopes.findLast((name) => /^(?:comment|string|meta|constant\.numeric)\b/.test(name)) ?? "meta";
  if (scope.startsWith("comment")) return "c";
  if (scope.startsWith("string")) return "t";
  return scope.startsWith("constant") ? "n" : " ";
}

function withoutSpace(text: string, classes: readonly string[]): string {
  return classes.map((name, index) => (/\s/.test(text[index] ?? "") ? " " : name)).join("");
}
