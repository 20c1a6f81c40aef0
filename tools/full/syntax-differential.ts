import { createReport, SourceText } from "../../packages/diagnostics/src/index.js";
import { parse, parseJson } from "../../packages/syntax/src/index.js";
import { createRandom } from "../../packages/syntax/test/support/mutations.js";
import { askReference } from "./go-reference.js";

/** Reads `{"text": …, "json": …}` and prints the first mistake that HCL's own parser finds, or an empty string. */
const program = `package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
)

type question struct {
	Text string
	Json bool
}

func check(asked question) hcl.Diagnostics {
	if asked.Json {
		_, found := hcljson.Parse([]byte(asked.Text), "a")
		return found
	}
	_, found := hclsyntax.ParseConfig([]byte(asked.Text), "a", hcl.InitialPos)
	return found
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var asked question
		if in.Decode(&asked) != nil {
			return
		}
		answer := ""
		if found := check(asked); len(found) > 0 {
			answer = found[0].Summary
		}
		out.Encode(answer)
	}
}
`;

/** Pieces of one kind of text, and what stands around them. */
interface Kind {
  readonly pieces: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly json?: true;
}

const split = (text: string): readonly string[] => text.split(" ");
const common = split('a b 1 2.5 "s" ( ) [ ] { } , : = "${a}" true null . - for');
const kinds: Readonly<Record<string, Kind>> = {
  expressions: {
    pieces: [
      ...common,
      ...split(
        '0 ... * .* [*] + ! == < && ? => f( :: .0 .a [0] ["k"] in %{ " ${ 1.2.3 .. 1. e5 ~ $${ a.0.1 }" else if',
      ),
      "\n",
      " for ",
      " x in y ",
      " if ",
      "# c\n",
      "/* c */",
      "<<E\nt\nE\n",
      '"%{if a}b%{endif}"',
      " ",
    ],
    before: "z = ",
    after: "\n",
  },
  bodies: {
    pieces: [
      ...common,
      ...split('" \' ; é x-y 1a "a" a.b \ufeff \t'),
      "\n",
      "\n",
      "\r\n",
      "\r",
      " ",
      " = ",
      "# c\n",
      "/* c */",
      "a = 1\n",
      "b {\n",
      "}\n",
      'b "l" {\n',
      "{ a = 1 }",
      "<<E\nt\nE\n",
      "<<-E\n  t\n  E\n",
    ],
    before: "",
    after: "",
  },
  strings: { pieces: templatePieces(), before: 'z = "', after: '"\n' },
  heredocs: { pieces: templatePieces(), before: "z = <<E\n", after: "\nE\n" },
  json: {
    pieces: [...split('{ } [ ] , : "a" "b" 1 -1 1.5 1e5 true null "\\u0041" "\\x" 01 1. " tru // "${x}"'), " ", "\n"],
    before: "",
    after: "",
    json: true,
  },
};

function templatePieces(): readonly string[] {
  const pieces = split('${ } %{ ~} ${~ else endif endfor text $ % $${ %%{ a " \\ \\n ~ { \\u12 \\u0041');
  return [...pieces, "if a", "for x in y", " ", "\n", "\r\n", "\r", "%{ if a }", "%{ endif }", "%{ for x in y }"];
}

/**
 * Random texts, most of them no valid HCL: whether we and HCL's own parser accept them, which needs Go and its module
 * proxy. Arguments: `--count=40000` (of each kind), `--seed=1`.
 */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: number): number =>
    Number(args.find((item) => item.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback);
  const next = createRandom(option("seed", 1));
  const random = (limit: number): number => Math.floor(next() * limit);
  let differences = 0;
  for (const [name, kind] of Object.entries(kinds)) {
    const texts = Array.from({ length: option("count", 40_000) }, () => randomText(kind, random));
    const answers = askReference<string>(
      program,
      texts.map((text) => ({ text, json: kind.json === true })),
    );
    if (answers === undefined) return 1;
    const ours = texts.map((text) => firstMistake(text, kind));
    const differing = texts.flatMap((text, index) =>
      (ours[index] === "") === (answers[index] === "") ? [] : [{ text, ours: ours[index], reference: answers[index] }],
    );
    for (const row of differing.slice(0, 20)) console.log(JSON.stringify(row));
    const accepted = ours.filter((mistake) => mistake === "").length;
    console.log(`${name}: ${texts.length} texts, ${accepted} accepted, ${differing.length} differences`);
    differences += differing.length;
  }
  return differences === 0 ? 0 : 1;
}

function randomText({ pieces, before, after }: Kind, random: (limit: number) => number): string {
  let text = before;
  for (let count = 1 + random(9); count > 0; count--)
    text += `${pieces[random(pieces.length)]}${random(3) === 0 ? " " : ""}`;
  return text + after;
}

/** The code of the first mistake, or an empty string. */
function firstMistake(text: string, kind: Kind): string {
  let first = "";
  const report = createReport((diagnostic) => (first ||= diagnostic.code));
  const source = new SourceText("a", text);
  if (kind.json) parseJson(source, report);
  else parse(source, report);
  return first;
}
