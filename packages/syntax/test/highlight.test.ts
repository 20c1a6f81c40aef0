import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import textmate from "vscode-textmate";
import { highlightedClasses, lexedClasses, loadGrammar } from "./support/highlighting.js";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

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

  it.each([
    'b "a\\"b" "c {" {\n}\n',
    'a = "${b["x"]} ${"${"y"}"} ${{ c = "}" }.c}"\n',
    'a = "$${x} $$${y} %%{z} %{ for k in v ~}${k}%{ endfor }"\n',
    "a = <<EOT\nEOTX\n EOT x\n/* y */ # z\n  EOT\nb = 1\n",
    "a = <<-E-1\n x\n E-1\nb = 2\n",
    'a = <<E\r\nx "y"\r\nE\r\nb = "z"\r\n',
    'a = f("x", <<E\n${"t"}\nE\n)\n',
    'a = 1 /* "x */ + 2 # "y\nb = "//" // "z"\n',
    'a = { "b" = 1, c : 2 }\n',
    'é-à = "ü"\nb /* "x" */ "y" {\n}\n',
    "a = 5-1\nb = a-1\nc = -1.5e-3\nd = [-2]\ne = x.0.y\nf = 1.e5\n",
    'a = "unclosed\nb = "x"\n',
    'a = "${x\n}" + "\\"" + "\\\\"\nb = 1\n',
  ])("tells text, comments and numbers apart as the lexer does in %j", async (text) => {
    expect(highlightedClasses(await loadGrammar(), text)).toBe(lexedClasses(text));
  });
});
