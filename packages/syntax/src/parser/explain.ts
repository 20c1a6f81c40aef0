import { diagnose, type Diagnostic, type SourceText, type Span } from "@hclbuild/diagnostics";
import type { AttributeNode } from "../ast.js";
import { syntaxCatalog } from "../catalog.js";
import type { Token } from "../lexer/lexer.js";
import type { TokenKind } from "../lexer/token-types.js";
import { nestingLimits } from "./limits.js";
import type { EscapeFault } from "./string-literal.js";
import type { TemplateFault } from "./template.js";

interface Range {
  readonly start: number;
  readonly end: number;
}

export function spanIn(source: SourceText, range: Range): Span {
  return { file: source.name, start: range.start, end: range.end };
}

export function explainDuplicate(item: AttributeNode, first: AttributeNode, source: SourceText): Diagnostic {
  return diagnose(syntaxCatalog["duplicate-attribute"], {
    span: spanIn(source, item.name),
    name: item.name.text,
    related: [{ span: spanIn(source, first.name), message: "It is first set here." }],
  });
}

const closingText: Partial<Record<TokenKind, string>> = { OpenParen: ")", OpenBracket: "]", OpenBrace: "}" };

/** A closing bracket where one of another kind is due. */
export function explainMismatch(
  source: SourceText,
  { open, found }: { readonly open: Token; readonly found: { readonly start: number; readonly end: number } },
): Diagnostic {
  return diagnose(syntaxCatalog["mismatched-bracket"], {
    span: spanIn(source, found),
    found: source.text.slice(found.start, found.end),
    opener: open.text,
    closer: closingText[open.kind] ?? "",
    related: [{ span: spanIn(source, open), message: "It is opened here." }],
  });
}

const escapeHints: Readonly<Record<EscapeFault["kind"], string | undefined>> = {
  "unknown-escape": undefined,
  "incomplete-unicode-escape": "\\u needs exactly four hexadecimal digits, \\U exactly eight.",
  "invalid-code-point": "The last character of Unicode is \\U0010FFFF.",
  surrogate:
    "Half of a surrogate pair has no form in UTF-8. Write a character beyond \\uFFFF with \\U and eight digits.",
};

export function explainEscape(fault: EscapeFault, source: SourceText): Diagnostic {
  return diagnose(syntaxCatalog["invalid-escape"], {
    span: spanIn(source, fault),
    escape: source.text.slice(fault.start, fault.end),
    hint: escapeHints[fault.kind],
  });
}

export function explainTemplate(fault: TemplateFault, source: SourceText): Diagnostic {
  const { part } = fault;
  const span = spanIn(source, part);
  if (fault.kind === "too-deep") {
    return diagnose(syntaxCatalog["too-deeply-nested"], { span, limit: nestingLimits.chain, what: "directives" });
  }
  if (fault.kind === "unclosed-directive") {
    const isIf = part.kind === "if";
    return diagnose(syntaxCatalog["unclosed-directive"], {
      span,
      directive: isIf ? "if" : "for",
      closing: isIf ? "endif" : "endfor",
    });
  }
  const opener = part.kind === "endfor" ? "for" : "if";
  return diagnose(syntaxCatalog["unexpected-directive"], {
    span,
    directive: part.kind,
    hint:
      fault.opener === undefined
        ? `Write %{ ${opener} … } before it.`
        : `First close the ${fault.opener.kind} directive around it.`,
    related:
      fault.opener === undefined ? [] : [{ span: spanIn(source, fault.opener), message: "This directive is open." }],
  });
}
