import { defineCatalog, msg } from "@hclbuild/diagnostics";

/**
 * What can be wrong with a text as HCL. Messages say what stands there and what belongs there; details say what to do.
 */
export const syntaxCatalog = defineCatalog("syntax", {
  "invalid-utf8": {
    severity: "error",
    message: msg`The text is not valid UTF-8.`,
    detail: [
      msg`It looks like a text in ${"encoding?"}.`,
      msg`The byte ${"byte"} at offset ${"offset"} is part of no character. Save the text with the encoding UTF-8.`,
    ],
  },
  "too-large": {
    severity: "error",
    message: msg`The text is too large to be parsed.`,
    detail: msg`At most ${"limit"} are allowed. Split it into several files, or read data with file and a function that decodes it.`,
  },
  "too-deeply-nested": {
    severity: "error",
    message: msg`The nesting is too deep here.`,
    detail: msg`At most ${"limit"} levels of ${"what"} are allowed. Move inner parts into local variables.`,
  },
  "unexpected-character": {
    severity: "error",
    message: msg`The character ${"character"} has no meaning here.`,
    detail: [msg`${"hint?"}`],
  },
  "unsupported-operator": {
    severity: "error",
    message: msg`There is no operator ${"operator"}.`,
    detail: [msg`There are no operators for bits.`, msg`Did you mean ${"near?"}?`],
  },
  "unclosed-string": {
    severity: "error",
    message: msg`The string is not closed on its line.`,
    detail: msg`Write a closing quote (") before the end of the line. For text of several lines use \\n or a heredoc (<<EOT).`,
  },
  "missing-opening-quote": {
    severity: "error",
    message: msg`The opening quote of this string is missing.`,
    detail: msg`A quote stands directly after ${"text"}; write one before the text too.`,
  },
  "unclosed-heredoc": {
    severity: "error",
    message: msg`The heredoc has no closing line.`,
    detail: msg`Its last line must hold nothing but ${"marker"}, and a line end must follow it.`,
  },
  "heredoc-opener": {
    severity: "error",
    message: msg`A heredoc begins with << and a name at the end of the line, such as <<EOT.`,
    detail: msg`${"hint"}`,
  },
  "heredoc-closing-line": {
    severity: "error",
    message: msg`The closing line of the heredoc must hold nothing but ${"marker"}.`,
    detail: msg`${"hint"}`,
  },
  "triple-quotes": {
    severity: "error",
    message: msg`A string has one quote at each end, not three.`,
    detail: msg`For text of several lines use a heredoc: <<EOT, then the lines, then EOT on a line of its own.`,
  },
  "merge-conflict": {
    severity: "error",
    message: msg`A merge conflict is not resolved here.`,
    detail: msg`Keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.`,
  },
  "unclosed-comment": {
    severity: "error",
    message: msg`The comment is not closed.`,
    detail: msg`A comment that begins with /* ends with */.`,
  },
  "invalid-escape": {
    severity: "error",
    message: msg`${"escape"} is no escape sequence.`,
    detail: [
      msg`Strings know \\n, \\r, \\t, \\", \\\\, \\uNNNN and \\UNNNNNNNN. Write \\\\ for a backslash.`,
      msg`${"hint?"}`,
    ],
  },
  "item-required": {
    severity: "error",
    message: msg`An argument or a block must begin here, not ${"found"}.`,
    detail: [msg`${"hint?"}`, msg`An argument has the form name = value, a block the form type "label" { … }.`],
  },
  "incomplete-item": {
    severity: "error",
    message: msg`After ${"name"} comes neither = nor a block.`,
    detail: [msg`${"hint?"}`, msg`For an argument write ${"name"} = value, for a block write ${"name"} { … }.`],
  },
  "quoted-attribute-name": {
    severity: "error",
    message: msg`The name of an argument is written without quotes.`,
    detail: [msg`Write ${"bare?"} instead.`],
  },
  "block-with-equals": {
    severity: "error",
    message: msg`A block has no equals sign after its labels.`,
    detail: msg`Remove = to define a block of type ${"type"}; remove the labels to set an argument.`,
  },
  "block-without-brace": {
    severity: "error",
    message: msg`The block ${"type"} has no opening brace.`,
    detail: [msg`The brace { stands on the same line as the type and the labels.`, msg`${"hint?"}`],
  },
  "block-header": {
    severity: "error",
    message: msg`After the type of a block comes a label or {, not ${"found"}.`,
    detail: [msg`${"hint?"}`, msg`Labels are names or quoted strings.`],
  },
  "label-with-template": {
    severity: "error",
    message: msg`A label is fixed text and takes no template sequence.`,
    detail: msg`Write $$\{ or %%{ if these characters are meant.`,
  },
  "unclosed-block": {
    severity: "error",
    message: msg`The block is not closed.`,
    detail: msg`The closing brace } for this { is missing. An unbalanced brace further down may be the cause.`,
  },
  "unexpected-closing": {
    severity: "error",
    message: msg`There is nothing open that this ${"found"} could close.`,
    detail: msg`Remove it, or write the opening bracket that belongs to it.`,
  },
  "mismatched-bracket": {
    severity: "error",
    message: msg`${"found"} cannot close what ${"opener"} has opened.`,
    detail: msg`Write ${"closer"} before it if that is missing, or in its place.`,
  },
  "line-end-after-attribute": {
    severity: "error",
    message: msg`A line end must follow the argument, not ${"found"}.`,
    detail: [msg`${"hint?"}`, msg`Every argument stands on a line of its own.`],
  },
  "line-end-after-block": {
    severity: "error",
    message: msg`A line end must follow the block, not ${"found"}.`,
    detail: [msg`${"hint?"}`, msg`Every block begins on a line of its own.`],
  },
  "single-line-block": {
    severity: "error",
    message: msg`A block on one line holds at most one argument.`,
    detail: msg`Write a line end after { and put every item on a line of its own.`,
  },
  "duplicate-attribute": {
    severity: "error",
    message: msg`The argument "${"name"}" is already set.`,
    detail: msg`Each argument may be set once in a body. Remove one of the two.`,
  },
  "invalid-number": {
    severity: "error",
    message: msg`${"text"} is not a number.`,
    detail: msg`Numbers look like 15, 1.5 or 15e-1. Write a version or an address as a quoted string.`,
  },
  "number-out-of-range": {
    severity: "error",
    message: msg`The number is out of range.`,
    detail: msg`A number has at most ${"limit"} digits and its last one stands for a power of ten from -${"limit"} to ${"limit"}.`,
  },
  "chained-legacy-index": {
    severity: "error",
    message: msg`Two indexes cannot be written with dots in a row.`,
    detail: msg`Use brackets: ${"suggestion"}.`,
  },
  "nested-splat": {
    severity: "error",
    message: msg`A splat .* cannot stand inside another one.`,
    detail: msg`Use the form [*] for both.`,
  },
  "missing-expression": {
    severity: "error",
    message: msg`A value is missing here.`,
    detail: [msg`The text ends where an expression must begin.`],
  },
  "missing-value": {
    severity: "error",
    message: msg`A value is missing before the end of the line.`,
    detail: msg`An expression must stand on the same line. Put it in parentheses to write it over several lines.`,
  },
  "invalid-expression": {
    severity: "error",
    message: msg`An expression cannot begin with ${"found"}.`,
    detail: [msg`${"hint?"}`],
  },
  "unclosed-bracket": {
    severity: "error",
    message: msg`The ${"what"} is not closed.`,
    detail: [msg`The closing ${"closer"} is missing.`, msg`${"hint?"}`],
  },
  "missing-separator": {
    severity: "error",
    message: msg`${"separator"} must follow this ${"what"} of the ${"whole"}, not ${"found"}.`,
    detail: msg`${"hint"}`,
  },
  "missing-value-separator": {
    severity: "error",
    message: msg`After the key of an object comes = or :, not ${"found"}.`,
    detail: [msg`An item of an object has the form key = value.`, msg`${"hint?"}`],
  },
  "invalid-attribute-access": {
    severity: "error",
    message: msg`After a dot comes the name of an attribute, not ${"found"}.`,
    detail: msg`An attribute is read as value.name, an item as value[0] or value["any key"].`,
  },
  "incomplete-conditional": {
    severity: "error",
    message: msg`The conditional has no value for the case that its condition is false.`,
    detail: msg`It has the form condition ? value : other value; the colon is missing.`,
  },
  "invalid-for": {
    severity: "error",
    message: msg`The for expression is not complete: ${"needed"}.`,
    detail: msg`It has the form [for item in list : value] or {for key, item in map : key => value}.`,
  },
  "invalid-function-name": {
    severity: "error",
    message: msg`After :: comes the name of a function and its arguments in parentheses.`,
    detail: msg`A function of a namespace is called as namespace::function(value).`,
  },
  "argument-after-expansion": {
    severity: "error",
    message: msg`The argument before ... must be the last one.`,
    detail: msg`Write the closing parenthesis directly after the three dots.`,
  },
  "extra-characters": {
    severity: "error",
    message: msg`The ${"what"} ends before ${"found"}.`,
    detail: [msg`${"hint?"}`],
  },
  "unclosed-sequence": {
    severity: "error",
    message: msg`The template sequence is not closed.`,
    detail: [msg`The closing brace } is missing.`, msg`Write $$\{ if the characters $\{ themselves are meant.`],
  },
  "invalid-directive": {
    severity: "error",
    message: msg`There is no template directive ${"found"}.`,
    detail: [
      msg`Directives are if, else, endif, for and endfor.`,
      msg`Write %%{ if the characters %{ themselves are meant.`,
    ],
  },
  "unexpected-directive": {
    severity: "error",
    message: msg`The directive ${"directive"} has no beginning that belongs to it.`,
    detail: [msg`${"hint?"}`],
  },
  "unclosed-directive": {
    severity: "error",
    message: msg`The directive ${"directive"} is not closed.`,
    detail: msg`Write %{ ${"closing"} } at its end.`,
  },
  "invalid-traversal": {
    severity: "error",
    message: msg`A reference may hold only names, attributes and fixed indexes, not ${"found"}.`,
    detail: msg`It has the form name.attribute[0]["key"].`,
  },
});
