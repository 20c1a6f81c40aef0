import { diagnose, type Report, type SourceText } from "@hclbuild/diagnostics";
import type { Identifier } from "./ast.js";
import { syntaxCatalog } from "./catalog.js";
import { tokenize, type Token } from "./lexer/lexer.js";
import type { TokenKind } from "./lexer/token-types.js";
import { unescapeQuoted } from "./parser/string-literal.js";
import type { Traversal, TraversalKey, TraversalStep } from "./traversal.js";

interface Reader {
  readonly source: SourceText;
  readonly tokens: readonly Token[];
  readonly steps: TraversalStep[];
  next: number;
}

const kindNames: Partial<Record<TokenKind, string>> = { OpenQuote: "a string", OpenHeredoc: "a heredoc" };

/**
 * Parses a text that is a reference and nothing else: `name.attribute[0]["key"]`. A full splat `[*]` is allowed as
 * the last step. What could be read before a mistake is returned; `undefined` when not even the name could.
 */
export function parseTraversal(source: SourceText, report: Report): Traversal | undefined {
  const ignored: ReadonlySet<TokenKind> = new Set(["Newline", "LineComment", "BlockComment"]);
  const tokens = tokenize(source).tokens.filter((token) => !ignored.has(token.kind));
  const [first] = tokens;
  const reader: Reader = { source, tokens, steps: [], next: 1 };
  if (first?.kind !== "Identifier") {
    reportAt({ ...reader, next: 0 }, report);
    return undefined;
  }
  const root: Identifier = { text: first.text, start: first.start, end: first.end };
  while (reader.next < tokens.length) {
    const step = readStep(reader);
    if (step === undefined) {
      reportAt(reader, report);
      if (reader.steps.at(-1)?.kind === "splat") reader.steps.pop();
      break;
    }
    reader.steps.push(step);
    if (step.kind === "index" && tokens[reader.next - 1]?.kind !== "CloseBracket") {
      reportAt(reader, report);
      break;
    }
  }
  return { root, steps: reader.steps, start: root.start, end: reader.steps.at(-1)?.end ?? root.end };
}

/** Reads one step and moves behind it; at a mistake it stops in front of the token that does not fit. */
function readStep(reader: Reader): TraversalStep | undefined {
  const { tokens } = reader;
  const opener = tokens[reader.next] as Token;
  if (reader.steps.at(-1)?.kind === "splat") return undefined;
  if (opener.kind === "Dot") {
    const name = tokens[++reader.next];
    if (name?.kind !== "Identifier") return undefined;
    reader.next++;
    return { kind: "attribute", name: name.text, start: opener.start, end: name.end };
  }
  if (opener.kind !== "OpenBracket") return undefined;
  const first = tokens[++reader.next];
  const isSplat = first?.kind === "Star";
  const key = isSplat ? undefined : readKey(reader);
  if (isSplat) reader.next++;
  else if (key === undefined) return undefined;
  const close = tokens[reader.next];
  if (close?.kind === "CloseBracket") reader.next++;
  const end = tokens[reader.next - 1]?.end ?? opener.end;
  return key === undefined
    ? { kind: "splat", start: opener.start, end }
    : { kind: "index", key, start: opener.start, end };
}

function readKey(reader: Reader): TraversalKey | undefined {
  const { tokens } = reader;
  const token = tokens[reader.next];
  if (token?.kind === "NumberLiteral") {
    reader.next++;
    return { kind: "number", text: token.text };
  }
  if (token?.kind !== "OpenQuote") return undefined;
  let index = reader.next + 1;
  let value = "";
  for (let part = tokens[index]; part?.kind === "QuotedText"; part = tokens[++index])
    value += unescapeQuoted(part.text);
  if (tokens[index]?.kind !== "CloseQuote") return undefined;
  reader.next = index + 1;
  return { kind: "string", value };
}

function reportAt(reader: Reader, report: Report): void {
  const token = reader.tokens[reader.next];
  const end = reader.source.text.length;
  report.add(
    diagnose(syntaxCatalog["invalid-traversal"], {
      span: { file: reader.source.name, start: token?.start ?? end, end: token?.end ?? end },
      found: token === undefined ? "the end of the text" : (kindNames[token.kind] ?? token.text),
    }),
  );
}
