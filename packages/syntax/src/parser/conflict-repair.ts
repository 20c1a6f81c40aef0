import { diagnose } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import { isConflictMarker } from "../conflict-marker.js";
import type { LexedToken } from "../lexer/lexer.js";
import { spanIn } from "./explain.js";
import type { MisreadText, Replacement } from "./retokenize.js";

const conflict = /^<{7}(?: [^\n]*)?\n(?<ours>[\s\S]*?)^={7}\r?\n[\s\S]*?^>{7}(?: [^\n]*)?$/my;

/** A merge conflict beginning with token `index`: the first version stays, as if the other had not been there. */
export function repairConflict({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const { start } = tokens[index] as LexedToken;
  if (!isConflictMarker(source.text, start, "<")) return undefined;
  conflict.lastIndex = start;
  const found = conflict.exec(source.text);
  if (found === null) return undefined;
  const end = conflict.lastIndex;
  const oursStart = source.text.indexOf("\n", start) + 1;
  const oursEnd = oursStart + (found.groups?.["ours"]?.length ?? 0);
  const ours = retainedTokens(tokens, index, { start: oursStart, end: oursEnd });
  const last = ours.at(-1);
  return {
    from: index,
    tokens: last === undefined || last.end === oursEnd ? ours : [...ours, make("Newline", oursEnd, oursEnd)],
    resume: end,
    finding: {
      diagnostic: diagnose(syntaxCatalog["merge-conflict"], { span: spanIn(source, { start, end: start + 7 }) }),
      until: start + 7,
    },
  };
}

function retainedTokens(
  tokens: readonly LexedToken[],
  index: number,
  range: { readonly start: number; readonly end: number },
): readonly LexedToken[] {
  return tokens.slice(index).filter((token) => token.start >= range.start && token.start < range.end);
}
