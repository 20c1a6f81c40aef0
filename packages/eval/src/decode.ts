import type { Report, Span } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import type { AttributeSchema, BlockSchema, NestedBlockSchema } from "@hclbuild/schema";
import type { Body, BodyAttribute, BodyBlock, BodySchema } from "@hclbuild/syntax";
import {
  convert,
  isPrimitiveType,
  isValueError,
  markValue,
  unknownValue,
  withMarks,
  type Path,
  type Value,
} from "@hclbuild/value";
import { createBudget, type EvaluationBudget } from "./budget.js";
import { evalCatalog } from "./catalog.js";
import { pathText, spanAtPath } from "./expression-spans.js";
import { scopeOfBody } from "./iterators.js";
import { lowerExpression } from "./lower.js";
import { sentence } from "./operators.js";
import { evaluatePartially } from "./residual.js";
import type { Scope } from "./scope.js";
import { shorten } from "./traverse.js";

/** One attribute that was written. */
export interface DecodedAttribute {
  readonly name: string;
  /** Of the schema's type, or unknown of it after a mistake. Sensitive when the schema says so. */
  readonly value: Value;
  /**
   * What gives the value at run time, before conversion to the schema's type; absent when `value` is final. A literal
   * under a sensitive attribute has none: its value must not be written anywhere.
   */
  readonly residual?: Expr;
  /** The whole expression, for spans of its parts. */
  readonly expr: Expr;
  /** The expression. */
  readonly span: Span;
  /** Where a part of the value stands, or the innermost expression around it. */
  readonly partSpan: (path: Path) => Span | undefined;
  readonly nameSpan: Span;
}

/** What a body holds, by its schema. Fits `ConfigView` of the schema package. */
export interface DecodedBody {
  /** Attributes that were written, in the order of the schema. */
  readonly attributes: ReadonlyMap<string, DecodedAttribute>;
  /** Blocks by type in source order; every type of the schema has an entry. */
  readonly blocks: ReadonlyMap<string, readonly DecodedBlock[]>;
  /** Where something missing is reported. */
  readonly span: Span;
}

/** One nested block. */
export interface DecodedBlock extends DecodedBody {
  readonly type: string;
  readonly labels: readonly string[];
  readonly labelSpans: readonly Span[];
  /** The block's type and labels. */
  readonly headerSpan: Span;
  /** Stands for a number of blocks that is not known yet. */
  readonly isDeferred: boolean;
}

interface Decoder {
  readonly scope: Scope;
  readonly report: Report;
  readonly budget: EvaluationBudget;
}

/**
 * Reads a body by a component's schema: matches attributes and blocks, evaluates partially, and converts to the schema's
 * types. Everything that is wrong is reported with the span of the part at fault, and the rest is decoded all the same.
 * Choices, ranges and rules are the schema package's `checkConfig`. All attributes share one budget.
 */
export function decodeBody(body: Body, schema: BlockSchema, scope: Scope, report: Report): DecodedBody {
  return decodeContents({ scope, report, budget: createBudget() }, body, schema);
}

/** What a body is asked for on behalf of a component's schema. */
export function bodySchemaOf(schema: BlockSchema): BodySchema {
  return {
    attributes: Object.entries(schema.attributes).map(([name, attribute]) => ({
      name,
      required: attribute.required && attribute.requiredBy === "decode",
    })),
    blocks: Object.entries(schema.blocks).map(([type, block]) => ({ type, labelNames: block.labels })),
  };
}

function decodeContents(decoder: Decoder, body: Body, schema: BlockSchema): DecodedBody {
  const content = body.content(bodySchemaOf(schema), decoder.report);
  const scope = scopeOfBody(body, decoder.scope);
  const attributes = new Map<string, DecodedAttribute>();
  for (const [name, attributeSchema] of Object.entries(schema.attributes)) {
    const given = content.attributes.get(name);
    if (given !== undefined) attributes.set(name, decodeAttribute({ ...decoder, scope }, given, attributeSchema));
  }
  const blocks = new Map<string, readonly DecodedBlock[]>();
  for (const [type, nested] of Object.entries(schema.blocks)) {
    const given = content.blocks.filter((block) => block.type === type);
    blocks.set(type, decodeBlocks(decoder, given, nested));
  }
  return { attributes, blocks, span: body.missingItemSpan };
}

function decodeAttribute(decoder: Decoder, given: BodyAttribute, schema: AttributeSchema): DecodedAttribute {
  const { scope, report, budget } = decoder;
  const expr = lowerExpression(given);
  const span: Span = { file: given.source.name, start: given.expression.start, end: given.expression.end };
  const partial = evaluatePartially(expr, scope, report, { budget });
  const value = convertAttribute(decoder, { given, expr, span }, partial.value, schema);
  return {
    name: given.name,
    value: schema.sensitive ? markValue(value, "sensitive") : value,
    expr,
    span,
    partSpan: (path) => spanAtPath(expr, path).span,
    nameSpan: given.nameSpan,
    ...(partial.residual === undefined ? {} : { residual: partial.residual }),
  };
}

interface AttributePlace {
  readonly given: BodyAttribute;
  readonly expr: Expr;
  readonly span: Span;
}

function convertAttribute(decoder: Decoder, place: AttributePlace, value: Value, schema: AttributeSchema): Value {
  if (schema.type.kind === "dynamic") return value;
  const converted = convert(value, schema.type);
  if (!isValueError(converted)) return converted;
  const brackets = isLoneElement(value, schema) ? `${place.given.name} = [ … ]` : undefined;
  reportUnsuitable(decoder.report, place, { ...converted, brackets });
  return withMarks(unknownValue(schema.type), value.marks);
}

/** Whether the value would do as the only element of the list that is wanted. */
function isLoneElement(value: Value, { type }: AttributeSchema): boolean {
  if ((type.kind !== "list" && type.kind !== "set") || !isPrimitiveType(value.type)) return false;
  return !isValueError(convert(value, type.element));
}

interface Unsuitable {
  readonly message: string;
  readonly path: Path;
  readonly brackets: string | undefined;
}

function reportUnsuitable(report: Report, place: AttributePlace, { message, path, brackets }: Unsuitable): void {
  const found = spanAtPath(place.expr, path);
  report(evalCatalog["unsuitable-value"], {
    span: found.span ?? place.span,
    context: place.given.span,
    name: place.given.name,
    problem: sentence(message),
    brackets,
    path: found.rest.length === 0 ? undefined : `${place.given.name}${pathText(path)}`,
  });
}

function decodeBlocks(
  decoder: Decoder,
  given: readonly (BodyBlock & { readonly deferred?: unknown })[],
  nested: NestedBlockSchema,
): readonly DecodedBlock[] {
  const decoded: DecodedBlock[] = [];
  const keys = new Map<string, BodyBlock>();
  for (const block of given) {
    const earlier = decoded.length > 0 ? given[0] : undefined;
    if (nested.nesting === "single" && earlier !== undefined) {
      decoder.report(evalCatalog["duplicate-block"], {
        span: block.headerSpan,
        type: block.type,
        related: [{ span: earlier.headerSpan, message: "The first one is here." }],
      });
      continue;
    }
    const key = block.labels[0] ?? "";
    const same = nested.nesting === "map" && block.deferred === undefined ? keys.get(key) : undefined;
    if (same !== undefined) {
      decoder.report(evalCatalog["duplicate-block-key"], {
        span: block.labelSpans[0] ?? block.headerSpan,
        type: block.type,
        key: shorten(key),
        related: [{ span: same.headerSpan, message: "The first one is here." }],
      });
      continue;
    }
    keys.set(key, block);
    decoded.push({
      ...decodeContents(decoder, block.body, nested.body),
      type: block.type,
      labels: block.labels,
      labelSpans: block.labelSpans,
      headerSpan: block.headerSpan,
      isDeferred: block.deferred !== undefined,
    });
  }
  return decoded;
}
