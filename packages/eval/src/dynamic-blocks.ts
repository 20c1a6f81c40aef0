import type { Report, Span } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import {
  bodyCatalog,
  type Body,
  type BodyAttribute,
  type BodyBlock,
  type BodyContent,
  type BodySchema,
} from "@hclbuild/syntax";
import {
  asText,
  containsMark,
  convert,
  dynamicUnknown,
  elementsOf,
  hasMark,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  numberValue,
  stringType,
  withMarks,
  type Value,
} from "@hclbuild/value";
import { createBudget, type EvaluationBudget } from "./budget.js";
import { evalCatalog } from "./catalog.js";
import { evaluate } from "./evaluate.js";
import { iterationProblem, iterationsOf } from "./for-expressions.js";
import { scopeWithIterators, type ExpandedBody, type IteratorBinding } from "./iterators.js";
import { lowerExpression } from "./lower.js";
import { sentence } from "./operators.js";
import { evaluatePartially, type PartialValue } from "./residual.js";
import type { Scope } from "./scope.js";
import { spanOfExpression, staticKeyword, staticList } from "./static.js";

/** A block that a dynamic block produced or that stood in the body as it is. */
export interface ExpandedBlock extends BodyBlock {
  readonly body: ExpandedBody;
  /**
   * The number of blocks is not known yet: this one stands for all of them, its iterator is unknown, and its contents
   * can only be checked.
   */
  readonly deferred?: { readonly span: Span };
}

/** What limits the expansion of dynamic blocks. */
export interface DynamicBlockOptions {
  /** Block types that may be produced; without it, every type that the schema names. */
  readonly allowed?: (type: string) => boolean;
  readonly budget?: EvaluationBudget;
}

/** What the expansion of one body and everything inside it shares. */
interface Expansion {
  readonly scope: Scope;
  readonly options: DynamicBlockOptions;
  readonly budget: EvaluationBudget;
}

/**
 * The body with its `dynamic "TYPE" { for_each iterator labels content }` blocks replaced by the blocks they stand for,
 * at every depth, as soon as a schema asks for TYPE. Expressions in their contents see the iterators (see `scopeOfBody`).
 * `for_each` is evaluated in `scope`; when it is unknown, one deferred block stands for all.
 */
export function expandDynamicBlocks(body: Body, scope: Scope, options: DynamicBlockOptions = {}): ExpandedBody {
  return expandBody({ scope, options, budget: options.budget ?? createBudget() }, body, { iterators: [], pending: [] });
}

/** What is known about one body inside an expansion. */
interface BodyState {
  readonly iterators: readonly IteratorBinding[];
  /** Dynamic blocks of types that earlier partial reads did not ask for. */
  readonly pending: readonly BodyBlock[];
}

const dynamicType = "dynamic";
const dynamicSchema: BodySchema["blocks"][number] = { type: dynamicType, labelNames: ["type"] };

function expandBody(expansion: Expansion, body: Body, state: BodyState): ExpandedBody {
  const extend = (schema: BodySchema): BodySchema =>
    schema.blocks.length === 0 ? schema : { ...schema, blocks: [...schema.blocks, dynamicSchema] };
  return {
    iterators: state.iterators,
    missingItemSpan: body.missingItemSpan,
    content(schema, report) {
      const raw = body.content(extend(schema), report);
      const { content, rest } = expandContent({ expansion, state, schema, report }, raw);
      for (const block of rest) {
        const type = block.labels[0] as string;
        report(bodyCatalog["unsupported-block"], { span: block.labelSpans[0] ?? block.headerSpan, type });
      }
      return content;
    },
    partialContent(schema, report) {
      const raw = body.partialContent(extend(schema), report);
      const { content, rest } = expandContent({ expansion, state, schema, report }, raw.content);
      return { content, remain: expandBody(expansion, raw.remain, { ...state, pending: rest }) };
    },
    justAttributes: (report) => body.justAttributes(report),
    nestedBlocks: () => body.nestedBlocks(),
  };
}

interface ContentRequest {
  readonly expansion: Expansion;
  readonly state: BodyState;
  readonly schema: BodySchema;
  readonly report: Report;
}

function expandContent(
  request: ContentRequest,
  raw: BodyContent,
): { readonly content: BodyContent; readonly rest: readonly BodyBlock[] } {
  const { expansion, state, schema } = request;
  const blocks: ExpandedBlock[] = [];
  const rest: BodyBlock[] = [];
  const expandInto = (block: BodyBlock): void => {
    const wanted = schema.blocks.find((candidate) => candidate.type === block.labels[0]);
    const isAllowed = expansion.options.allowed?.(block.labels[0] as string) ?? true;
    if (wanted === undefined || !isAllowed) rest.push(block);
    else for (const produced of expandBlock(request, block, wanted)) blocks.push(produced);
  };
  for (const block of state.pending) expandInto(block);
  for (const block of raw.blocks) {
    if (block.type === dynamicType && !schema.blocks.some((candidate) => candidate.type === dynamicType))
      expandInto(block);
    else
      blocks.push({ ...block, body: expandBody(expansion, block.body, { iterators: state.iterators, pending: [] }) });
  }
  return { content: { ...raw, blocks }, rest };
}

/** One dynamic block as it is written. */
interface DynamicBlock {
  readonly block: BodyBlock;
  readonly type: string;
  readonly forEach: BodyAttribute;
  readonly iterator: string;
  readonly labels: BodyAttribute | undefined;
  readonly content: BodyBlock;
  readonly labelNames: readonly string[];
}

const dynamicBodySchema: BodySchema = {
  attributes: [{ name: "for_each", required: true }, { name: "iterator" }, { name: "labels" }],
  blocks: [{ type: "content" }],
};

function readDynamicBlock(
  request: ContentRequest,
  block: BodyBlock,
  wanted: BodySchema["blocks"][number],
): DynamicBlock | undefined {
  const { report } = request;
  const { attributes, blocks } = block.body.content(dynamicBodySchema, report);
  const type = block.labels[0] as string;
  const forEach = attributes.get("for_each");
  const labels = attributes.get("labels");
  const iteratorAttribute = attributes.get("iterator");
  const iterator = iteratorAttribute === undefined ? type : staticKeyword(iteratorAttribute);
  if (iterator === undefined && iteratorAttribute !== undefined) {
    report(evalCatalog["dynamic-iterator"], { span: spanOfExpression(iteratorAttribute) });
  }
  const [content] = blocks;
  if (content === undefined) {
    report(evalCatalog["dynamic-content"], { span: block.body.missingItemSpan, problem: "There is none" });
  } else if (blocks[1] !== undefined) {
    report(evalCatalog["dynamic-content"], { span: blocks[1].headerSpan, problem: "This is the second one" });
  }
  if (forEach === undefined || iterator === undefined || content === undefined) return undefined;
  return { block, type, forEach, iterator, labels, content, labelNames: wanted.labelNames ?? [] };
}

function expandBlock(
  request: ContentRequest,
  block: BodyBlock,
  wanted: BodySchema["blocks"][number],
): readonly ExpandedBlock[] {
  const dynamic = readDynamicBlock(request, block, wanted);
  if (dynamic === undefined) return [];
  const { expansion, state, report } = request;
  const scope = scopeWithIterators(expansion.scope, state.iterators);
  const expr = lowerExpression(dynamic.forEach);
  const collection = evaluatePartially(expr, scope, report, { budget: expansion.budget });
  const problem = iterationProblem(collection.value);
  if (problem !== undefined) {
    report(evalCatalog["dynamic-for-each"], { span: expr.span, problem });
    return [];
  }
  if (!hasKnownShape(collection.value)) return produceDeferred(request, dynamic, collection.value);
  const produced: ExpandedBlock[] = [];
  let position = 0;
  for (const [key, value] of iterationsOf(collection.value)) {
    if (!expansion.budget.charge(100)) {
      report(evalCatalog["limit-exceeded"], {
        span: expr.span,
        what: "steps",
        limit: `${String(expansion.budget.limits.steps)} steps`,
      });
      break;
    }
    const binding = bindIterator(dynamic.iterator, { key, value, collection, position: position++ });
    const one = produceBlock(request, dynamic, binding);
    if (one !== undefined) produced.push(one);
  }
  return produced;
}

/** Whether it is known how many blocks there are and what their keys are. */
function hasKnownShape(collection: Value): boolean {
  return isKnown(collection) && (collection.type.kind !== "set" || isWhollyKnown(collection));
}

interface Iteration {
  readonly key: Value;
  readonly value: Value;
  readonly collection: PartialValue;
  readonly position: number;
}

function bindIterator(name: string, iteration: Iteration): IteratorBinding {
  const { key, value, collection } = iteration;
  const { marks } = collection.value;
  return {
    name,
    key: withMarks(key, marks),
    value: withMarks(value, marks),
    ...(collection.residual === undefined ? {} : residualsOf(iteration, collection.residual)),
  };
}

/** Elements are named by their key, and by their position where the key is secret or the element itself. */
function residualsOf(
  { key, collection, position }: Iteration,
  residual: Expr,
): Pick<IteratorBinding, "residual" | "keyResidual"> {
  const { value } = collection;
  const { kind } = value.type;
  const isSequence = kind === "list" || kind === "tuple";
  if (kind !== "set" && (isSequence || !hasMark(value, "sensitive"))) {
    const literal: Expr = { kind: "lit", value: key };
    return { residual: { kind: "index", target: residual, key: literal }, keyResidual: literal };
  }
  const pick = (root: "key" | "value"): Expr => ({
    kind: "index",
    target: {
      kind: "for",
      keyVar: "key",
      valueVar: "value",
      collection: residual,
      valueExpr: { kind: "input", root, steps: [] },
      grouping: false,
    },
    key: { kind: "lit", value: numberValue(position) },
  });
  return { residual: pick("value"), keyResidual: pick("key") };
}

function produceDeferred(request: ContentRequest, dynamic: DynamicBlock, collection: Value): readonly ExpandedBlock[] {
  const unknown = withMarks(dynamicUnknown, collection.marks);
  const binding: IteratorBinding = { name: dynamic.iterator, key: unknown, value: unknown };
  const block = produceBlock(request, dynamic, binding);
  return block === undefined ? [] : [{ ...block, deferred: { span: spanOfExpression(dynamic.forEach) } }];
}

function produceBlock(
  request: ContentRequest,
  dynamic: DynamicBlock,
  binding: IteratorBinding,
): ExpandedBlock | undefined {
  const { expansion, state } = request;
  const iterators = [...state.iterators.filter(({ name }) => name !== binding.name), binding];
  const labels = evaluateLabels(request, dynamic, scopeWithIterators(expansion.scope, iterators));
  if (labels === undefined) return undefined;
  const { block, content, type } = dynamic;
  return {
    type,
    labels: labels.map(({ text }) => text),
    labelSpans: labels.map(({ span }) => span),
    typeSpan: block.labelSpans[0] ?? block.typeSpan,
    headerSpan: block.headerSpan,
    span: block.span,
    body: expandBody(expansion, content.body, { iterators, pending: [] }),
  };
}

interface ProducedLabel {
  readonly text: string;
  readonly span: Span;
}

/** The text of a label that is not known yet. Only deferred blocks have such labels. */
export const unknownLabel = "<unknown>";

function evaluateLabels(
  request: ContentRequest,
  dynamic: DynamicBlock,
  scope: Scope,
): readonly ProducedLabel[] | undefined {
  const { report, expansion } = request;
  const { labels, labelNames, block, type } = dynamic;
  const options = { budget: expansion.budget };
  if (labels === undefined && labelNames.length === 0) return [];
  const written = labels === undefined ? [] : staticList(labels);
  const values: { readonly value: Value; readonly span: Span }[] = [];
  if (written !== undefined) {
    for (const item of written) {
      values.push({ value: evaluate(lowerExpression(item), scope, report, options), span: spanOfExpression(item) });
    }
  } else if (labels !== undefined) {
    const span = spanOfExpression(labels);
    const list = evaluate(lowerExpression(labels), scope, report, options);
    const { kind } = list.type;
    if (!isKnown(list) || isNull(list) || (kind !== "list" && kind !== "tuple")) {
      report(evalCatalog["dynamic-label"], { span, problem: "A list of strings is needed" });
      return undefined;
    }
    for (const value of elementsOf(list)) values.push({ value: withMarks(value, list.marks), span });
  }
  if (values.length !== labelNames.length) {
    const span = labels === undefined ? block.headerSpan : spanOfExpression(labels);
    const needs =
      labelNames.length === 0
        ? "no labels"
        : labelNames.length === 1
          ? "one label"
          : `${String(labelNames.length)} labels`;
    const problem = `A block of type "${type}" has ${needs}, but there ${values.length === 1 ? "is 1" : `are ${String(values.length)}`}`;
    report(evalCatalog["dynamic-label"], { span, problem });
    return undefined;
  }
  const texts: ProducedLabel[] = [];
  for (const { value, span } of values) {
    const text = labelText(value);
    if (typeof text === "string") texts.push({ text, span });
    else {
      report(evalCatalog["dynamic-label"], { span, problem: text.problem });
      return undefined;
    }
  }
  return texts;
}

function labelText(value: Value): string | { readonly problem: string } {
  if (isNull(value)) return { problem: "It is null" };
  if (containsMark(value, "sensitive")) return { problem: "It is sensitive, and labels are shown" };
  const converted = convert(value, stringType);
  if (isValueError(converted)) return { problem: sentence(converted.message) };
  return isKnown(converted) ? asText(converted) : unknownLabel;
}
