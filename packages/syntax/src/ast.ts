import type { SourceText } from "@hclbuild/diagnostics";

/**
 * The tree of one HCL file. Plain readonly data: offsets are UTF-16 code units into the file's {@link SourceText},
 * literals stay text (this package knows no values), and every node of a broken file is present with `error` nodes
 * where something was not understood.
 */
export interface FileNode {
  readonly kind: "file";
  readonly source: SourceText;
  readonly body: BodyNode;
  readonly start: number;
  readonly end: number;
}

/** The items of a body in source order. */
export interface BodyNode {
  readonly kind: "body";
  readonly items: readonly (AttributeNode | BlockNode)[];
  readonly start: number;
  readonly end: number;
}

/** A name as it is written, and where. */
export interface Identifier {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `name = expression` */
export interface AttributeNode {
  readonly kind: "attribute";
  readonly name: Identifier;
  readonly expression: Expression;
  readonly start: number;
  readonly end: number;
}

/** A block label, quoted or bare. `text` has its escapes resolved; the offsets include the quotes. */
export interface Label extends Identifier {
  readonly quoted: boolean;
}

/** `type label "label" { … }`. `closeBrace` is -1 when the block is not closed. */
export interface BlockNode {
  readonly kind: "block";
  readonly type: Identifier;
  readonly labels: readonly Label[];
  readonly body: BodyNode;
  readonly openBrace: number;
  readonly closeBrace: number;
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The text of a number, exactly as written. */
export interface NumberLiteral extends Range {
  readonly kind: "number";
  readonly text: string;
}

/** `true`, `false` or `null` in a place where it is a literal. */
export interface KeywordLiteral extends Range {
  readonly kind: "keyword";
  readonly keyword: "true" | "false" | "null";
}

/**
 * A quoted template, a heredoc, a bare template (`parseTemplate`) or a string of a JSON body.
 *
 * `parts` have escapes resolved, and flush heredocs (`<<-`) have their indentation and `~` markers already applied to
 * the text parts, so evaluation only concatenates. A template of exactly one interpolation and nothing else gives that
 * expression's value unchanged (HCL specification, "Template Interpolation Unwrapping").
 */
export interface TemplateExpression extends Range {
  readonly kind: "template";
  readonly form: "quoted" | "heredoc" | "bare" | "json";
  readonly parts: readonly TemplatePart[];
  /** `json` only: the string as JSON decodes it, for places that take no template. */
  readonly literal?: string;
}

/** What a template is made of. */
export type TemplatePart = TemplateText | TemplateInterpolation | TemplateConditional | TemplateFor;

/** Literal text between sequences. */
export interface TemplateText extends Range {
  readonly kind: "text";
  readonly value: string;
}

/** `${expression}` */
export interface TemplateInterpolation extends Range {
  readonly kind: "interpolation";
  readonly expression: Expression;
}

/** `%{if condition}…%{else}…%{endif}`; without `else` the second list is empty. */
export interface TemplateConditional extends Range {
  readonly kind: "if";
  readonly condition: Expression;
  readonly whenTrue: readonly TemplatePart[];
  readonly whenFalse: readonly TemplatePart[];
}

/** `%{for key, value in collection}…%{endfor}` */
export interface TemplateFor extends Range {
  readonly kind: "for";
  readonly keyVariable?: Identifier;
  readonly valueVariable: Identifier;
  readonly collection: Expression;
  readonly body: readonly TemplatePart[];
}

/** The root of a traversal: the name of a variable in scope. */
export interface VariableExpression extends Range {
  readonly kind: "variable";
  readonly name: string;
}

/** `target.name` */
export interface AttributeAccess extends Range {
  readonly kind: "get";
  readonly target: Expression;
  readonly name: Identifier;
}

/** `target[key]`, or the old form `target.0` (`legacy`), whose key is a number literal. */
export interface IndexExpression extends Range {
  readonly kind: "index";
  readonly target: Expression;
  readonly key: Expression;
  readonly legacy: boolean;
}

/** `target[*]…` (`full`) or `target.*…` (`attribute`). `each` is applied to every item, which it names by {@link SplatItem}. */
export interface SplatExpression extends Range {
  readonly kind: "splat";
  readonly style: "full" | "attribute";
  readonly target: Expression;
  readonly each: Expression;
  /** The operator itself: `[*]` or `.*`. */
  readonly marker: Range;
}

/** Stands for the current item inside {@link SplatExpression.each}. */
export interface SplatItem extends Range {
  readonly kind: "splat-item";
}

/** `name(arguments)`; a namespaced name is written with `::`. `expandFinal` is the trailing `...`. */
export interface CallExpression extends Range {
  readonly kind: "call";
  readonly name: Identifier;
  readonly arguments: readonly Expression[];
  readonly expandFinal: boolean;
  readonly openParen: number;
  readonly closeParen: number;
}

/** An operator before its operand. */
export type UnaryOperator = "!" | "-";
/** An operator between two operands. */
export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

/** `!operand` or `-operand` */
export interface UnaryExpression extends Range {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

/** `left operator right`; `operatorStart` is the offset of the operator. */
export interface BinaryExpression extends Range {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorStart: number;
}

/** `condition ? whenTrue : whenFalse` */
export interface ConditionalExpression extends Range {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** `(expression)`; the offsets include the parentheses. */
export interface ParenthesizedExpression extends Range {
  readonly kind: "parentheses";
  readonly expression: Expression;
}

/** `[item, …]` */
export interface TupleExpression extends Range {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
}

/**
 * One item of an object constructor. A key that is a bare identifier (a {@link VariableExpression} with
 * `keyIsName`) means its own name, not a variable; parentheses make it an expression.
 */
export interface ObjectItem {
  readonly key: Expression;
  readonly keyIsName: boolean;
  readonly value: Expression;
}

/** `{ key = value, … }` */
export interface ObjectExpression extends Range {
  readonly kind: "object";
  readonly items: readonly ObjectItem[];
}

/** `[for …]` gives a tuple, `{for …}` (with `keyExpression`) an object; `grouping` is the trailing `...`. */
export interface ForExpression extends Range {
  readonly kind: "for";
  readonly keyVariable?: Identifier;
  readonly valueVariable: Identifier;
  readonly collection: Expression;
  readonly keyExpression?: Expression;
  readonly valueExpression: Expression;
  readonly condition?: Expression;
  readonly grouping: boolean;
  /** Range of the `for` keyword. */
  readonly keyword: Range;
}

/** Stands where no expression could be read. Evaluates to an unknown value of any type without another diagnostic. */
export interface ErrorExpression extends Range {
  readonly kind: "error";
}

/** Everything that has a value. */
export type Expression =
  | NumberLiteral
  | KeywordLiteral
  | TemplateExpression
  | VariableExpression
  | AttributeAccess
  | IndexExpression
  | SplatExpression
  | SplatItem
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | ParenthesizedExpression
  | TupleExpression
  | ObjectExpression
  | ForExpression
  | ErrorExpression;
