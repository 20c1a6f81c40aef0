import type { Span } from "@hclbuild/diagnostics";
import type { Value } from "@hclbuild/value";

/** Address of a graph node, such as `data.http.keys` or `build.web/source.docker.base`. */
export type NodeId = string;

/** One step of an absolute traversal. Index keys are known strings or numbers. */
export type Step =
  | { readonly kind: "attr"; readonly name: string; readonly span?: Span | undefined }
  | { readonly kind: "index"; readonly key: Value; readonly span?: Span | undefined };

/** Root of the {@link InputExpr} that stands for the current item inside {@link SplatExpr.each}. */
export const splatItemRoot = "\u0000splat";

interface Located {
  /** The source range of the whole expression, parentheses included. Not part of an expression's identity. */
  readonly span?: Span | undefined;
}

/** A value that is known while compiling. Never sensitive in a residual. */
export interface LitExpr extends Located {
  readonly kind: "lit";
  readonly value: Value;
}

/**
 * An absolute traversal: `var.x.y`, `local.a["b"]`, an iterator of an enclosing `for`, or the item of a splat
 * ({@link splatItemRoot}). Iterators shadow roots of the scope.
 */
export interface InputExpr extends Located {
  readonly kind: "input";
  readonly root: string;
  readonly steps: readonly Step[];
  readonly rootSpan?: Span | undefined;
}

/** An output of another node of the graph. */
export interface OutExpr extends Located {
  readonly kind: "out";
  readonly node: NodeId;
  readonly path: readonly (string | number)[];
}

/** `target[key]`; `legacy` is the old form `target.0`. */
export interface IndexExpr extends Located {
  readonly kind: "index";
  readonly target: Expr;
  readonly key: Expr;
  readonly legacy?: boolean;
  /** The brackets with the key. */
  readonly keySpan?: Span | undefined;
}

/** `target.name` on something that is not a traversal. */
export interface AttrExpr extends Located {
  readonly kind: "attr";
  readonly target: Expr;
  readonly name: string;
  readonly nameSpan?: Span | undefined;
}

/** `name(args)`; `expandFinal` is the trailing `...`. */
export interface CallExpr extends Located {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expr[];
  readonly expandFinal?: boolean;
  readonly nameSpan?: Span | undefined;
  /** The closing parenthesis: where a missing argument is reported. */
  readonly closeSpan?: Span | undefined;
}

/** Operators with one operand, as written. */
export type UnaryOperatorText = "!" | "-";
/** Operators with two operands, as written. */
export type BinaryOperatorText = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

/** An operator and its operand. */
export interface UnaryExpr extends Located {
  readonly kind: "unary";
  readonly operator: UnaryOperatorText;
  readonly operand: Expr;
}

/** An operator between two operands. */
export interface BinaryExpr extends Located {
  readonly kind: "binary";
  readonly operator: BinaryOperatorText;
  readonly left: Expr;
  readonly right: Expr;
}

/** `condition ? whenTrue : whenFalse`, and `%{if}` with templates as branches. */
export interface CondExpr extends Located {
  readonly kind: "cond";
  readonly condition: Expr;
  readonly whenTrue: Expr;
  readonly whenFalse: Expr;
}

/** `[a, b]`. */
export interface TupleExpr extends Located {
  readonly kind: "tuple";
  readonly items: readonly Expr[];
}

/** One key and value of an object expression. */
export interface ObjectExprItem {
  readonly key: Expr;
  readonly value: Expr;
  /** The key was written as a traversal without parentheses, which evaluation reports. Never in a residual. */
  readonly ambiguous?: boolean;
  /** The key was written as a name, without quotes. Only type expressions make a difference. */
  readonly bareName?: boolean;
}

/** `{ a = b }`. */
export interface ObjectExpr extends Located {
  readonly kind: "object";
  readonly items: readonly ObjectExprItem[];
}

/**
 * Concatenation of `parts`; literal text is a `lit` string. With `wrap: "single"` the one part's value is the result
 * unchanged; with `wrap: "join"` the one part gives a sequence (a `for`) whose elements are concatenated.
 */
export interface TemplateExpr extends Located {
  readonly kind: "template";
  readonly parts: readonly Expr[];
  readonly wrap?: "single" | "join";
}

/** `[for …]`, or `{for …}` when `keyExpr` is present. `grouping` collects the values of equal keys in tuples. */
export interface ForExpr extends Located {
  readonly kind: "for";
  readonly keyVar?: string;
  readonly valueVar: string;
  readonly collection: Expr;
  readonly keyExpr?: Expr;
  readonly valueExpr: Expr;
  readonly condition?: Expr;
  readonly grouping: boolean;
}

/** `target[*]…` (`full`) or `target.*…` (`attribute`). `each` names the item by {@link splatItemRoot}. */
export interface SplatExpr extends Located {
  readonly kind: "splat";
  readonly style: "full" | "attribute";
  readonly target: Expr;
  readonly each: Expr;
  readonly markerSpan?: Span | undefined;
}

/**
 * The expression IR: what the meaning of HCL expressions is defined on, and what residuals in a build graph are made
 * of. Fourteen kinds; a new one needs a new graph format. Spans help diagnostics and carry no meaning.
 */
export type Expr =
  | LitExpr
  | InputExpr
  | OutExpr
  | IndexExpr
  | AttrExpr
  | CallExpr
  | UnaryExpr
  | BinaryExpr
  | CondExpr
  | TupleExpr
  | ObjectExpr
  | TemplateExpr
  | ForExpr
  | SplatExpr;
