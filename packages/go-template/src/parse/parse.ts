import { diagnose, type Diagnostic, type Report } from "@hclbuild/diagnostics";
import type { IRecognitionException, IToken } from "chevrotain";
import type { GoTemplate, GoTemplateOrigin } from "../ast.js";
import { goTemplateCatalog as catalog } from "../catalog.js";
import { placeOf, placesOf, spanOf } from "../place.js";
import { endOf, NestingError, nestingLimit, type ParseProblem, type TreeBuilder } from "./builder.js";
import { GoTemplateParser } from "./parser.js";
import * as t from "./tokens.js";

let parser: GoTemplateParser | undefined;

/**
 * Parses a Go template. Reports at most one error of form (after which the rest is not understood) and any number of
 * errors of meaning, such as variables that are not set; names of functions are looked up when rendering, or before
 * with `checkGoTemplate`. Never throws for any text.
 */
export function parseGoTemplate(text: string, report: Report, origin?: GoTemplateOrigin): GoTemplate {
  const head = { text, ...(origin === undefined ? {} : { origin }) };
  // Most strings hold no template at all and need no parser.
  if (!text.includes("{{")) {
    const nodes = text === "" ? [] : [{ kind: "text" as const, text, start: 0, end: text.length }];
    return { ...head, nodes, definitions: {}, isValid: true };
  }
  parser ??= new GoTemplateParser(true);
  let isValid = true;
  const add = (diagnostic: Diagnostic): void => {
    isValid = false;
    report.add(diagnostic);
  };
  parser.begin(t.tokenizeGoTemplate(text));
  try {
    const nodes = parser.templateRule() ?? [];
    const error = parser.errors[0];
    const place = placesOf(text);
    for (const problem of parser.builder.problems) add(diagnoseProblem(problem, place(problem.start), head));
    if (error !== undefined) add(diagnoseSyntax(error, parser.builder, head));
    return { ...head, nodes, definitions: parser.builder.definitions, isValid };
  } catch (error) {
    if (!(error instanceof NestingError)) throw error;
    add(
      diagnose(catalog["too-deeply-nested"], {
        limit: nestingLimit,
        ...spanOf(head, { start: error.offset, end: error.offset + 1 }),
      }),
    );
    return { ...head, nodes: [], definitions: {}, isValid };
  }
}

function diagnoseProblem(problem: ParseProblem, place: string, head: Pick<GoTemplate, "text" | "origin">): Diagnostic {
  const args = { ...problem.texts, place, ...spanOf(head, problem) };
  // The texts of a problem are named as its catalogue entry names them; the table keeps the parser free of reporting.
  return diagnose(catalog[problem.slug] as (typeof catalog)["unexpected"], args as never);
}

const keywordReasons: ReadonlyMap<unknown, string> = new Map([
  [t.Else, "It belongs to an {{if}}, {{with}} or {{range}} block, once and last."],
  [t.End, "There is no open block that it could close."],
  [t.Define, "Templates can be defined only outside of all other blocks."],
] as const);

function diagnoseSyntax(
  error: IRecognitionException,
  state: TreeBuilder,
  head: Pick<GoTemplate, "text" | "origin">,
): Diagnostic {
  if (Number.isNaN(error.token.startOffset) || error.token.image === "") return diagnoseEnd(state, head);
  // When no kind of action fits, what is wrong comes after the opening braces.
  const token = error.token.tokenType === t.Open ? tokenAfter(error.token, head.text) : error.token;
  if (token === undefined) return diagnoseEnd(state, head);
  const range = { start: token.startOffset, end: endOf(token) };
  const args = { place: placeOf(head.text, range.start), ...spanOf(head, range) };
  switch (token.tokenType) {
    case t.Junk:
      return diagnose(catalog["bad-character"], { ...args, character: JSON.stringify(token.image) });
    case t.BrokenLiteral:
      return diagnose(catalog["unterminated-literal"], args);
    case t.BrokenComment:
      return diagnose(catalog["unclosed-comment"], args);
    default:
  }
  const reason = keywordReasons.get(token.tokenType);
  if (reason !== undefined) return diagnose(catalog["misplaced-keyword"], { ...args, keyword: token.image, reason });
  if (token.tokenType === t.Close || token.tokenType === t.CloseParen) {
    const previous = head.text.slice(0, token.startOffset).trimEnd();
    if (/(?:\{\{-?|[(|=,]|\b(?:if|with|range))$/.test(previous)) return diagnose(catalog["missing-value"], args);
  }
  return diagnose(catalog.unexpected, {
    ...args,
    found: JSON.stringify(token.image.slice(0, 30)),
    expected: state.openAction === undefined ? "text or an action" : 'a value, a blank between values, "|" or "}}"',
  });
}

/** The text ended too early: inside an action, or inside a block. */
function diagnoseEnd(state: TreeBuilder, head: Pick<GoTemplate, "text" | "origin">): Diagnostic {
  const open = state.openAction;
  const block = state.openBlocks.at(-1);
  const lastOpen = head.text.lastIndexOf("{{");
  const isInAction = head.text.lastIndexOf("}}") < lastOpen;
  if (open === undefined && !isInAction && block !== undefined) {
    const args = {
      place: placeOf(head.text, block.start),
      ...spanOf(head, { start: block.start, end: block.start + 2 }),
    };
    return diagnose(catalog["missing-end"], { ...args, keyword: block.keyword });
  }
  const start = open ?? Math.max(lastOpen, 0);
  return diagnose(catalog["unclosed-action"], {
    place: placeOf(head.text, start),
    example: "`{{`",
    ...spanOf(head, { start, end: Math.min(start + 2, head.text.length) }),
  });
}

function tokenAfter(open: IToken, text: string): IToken | undefined {
  const next = t.tokenizeGoTemplate(text.slice(open.startOffset))[1];
  return next === undefined ? undefined : { ...next, startOffset: next.startOffset + open.startOffset };
}
