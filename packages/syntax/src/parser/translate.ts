import { diagnose, InternalError, type Diagnostic } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import { isConflictMarker } from "../conflict-marker.js";
import type { LexedToken } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { maximumNumberScale } from "../number-range.js";
import { alienCharacter } from "./alien.js";
import { explainMismatch, spanIn } from "./explain.js";
import { expressionHint, itemHint, separatorHint, valueEndHint } from "./hints.js";
import { nestingLimits } from "./limits.js";
import { lacksOpeningQuote } from "./missing-quote.js";
import {
  closers,
  itemIsDue,
  openedHere,
  opener,
  openerBefore,
  openers,
  toStop,
  type ParseContext,
  type Stop,
} from "./stop.js";

/** Turns what stopped the grammar, chevrotain's exception or our own, into a diagnostic with an exact range. */
export function explainFailure(failure: unknown, context: ParseContext): Diagnostic {
  const stop = toStop(failure, context);
  const alien = stop.atEnd ? undefined : alienCharacter(stop.token, context.source);
  if (alien !== undefined && !stop.rule.startsWith("too")) return alien;
  if (lacksOpeningQuote(stop))
    return diagnose(syntaxCatalog["missing-opening-quote"], { span: stop.span, text: stop.previous?.text ?? "" });
  const explain = explanations[stop.rule];
  if (explain === undefined) throw new InternalError(`no explanation for a stop in ${stop.rule}`);
  return explain(stop);
}

function invalidExpression(stop: Stop): Diagnostic {
  const { span } = stop;
  if (stop.atEnd) return diagnose(syntaxCatalog["missing-expression"], { span });
  const kind = stop.token.tokenType.name as TokenKind;
  if (kind === "Newline") return diagnose(syntaxCatalog["missing-value"], { span });
  if (isConflictMarker(stop.context.source.text, span.start, "<"))
    return diagnose(syntaxCatalog["merge-conflict"], { span: { ...span, end: span.start + 7 } });
  return diagnose(syntaxCatalog["invalid-expression"], { span, found: stop.found, hint: expressionHint(stop) });
}

function unclosed(stop: Stop, what: string, closer: string, open = opener(stop)): Diagnostic {
  return diagnose(syntaxCatalog["unclosed-bracket"], {
    span: spanIn(stop.context.source, open),
    what,
    closer,
    hint: "An unbalanced bracket further down may be the cause.",
  });
}

/** A stop inside a list in brackets: an item, a separator or the closing bracket is missing. */
function listStop(
  stop: Stop,
  list: { whole: string; item: string; closer: string; open?: LexedToken | undefined },
): Diagnostic {
  if (stop.rule.endsWith("Rule") && itemIsDue(stop)) return invalidExpression(stop);
  if (stop.atEnd) return unclosed(stop, list.whole, list.closer, list.open);
  if (isOtherCloser(stop)) return mismatch(stop);
  return diagnose(syntaxCatalog["missing-separator"], {
    span: stop.span,
    separator: "A comma",
    what: list.item,
    whole: list.whole,
    found: stop.found,
    hint: separatorHint(stop, list.closer),
    related: openedHere(stop, opener(stop)),
  });
}

const bracketClosers: ReadonlySet<string> = new Set<TokenKind>([
  "CloseParen",
  "CloseBracket",
  "CloseBrace",
  "SequenceEnd",
]);

function isOtherCloser(stop: Stop): boolean {
  return bracketClosers.has(stop.token.tokenType.name);
}

function mismatch(stop: Stop): Diagnostic {
  return explainMismatch(stop.context.source, { open: opener(stop), found: stop.span });
}

/** A stop where only the closing bracket of one expression can stand. */
function bracketStop(stop: Stop, what: string, closer: string): Diagnostic {
  if (isOtherCloser(stop)) return mismatch(stop);
  const { span } = stop;
  return diagnose(syntaxCatalog["unclosed-bracket"], { span, what, closer, related: openedHere(stop, opener(stop)) });
}

function callStop(stop: Stop): Diagnostic {
  if (stop.expected === "Identifier" || stop.expected === "OpenParen") {
    return diagnose(syntaxCatalog["invalid-function-name"], { span: stop.span });
  }
  if (stop.previous?.kind === "Ellipsis") {
    return diagnose(syntaxCatalog["argument-after-expansion"], { span: spanIn(stop.context.source, stop.previous) });
  }
  const open = opener(stop);
  const name = stop.context.tokens[stop.context.tokens.indexOf(open) - 1] ?? open;
  if (stop.atEnd && !itemIsDue(stop)) {
    return diagnose(syntaxCatalog["unclosed-bracket"], {
      span: spanIn(stop.context.source, { start: name.start, end: open.end }),
      what: "function call",
      closer: ")",
    });
  }
  return listStop(stop, { whole: "function call", item: "argument", closer: ")", open });
}

function objectItemStop(stop: Stop): Diagnostic {
  if (stop.expected !== undefined || stop.rule !== "objectItemRule") return invalidExpression(stop);
  if (stop.atEnd) return unclosed(stop, "object", "}");
  return diagnose(syntaxCatalog["missing-value-separator"], {
    span: stop.span,
    found: stop.found,
    hint:
      stop.token.tokenType.name === "Dot"
        ? 'A key with dots or spaces is written in quotes: "a.b" = value.'
        : undefined,
    related: openedHere(stop, opener(stop)),
  });
}

function objectStop(stop: Stop): Diagnostic {
  if (stop.rule.endsWith("Rule") && itemIsDue(stop)) return invalidExpression(stop);
  if (stop.atEnd) return unclosed(stop, "object", "}");
  if (isOtherCloser(stop)) return mismatch(stop);
  return diagnose(syntaxCatalog["missing-separator"], {
    span: stop.span,
    separator: "A line end or a comma",
    what: "item",
    whole: "object",
    found: stop.found,
    hint: separatorHint(stop, "}"),
    related: openedHere(stop, opener(stop)),
  });
}

function stringStop(stop: Stop): Diagnostic {
  const kind = stop.token.tokenType.name as TokenKind;
  if (kind === "InterpolationStart" || kind === "ControlStart") {
    return diagnose(syntaxCatalog["label-with-template"], { span: stop.span });
  }
  return diagnose(syntaxCatalog["unclosed-string"], { span: stop.span, related: openedHere(stop, opener(stop)) });
}

function sequenceStop(stop: Stop): Diagnostic {
  const open = opener(stop);
  const kind = stop.token.tokenType.name as TokenKind;
  // A string cannot follow an expression: the quote is meant to end the template around the sequence.
  const endsTemplate =
    kind === "OpenQuote" && openerBefore(stop.context.tokens, stop.context.tokens.indexOf(open))?.kind === "OpenQuote";
  if (stop.atEnd || kind === "CloseQuote" || kind === "QuotedNewline" || endsTemplate) {
    return diagnose(syntaxCatalog["unclosed-sequence"], { span: spanIn(stop.context.source, open) });
  }
  return diagnose(syntaxCatalog["extra-characters"], {
    span: stop.span,
    what: "expression of the template sequence",
    found: stop.found,
    hint: sequenceHint(stop, open),
    related: openedHere(stop, open),
  });
}

const sequenceIsText = "Close the sequence with } before it, or write $${ if the characters ${ themselves are meant.";

function sequenceHint(stop: Stop, open: LexedToken): string {
  const { source } = stop.context;
  if (stop.previous?.text === "else" && stop.token.image === "if")
    return "There is no else if: put another if and its endif after the else.";
  const line = source.lineIndexAt(open.end);
  const rest = source.text.slice(open.end, source.lineStarts[line + 1] ?? source.text.length);
  const hidesEnd = source.lineIndexAt(stop.span.start) > line && /#|\/\//.test(rest);
  return hidesEnd ? `What follows # or // on the line of the sequence is a comment. ${sequenceIsText}` : sequenceIsText;
}

function forStop(needed: string): (stop: Stop) => Diagnostic {
  return (stop) => diagnose(syntaxCatalog["invalid-for"], { span: stop.span, needed });
}

const itemSeparatorHints: Partial<Record<TokenKind, string>> = {
  Colon: "The separator is = and not a colon.",
  EqualOperator: "A single equals sign sets an argument.",
  FatArrow: "The separator is = and not an arrow.",
  Plus: "An argument is set once, with =.",
  Dot: "The name of an argument or block holds no dot.",
};

function incompleteItem(stop: Stop): Diagnostic {
  const name = stop.previous ?? (stop.token as LexedToken);
  const kind = stop.token.tokenType.name as TokenKind;
  if (isBlockInLine(stop)) {
    return diagnose(syntaxCatalog["single-line-block"], { span: spanIn(stop.context.source, name) });
  }
  const hint =
    kind === "Newline" && stop.context.tokens[stop.index + 1]?.kind === "OpenBrace"
      ? "The opening brace of a block stands on the line of its type."
      : itemSeparatorHints[kind];
  return diagnose(syntaxCatalog["incomplete-item"], { span: spanIn(stop.context.source, name), name: name.text, hint });
}

/** Whether the item at the stop is a block that begins on the line of the brace around it. */
function isBlockInLine({ context: { tokens }, index }: Stop): boolean {
  if (tokens[index - 2]?.kind !== "OpenBrace") return false;
  let next = index;
  while (labelTokens.has(tokens[next]?.kind ?? "Newline")) next++;
  return tokens[next]?.kind === "OpenBrace";
}

const labelTokens: ReadonlySet<TokenKind> = new Set<TokenKind>(["Identifier", "OpenQuote", "QuotedText", "CloseQuote"]);

function junk(stop: Stop): Diagnostic {
  const kind = stop.token.tokenType.name as TokenKind;
  const { span } = stop;
  if (kind === "OpenQuote") {
    const text = stop.context.tokens[stop.index + 1];
    return diagnose(syntaxCatalog["quoted-attribute-name"], {
      span,
      bare: text?.kind === "QuotedText" ? text.text : undefined,
    });
  }
  if (kind === "CloseBrace" || kind === "CloseBracket" || kind === "CloseParen") {
    return diagnose(syntaxCatalog["unexpected-closing"], { span, found: stop.token.image });
  }
  if (kind === "Slash" && stop.context.source.text.startsWith("/*", span.start)) {
    return diagnose(syntaxCatalog["unclosed-comment"], { span });
  }
  if (isConflictMarker(stop.context.source.text, span.start, "<"))
    return diagnose(syntaxCatalog["merge-conflict"], { span: { ...span, end: span.start + 7 } });
  return diagnose(syntaxCatalog["item-required"], { span, found: stop.found, hint: itemHint(stop) });
}

function itemEnd(stop: Stop): Diagnostic {
  const kind = stop.token.tokenType.name as TokenKind;
  if (stop.previous?.kind === "CloseBrace" && itemIsBlock(stop)) {
    return diagnose(syntaxCatalog["line-end-after-block"], {
      span: stop.span,
      found: stop.found,
      hint:
        kind === "CloseBrace"
          ? "Remove the brace if it is one too many."
          : kind === "Comma"
            ? "Blocks are not separated by commas."
            : undefined,
    });
  }
  const hint = valueEndHint(stop);
  return diagnose(syntaxCatalog["line-end-after-attribute"], { span: stop.span, found: stop.found, hint });
}

/** Whether the item before the stop is a block: no `=` stands between its first token and its opening brace. */
function itemIsBlock(stop: Stop): boolean {
  const { tokens } = stop.context;
  let depth = 0;
  for (let index = stop.index - 1; index >= 0; index--) {
    const kind = (tokens[index] as LexedToken).kind;
    if (closers.has(kind)) depth++;
    else if (openers.has(kind)) depth--;
    else if (depth === 0 && kind === "Equal") return false;
    if (depth < 0 || (depth === 0 && kind === "Newline")) return true;
  }
  return true;
}

function blockBodyStop(stop: Stop): Diagnostic {
  if (stop.expected === "OpenBrace") return blockHeader(stop);
  if (stop.atEnd) {
    return diagnose(syntaxCatalog["unclosed-block"], { span: spanIn(stop.context.source, opener(stop)) });
  }
  if (stop.expected === "Newline") return itemEnd(stop);
  const open = opener(stop);
  const first = stop.context.tokens[stop.context.tokens.indexOf(open) + 1];
  if (first !== undefined && first.kind === "Identifier" && stop.token !== first) {
    return diagnose(syntaxCatalog["single-line-block"], { span: stop.span });
  }
  return junk(stop);
}

function blockHeader(stop: Stop): Diagnostic {
  const kind = stop.token.tokenType.name as TokenKind;
  const type = headerType(stop);
  if (kind === "Equal") return diagnose(syntaxCatalog["block-with-equals"], { span: stop.span, type });
  if (stop.atEnd || kind === "Newline")
    return diagnose(syntaxCatalog["block-without-brace"], { span: stop.span, type, hint: argumentHint(stop, type) });
  return diagnose(syntaxCatalog["block-header"], { span: stop.span, found: stop.found });
}

/** The header of a block with one label may be meant as an argument. */
function argumentHint({ context, index }: Stop, type: string): string | undefined {
  const tokens = context.tokens.slice(Math.max(0, index - 4), index);
  const name = tokens.findLastIndex((token) => token.kind === "Identifier" && token.text === type);
  const label = tokens.slice(name + 1).map((token) => token.text);
  return name !== -1 && label.length > 0 && (label.length === 1 || label[0] === '"')
    ? `For an argument write ${type} = ${label.join("")}.`
    : undefined;
}

function headerType(stop: Stop): string {
  let index = stop.index - 1;
  while (index > 0 && !["Newline", "OpenBrace"].includes((stop.context.tokens[index - 1] as LexedToken).kind)) index--;
  return stop.context.tokens[index]?.text ?? "";
}

function tooDeep(limit: number, what: string): (stop: Stop) => Diagnostic {
  return (stop) => diagnose(syntaxCatalog["too-deeply-nested"], { span: stop.span, limit, what });
}

function attributeStop(stop: Stop): Diagnostic {
  return stop.expected === "Equal" ? incompleteItem(stop) : invalidExpression(stop);
}

const explanations: Readonly<Record<string, (stop: Stop) => Diagnostic>> = {
  fileRule: (stop) => (stop.previous === undefined || stop.previous.kind === "Newline" ? junk(stop) : itemEnd(stop)),
  bodyItemRule: incompleteItem,
  attributeRestRule: attributeStop,
  blockRestRule: blockHeader,
  blockBodyRule: blockBodyStop,
  itemEnd,
  junk,
  singleLine: (stop) => diagnose(syntaxCatalog["single-line-block"], { span: stop.span }),
  plainStringRule: stringStop,
  quotedTemplateRule: stringStop,
  heredocRule: (stop) =>
    diagnose(syntaxCatalog["unclosed-heredoc"], {
      span: stop.span,
      marker: opener(stop).text.replace(/^<<-?/, "").trim(),
      related: openedHere(stop, opener(stop)),
    }),
  bareTemplateRule: sequenceStop,
  textPartRule: sequenceStop,
  interpolationRule: sequenceStop,
  directiveRule: (stop) =>
    stop.expected === undefined && !stop.atEnd
      ? diagnose(syntaxCatalog["invalid-directive"], { span: stop.span, found: stop.found })
      : sequenceStop(stop),
  ifDirectiveRule: invalidExpression,
  forDirectiveRule: invalidExpression,
  quotedPartRule: stringStop,
  expressionRule: (stop) => diagnose(syntaxCatalog["incomplete-conditional"], { span: stop.span }),
  onlyExpressionRule: (stop) =>
    diagnose(syntaxCatalog["extra-characters"], { span: stop.span, what: "expression", found: stop.found }),
  termRule: invalidExpression,
  "number-range": (stop) =>
    diagnose(syntaxCatalog["number-out-of-range"], { span: stop.span, limit: maximumNumberScale }),
  number: (stop) => diagnose(syntaxCatalog["invalid-number"], { span: stop.span, text: stop.token.image }),
  legacyIndex: (stop) =>
    diagnose(syntaxCatalog["chained-legacy-index"], {
      span: stop.span,
      suggestion: stop.token.image
        .split(".")
        .map((part) => `[${part}]`)
        .join(""),
    }),
  parenthesesRule: (stop) => bracketStop(stop, "expression in parentheses", ")"),
  callRestRule: callStop,
  argumentSeparator: callStop,
  argument: invalidExpression,
  tupleRule: (stop) => listStop(stop, { whole: "list", item: "item", closer: "]" }),
  itemSeparator: (stop) => listStop(stop, { whole: "list", item: "item", closer: "]" }),
  objectRule: objectStop,
  attributeSeparator: objectStop,
  objectSeparatorRule: objectStop,
  objectItemRule: objectItemStop,
  stepsRule: (stop) => diagnose(syntaxCatalog["invalid-attribute-access"], { span: stop.span, found: stop.found }),
  attributeSplatRule: invalidExpression,
  splatAttributeRule: (stop) =>
    stop.token.tokenType.name === "Star"
      ? diagnose(syntaxCatalog["nested-splat"], { span: stop.span })
      : diagnose(syntaxCatalog["invalid-attribute-access"], { span: stop.span, found: stop.found }),
  bracketStepRule: (stop) => (stop.expected === undefined ? invalidExpression(stop) : bracketStop(stop, "index", "]")),
  forHeadRule: (stop) =>
    stop.expected === "In"
      ? forStop("the word in is missing after its names")(stop)
      : forStop("a name is missing after for")(stop),
  forRestRule: (stop) =>
    stop.expected === "Colon"
      ? forStop("the colon is missing after the collection")(stop)
      : forStop("its closing bracket is missing")(stop),
  tupleForKey: forStop("with a key => it must stand in braces"),
  tupleForGrouping: forStop("grouping with ... needs a key => and braces"),
  objectForValue: forStop("=> and a value are missing"),
  tooDeep: tooDeep(nestingLimits.chain, "operators and directives"),
  tooManyOperators: tooDeep(nestingLimits.operators, "operators in one expression"),
  tooManyBrackets: tooDeep(nestingLimits.brackets, "brackets"),
  tooManySplats: tooDeep(nestingLimits.brackets, "splats"),
};
