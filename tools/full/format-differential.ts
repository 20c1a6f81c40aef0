import { format, tokenize } from "../../packages/syntax/src/index.js";
import { SourceText } from "../../packages/diagnostics/src/index.js";
import { createRandom } from "../../packages/syntax/test/support/mutations.js";
import { askReference } from "./go-reference.js";

/** An integer from 0 to below the limit. */
type Random = (limit: number) => number;

/** Reads JSON strings from standard input, one a line, and prints what hclwrite.Format makes of each. */
const program = `package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			panic(err)
		}
		formatted, _ := json.Marshal(string(hclwrite.Format([]byte(text))))
		out.Write(append(formatted, '\\n'))
	}
}
`;
const words = [
  "a",
  "bb",
  "for",
  "in",
  "if",
  "null",
  "1",
  "22.5",
  ".",
  ",",
  "...",
  ":",
  "::",
  "?",
  "=>",
  "=",
  "=",
  "==",
  "!=",
  "!",
  "<",
  ">=",
  "&&",
  "||",
  "+",
  "-",
  "*",
  "/",
  "%",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "{}",
  '"x y"',
  '"a${ b }c"',
  '"${- d }${ e }"',
  "/**/",
  "/* q\n w */",
  "# c d\n",
  "// e\n",
  "\n",
  "\n",
  "\r\n",
  "é",
  "日本",
  "<<E\nfoo ${ a } x\nE\n",
  "<<-E\n  foo\n  E\n",
  '"x%{ if - a ~}y%{ endif }"',
  "<<E\n  ${ b\n + c }\n%{ for x in y ~}\n z\n%{ endfor }\nE\n",
];
const lines = [
  "a = 1",
  "bbb = 22",
  'cc = "x"',
  "a {",
  'b "x" y {',
  "}",
  "} # q",
  "x = {",
  "y = [",
  "]",
  "],",
  "),",
  "f(",
  "z = f(1, {",
  "})",
  "# note",
  "",
  "a = 1 # c",
  "bbbb = 2 // d",
  "1, # z",
  "x = <<E\nfoo\nE",
  "x = f(<<E\nfoo ${ x }\nE",
  "q = f(<<E\nfoo\nE\n)",
  'j = "${ a }" # k',
  "} : {",
  "a { b = 1 }",
  '"q" = 3',
  "(p) = 4",
  '日本 = "日本語" # 日',
  "x /* y */ = 1",
  "/* m\n n */ k = 1",
  "x = a ? b :",
  "+ 1",
  "w = [1, # c",
  "x { # c",
  "y = [[ # d",
  "]] # e",
  "a = 1 /* c */",
  "}}",
  "[{",
  "}]",
  "}, {",
];

function randomText(random: Random): string {
  const pieces = random(2) === 0 ? words : lines;
  const end = pieces === words ? "" : "\n";
  const gaps = ["", " ", "  ", "\t", " "];
  let text = "";
  for (let count = 1 + random(14); count > 0; count--) {
    text += `${gaps[random(gaps.length)]}${pieces[random(pieces.length)]}${random(3) === 0 ? "" : " "}${end}`;
  }
  return text;
}

/** Texts with an open string or heredoc are left out: there the scanners part on purpose. */
function isComparable(text: string): boolean {
  let open = 0;
  for (const { kind } of tokenize(new SourceText("", text)).tokens) {
    if (kind === "QuotedNewline" || kind === "Invalid" || kind === "Apostrophe") return false;
    if (kind === "OpenQuote" || kind === "OpenHeredoc") open++;
    if (kind === "CloseQuote" || kind === "CloseHeredoc") open--;
  }
  return open === 0;
}

/**
 * Random texts, most of them no valid HCL, formatted by us and by hclwrite.Format, which needs Go and its module proxy.
 * Arguments: `--count=200000`, `--seed=1`.
 */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: number): number =>
    Number(args.find((item) => item.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback);
  const next = createRandom(option("seed", 1));
  const random: Random = (limit) => Math.floor(next() * limit);
  const texts = Array.from({ length: option("count", 200_000) }, () => randomText(random)).filter(isComparable);
  const expected = askReference<string>(program, texts);
  if (expected === undefined) return 1;
  let differences = 0;
  for (const [index, text] of texts.entries()) {
    const formatted = format(text);
    if (formatted === expected[index] || differences++ >= 20) continue;
    console.log(
      `${JSON.stringify(text)}\n  reference ${JSON.stringify(expected[index])}\n  ours      ${JSON.stringify(formatted)}`,
    );
  }
  console.log(`${texts.length} texts, ${differences} differences`);
  return differences === 0 ? 0 : 1;
}
