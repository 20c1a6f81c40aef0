import { createReport, SourceText } from "@hclbuild/diagnostics";
import { tokenize, triviaBefore } from "../../src/lexer/lexer.js";
import { parse, parseExpression, parseTemplate } from "../../src/parse.js";
import { parseTraversal } from "../../src/parse-traversal.js";
import { walk } from "../../src/walk.js";

const words = [
  "a",
  "foo",
  "for",
  "in",
  "if",
  "true",
  "null",
  "resource",
  "_x",
  "é",
  "名",
  "1",
  "1.5",
  "0",
  "1e9",
  '"',
  '"x"',
  '"${',
  "}",
  "{",
  "(",
  ")",
  "[",
  "]",
  "=",
  "==",
  "=>",
  "!",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&&",
  "||",
  "+",
  "-",
  "*",
  "/",
  "%",
  "?",
  ":",
  "::",
  ".",
  ",",
  "...",
  "\n",
  "\r\n",
  " ",
  "\t",
  "# c\n",
  "// c\n",
  "/* c */",
  "/*",
  "<<E\n",
  "<<-E\n",
  "E\n",
  " E\n",
  "${",
  "%{",
  "${~",
  "~}",
  "%{ if a }",
  "%{ else }",
  "%{ endif }",
  "%{ for a in b }",
  "%{ endfor }",
  "$${",
  "%%{",
  "\\n",
  "\\",
  "\\u12",
  "'",
  "`",
  ";",
  "&",
  "|",
  "~",
  "^",
  "@",
  "“",
  "🌻",
  "\u0000",
  "\ufeff",
  "\ud800",
  "\udc00",
  "$",
  "a.*",
  "a[*]",
  'b "l" {\n',
  "b {\n",
  "a = 1\n",
  "}\n",
  "  ",
  "a = [\n",
  "a = {\n",
  "]\n",
  "f(",
  "a.0",
  ".0.1",
  "[for a in b : a]",
  "{for a, b in c : a => b...}",
] as const;

const ranges: readonly (readonly [number, number])[] = [
  [9, 13],
  [32, 126],
  [32, 126],
  [32, 126],
  [128, 0x2ff],
  [0x2018, 0x201f],
  [0xd7f0, 0xe010],
  [0x1f300, 0x1f5ff],
];

/** A text of random characters or random tokens. */
export function randomText(random: () => number, longest: number): string {
  const length = Math.floor(random() * longest);
  const byToken = random() < 0.7;
  let text = "";
  for (let index = 0; index < length; index++) {
    if (byToken) text += words[Math.floor(random() * words.length)] ?? "";
    else {
      const [low, high] = ranges[Math.floor(random() * ranges.length)] ?? [32, 126];
      text += String.fromCodePoint(low + Math.floor(random() * (high - low + 1)));
    }
  }
  return text;
}

/**
 * What every text must satisfy: its tokens and trivia are the text, every entry of the parser gives a tree within the
 * text, and a text that is reported has at least one diagnostic inside of it. Returns what does not hold.
 */
export function faultOf(text: string): string | undefined {
  const source = new SourceText("fuzz.hcl", text);
  for (const mode of ["main", "bare"] as const) {
    const stream = tokenize(source, mode);
    let joined = "";
    for (const [index, token] of stream.tokens.entries()) joined += triviaBefore(stream, index) + token.text;
    if (joined + triviaBefore(stream, stream.tokens.length) !== text)
      return `${mode}: tokens and trivia are not the text`;
  }
  let outside = 0;
  const report = createReport(({ primary }) => {
    if (!primary || !(primary.start >= 0 && primary.start <= primary.end && primary.end <= text.length)) outside++;
  });
  for (const read of [parse, parseExpression, parseTemplate]) {
    walk(read(source, report), {
      enter(node) {
        if (!(node.start >= 0 && node.start <= node.end && node.end <= text.length)) outside++;
      },
    });
  }
  parseTraversal(source, report);
  return outside > 0 ? `${outside} ranges outside of the text` : undefined;
}
