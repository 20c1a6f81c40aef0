import type { Report, SourceText, Span } from "@hclbuild/diagnostics";
import type { Expression } from "./ast.js";

/**
 * What a consumer of a body asks for. The JSON syntax cannot be read without it: whether `{"a": {"b": {}}}` is a block
 * with a label or an attribute with an object value depends on the schema alone.
 */
export interface BodySchema {
  readonly attributes: readonly { readonly name: string; readonly required?: boolean }[];
  readonly blocks: readonly { readonly type: string; readonly labelNames?: readonly string[] }[];
}

/** An expression with the text its offsets refer to. */
export interface SourcedExpression {
  readonly expression: Expression;
  readonly source: SourceText;
}

/** An attribute as a schema found it, with its places. */
export interface BodyAttribute extends SourcedExpression {
  readonly name: string;
  readonly nameSpan: Span;
  /** The whole attribute, name to end of expression. */
  readonly span: Span;
}

/** A block as a schema found it, with its places. */
export interface BodyBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly labelSpans: readonly Span[];
  readonly typeSpan: Span;
  /** The header: type and labels. Diagnostics about the block as a whole point here. */
  readonly headerSpan: Span;
  readonly span: Span;
  readonly body: Body;
}

/** What a schema found in a body. */
export interface BodyContent {
  readonly attributes: ReadonlyMap<string, BodyAttribute>;
  /** In source order across types. */
  readonly blocks: readonly BodyBlock[];
  /** Where a diagnostic about something missing points. */
  readonly missingItemSpan: Span;
}

/**
 * A body of either syntax (HCL specification, "Structural Elements"). All methods report and return what they could
 * read; none throws for bad input.
 */
export interface Body {
  /** Everything the schema names; anything else in the body is reported. */
  content(schema: BodySchema, report: Report): BodyContent;
  /** Everything the schema names, and a body of the rest. */
  partialContent(schema: BodySchema, report: Report): { readonly content: BodyContent; readonly remain: Body };
  /** The body as attributes only; blocks are reported. */
  justAttributes(report: Report): ReadonlyMap<string, BodyAttribute>;
  /** The blocks that can be told from attributes without a schema: all of the native syntax, none of JSON's. */
  nestedBlocks(): readonly BodyBlock[];
  readonly missingItemSpan: Span;
}
