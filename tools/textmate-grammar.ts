/** One pattern of a TextMate grammar. */
interface Pattern {
  readonly [key: string]: string | readonly Pattern[] | Readonly<Record<string, { readonly name: string }>>;
}

const identifier = "[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}-]*";
const label = '"(?:[^"\\\\]|\\\\.)*"';
const include = (name: string): Pattern => ({ include: `#${name}` });
const scope = (name: string): { name: string } => ({ name: `${name}.hclbuild` });

/**
 * Highlighting of templates and variable files. Regular expressions cannot follow the language everywhere: whether `{`
 * opens a block or an object is guessed from what stands before it.
 */
export const textMateGrammar = {
  name: "hclbuild template",
  scopeName: "source.hclbuild",
  fileTypes: ["pkr.hcl", "pkrvars.hcl"],
  patterns: [include("comments"), include("attribute"), include("block"), include("expression")],
  repository: {
    comments: {
      patterns: [
        {
          name: "comment.line.number-sign.hclbuild",
          begin: "#",
          end: "$\\n?",
          beginCaptures: { 0: scope("punctuation.definition.comment") },
        },
        {
          name: "comment.line.double-slash.hclbuild",
          begin: "//",
          end: "$\\n?",
          beginCaptures: { 0: scope("punctuation.definition.comment") },
        },
        {
          name: "comment.block.hclbuild",
          begin: "/\\*",
          end: "\\*/",
          captures: { 0: scope("punctuation.definition.comment") },
        },
      ],
    },
    attribute: {
      match: `(${identifier})\\s*(=)(?![=>])`,
      captures: { 1: scope("variable.other.property"), 2: scope("keyword.operator.assignment") },
    },
    block: {
      match: `^\\s*(${identifier})((?:\\s+(?:${label}|${identifier}))*)\\s*(\\{)`,
      captures: {
        1: scope("entity.name.type"),
        2: {
          patterns: [
            { name: "string.quoted.double.label.hclbuild", match: label },
            { name: "entity.name.label.hclbuild", match: identifier },
          ],
        },
        3: scope("punctuation.section.block.begin"),
      },
    },
    expression: {
      patterns: [
        include("comments"),
        include("heredoc"),
        include("string"),
        include("number"),
        include("constant"),
        include("keyword"),
        include("function"),
        include("access"),
        include("operator"),
        include("variable"),
        include("attribute"),
        include("punctuation"),
      ],
    },
    string: {
      name: "string.quoted.double.hclbuild",
      begin: '"',
      end: '"|$',
      beginCaptures: { 0: scope("punctuation.definition.string.begin") },
      endCaptures: { 0: scope("punctuation.definition.string.end") },
      patterns: [
        {
          name: "constant.character.escape.hclbuild",
          match: '\\\\(?:[nrt"\\\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\\$\\$\\{|%%\\{',
        },
        { name: "invalid.illegal.escape.hclbuild", match: "\\\\." },
        include("sequences"),
      ],
    },
    heredoc: {
      name: "string.unquoted.heredoc.hclbuild",
      begin: `<<-?(${identifier})$`,
      end: "^\\s*\\1\\s*$",
      beginCaptures: { 0: scope("keyword.control.heredoc") },
      endCaptures: { 0: scope("keyword.control.heredoc") },
      patterns: [{ name: "constant.character.escape.hclbuild", match: "\\$\\$\\{|%%\\{" }, include("sequences")],
    },
    sequences: {
      patterns: [
        {
          name: "meta.interpolation.hclbuild",
          begin: "\\$\\{~?",
          end: "~?\\}",
          captures: { 0: scope("punctuation.section.interpolation") },
          patterns: [include("braces"), include("expression")],
        },
        {
          name: "meta.directive.hclbuild",
          begin: "%\\{~?",
          end: "~?\\}",
          captures: { 0: scope("punctuation.section.directive") },
          patterns: [
            { name: "keyword.control.directive.hclbuild", match: "\\b(?:if|else|endif|for|in|endfor)\\b" },
            include("braces"),
            include("expression"),
          ],
        },
      ],
    },
    braces: {
      begin: "\\{",
      end: "\\}",
      captures: { 0: scope("punctuation.section.braces") },
      patterns: [include("braces"), include("expression")],
    },
    number: {
      name: "constant.numeric.hclbuild",
      match: `(?<![\\p{L}\\p{Nl}\\p{Nd}_])[0-9]+(?:\\.[0-9]+)?(?:\\.?[eE][+-]?[0-9]+)?`,
    },
    constant: {
      name: "constant.language.hclbuild",
      match: "(?<![.\\w-])(?:true|false|null)(?![\\w-])(?!\\s*[=:(][^=])",
    },
    keyword: {
      patterns: [
        {
          name: "keyword.control.for.hclbuild",
          match: "(?<=[\\[{])\\s*for(?![\\w-])|(?<![.\\w-])for(?=\\s+[\\w-]+\\s*(?:,|in\\b))",
        },
        { name: "keyword.control.in.hclbuild", match: "(?<=\\s)in(?=\\s)" },
        { name: "keyword.control.if.hclbuild", match: "(?<=\\s)if(?=\\s)" },
      ],
    },
    function: {
      match: `(${identifier}(?:::${identifier})*)\\s*(\\()`,
      captures: { 1: scope("support.function"), 2: scope("punctuation.section.arguments.begin") },
    },
    access: {
      match: `(\\.)(${identifier})`,
      captures: { 1: scope("punctuation.accessor"), 2: scope("variable.other.member") },
    },
    operator: {
      patterns: [
        { name: "keyword.operator.arrow.hclbuild", match: "=>" },
        { name: "keyword.operator.comparison.hclbuild", match: "==|!=|<=|>=|<|>" },
        { name: "keyword.operator.logical.hclbuild", match: "&&|\\|\\||!" },
        { name: "keyword.operator.expansion.hclbuild", match: "\\.\\.\\." },
        { name: "keyword.operator.arithmetic.hclbuild", match: "[+*/%-]" },
        { name: "keyword.operator.conditional.hclbuild", match: "[?:]" },
      ],
    },
    variable: { name: "variable.other.hclbuild", match: identifier },
    punctuation: {
      patterns: [
        { name: "punctuation.separator.comma.hclbuild", match: "," },
        { name: "punctuation.section.hclbuild", match: "[\\[\\](){}]" },
      ],
    },
  },
};
