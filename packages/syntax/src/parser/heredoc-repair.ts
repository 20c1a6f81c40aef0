import { diagnose, type SourceText } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import type { LexedToken } from "../lexer/lexer.js";
import { spanIn } from "./explain.js";
import type { MisreadText, Replacement } from "./retokenize.js";
import { openerBefore, operandEnds } from "./stop.js";

// A line that begins an item or closes a bracket. Labels need white space before them: without it a long word could be
// split in exponentially many ways.
const codeLine =
  /^([ \t]*)(?:[\]})]|[\p{ID_Start}_][\p{ID_Continue}-]*(?:[ \t]*=(?!=)|(?:[ \t]+(?:"[^"\n]*"|[\p{ID_Start}_][\p{ID_Continue}-]*))*[ \t]*\{[ \t]*\r?$))/u;

const openerForm =
  /<<(?<third><?)(?<flush>[-~]?)(?<gap>[ \t]*)(?:(?<quote>["'`])(?<quoted>[^"'`\n]+)\k<quote>|(?<bare>[\p{ID_Continue}-]+))(?<rest>[^\n]*)\n/uy;

/**
 * The first line of a heredoc in a form of another language, such as `<<"EOT"`, when a closing line follows: the lines
 * between are text.
 */
export function repairHeredocOpener({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const { start } = tokens[index] as LexedToken;
  const previous = tokens[index - 1]?.kind;
  if (!source.text.startsWith("<<", start) || previous === undefined) return undefined;
  if (operandEnds.has(previous) || previous === "CloseHeredoc") return undefined;
  openerForm.lastIndex = start;
  const groups = openerForm.exec(source.text)?.groups;
  if (groups === undefined) return undefined;
  const marker = groups["quoted"] ?? groups["bare"] ?? "";
  const textStart = openerForm.lastIndex;
  const closing = findLine(source, textStart, (line) => line.trim() === marker);
  if (closing === undefined) return undefined;
  const end = closing.end;
  const rest = (groups["rest"] ?? "").trimEnd();
  const opener = source.text.slice(start, textStart).trimEnd();
  const span = { start, end: start + opener.length - (rest === "" ? 0 : rest.length) };
  return {
    from: index,
    tokens: [make("OpenHeredoc", start, textStart), make("CloseHeredoc", closing.start, end)],
    resume: end,
    finding: {
      diagnostic: diagnose(syntaxCatalog["heredoc-opener"], {
        span: spanIn(source, { start: span.start, end: start + opener.slice(0, span.end - start).trimEnd().length }),
        hint: openerHint(groups),
      }),
      until: end,
    },
  };
}

function openerHint(groups: Readonly<Record<string, string | undefined>>): string {
  if (groups["quote"] !== undefined)
    return "Write the marker without quotes; in the text, $${ and %%{ stand for ${ and %{.";
  if (groups["third"] !== "") return "Write two < before the marker.";
  if (groups["flush"] === "~") return "Write <<- to take the indentation from the text.";
  if (groups["gap"] !== "") return "Write the marker directly after <<.";
  if (/^[\d-]/.test(groups["bare"] ?? "")) return "The marker is a name: it begins with a letter or an underscore.";
  return (groups["rest"] ?? "").trim() === ""
    ? "Remove the spaces after the marker."
    : "Nothing may follow the marker on its line, not even a comment.";
}

/**
 * A heredoc whose closing line holds more than the marker, so that it ends much later or never. One without anything
 * like a closing line is closed in front of the first line that is indented no deeper than its own and looks like code.
 */
export function repairHeredoc(text: MisreadText, index: number): Replacement | undefined {
  const { source, tokens, heredocs } = text;
  const opener = tokens[index] as LexedToken;
  const marker = markerOf(opener);
  const closer = heredocs.get(opener);
  const decorated = new RegExp(`^[ \\t]*${marker}(?=[ \\t]*(?:[,;)\\]}#]|//))`, "u");
  const near = findLine(source, opener.end, (line) => decorated.test(line), closer?.start);
  if (near !== undefined)
    return closeAt(text, index, { ...near, end: near.start + marker.length, extra: near.end, marker });
  if (closer !== undefined) return undefined;
  const other = findLine(source, opener.end, (line) => line.trim().toLowerCase() === marker.toLowerCase());
  if (other === undefined) return closeBeforeCode(text, index);
  const line = { ...other, extra: other.end, marker };
  return source.text.slice(other.start, other.end) === marker
    ? closeSequence(text, index, line)
    : closeAt(text, index, line);
}

function markerOf(opener: LexedToken): string {
  return opener.text.replace(/^<<-?/, "").trim();
}

/** Whether the text of a heredoc holds the first line of another one with the same marker. */
export function swallowsHeredoc(text: string, opener: LexedToken, closer: LexedToken): boolean {
  const marker = markerOf(opener);
  for (let at = text.indexOf(marker, opener.end); at !== -1 && at < closer.start; at = text.indexOf(marker, at + 1)) {
    if (
      /<<-?$/.test(text.slice(Math.max(0, at - 3), at)) &&
      /^\r?\n/.test(text.slice(at + marker.length, at + marker.length + 2))
    )
      return true;
  }
  return false;
}

interface ClosingLine {
  readonly lineStart: number;
  /** The range of the marker, or of what stands for it. */
  readonly start: number;
  readonly end: number;
  /** End of the line without white space. */
  readonly extra: number;
  readonly marker: string;
}

function closeAt({ source, tokens, make }: MisreadText, index: number, line: ClosingLine): Replacement {
  const opener = tokens[index] as LexedToken;
  const after = source.text.slice(line.end, line.extra);
  const start = line.end + after.length - after.trimStart().length;
  const isOther = line.extra === line.end;
  return {
    from: index,
    tokens: [
      ...tokens.slice(index).filter((token) => token.start < line.lineStart),
      make("CloseHeredoc", line.start, line.end),
    ],
    resume: line.end,
    finding: {
      diagnostic: diagnose(syntaxCatalog["heredoc-closing-line"], {
        span: spanIn(source, isOther ? line : { start, end: line.extra }),
        marker: line.marker,
        hint: isOther
          ? "Upper and lower case count."
          : source.text[start] === ";"
            ? "Remove the semicolon."
            : "Write what follows the marker on the next line.",
        related: [{ span: spanIn(source, opener), message: "The heredoc begins here." }],
      }),
      until: line.end,
    },
  };
}

/** The heredoc's own closing line, which the lexer took for a part of a sequence that is not closed. */
function closeSequence({ source, tokens, make }: MisreadText, index: number, line: ClosingLine): Replacement {
  const inside = tokens.slice(index).filter((token) => token.start < line.lineStart);
  const start = openerBefore(inside, inside.length);
  return {
    from: index,
    tokens: [...inside, make("CloseHeredoc", line.start, line.end)],
    resume: line.end,
    ...(start?.kind === "InterpolationStart" || start?.kind === "ControlStart"
      ? {
          finding: {
            diagnostic: diagnose(syntaxCatalog["unclosed-sequence"], { span: spanIn(source, start) }),
            until: line.end,
          },
        }
      : {}),
  };
}

function closeBeforeCode({ source, tokens, make }: MisreadText, index: number): Replacement | undefined {
  const opener = tokens[index] as LexedToken;
  const indent = /^[ \t]*/.exec(source.lineText(source.lineIndexAt(opener.start)))?.[0].length ?? 0;
  const isCode = (line: string): boolean => (codeLine.exec(line)?.[1]?.length ?? Infinity) <= indent;
  const found = findLine(source, opener.end, isCode);
  if (found === undefined) return undefined;
  const { lineStart } = found;
  return {
    from: index,
    tokens: [
      ...tokens.slice(index).filter((token) => token.start < lineStart),
      make("CloseHeredoc", lineStart, lineStart),
      make("Newline", lineStart, lineStart),
    ],
    resume: lineStart,
  };
}

interface FoundLine {
  readonly lineStart: number;
  /** Range of the line without white space around it. */
  readonly start: number;
  readonly end: number;
}

/** The first line from `offset` on, which begins a line, and before `last` of which something holds. */
function findLine(
  source: SourceText,
  offset: number,
  holds: (line: string) => boolean,
  last = source.text.length,
): FoundLine | undefined {
  for (let index = source.lineIndexAt(offset); index < source.lineStarts.length; index++) {
    const lineStart = source.lineStarts[index] as number;
    if (lineStart < offset) continue;
    if (lineStart >= last) return undefined;
    const line = source.lineText(index);
    if (!holds(line)) continue;
    return {
      lineStart,
      start: lineStart + line.length - line.trimStart().length,
      end: lineStart + line.trimEnd().length,
    };
  }
  return undefined;
}
