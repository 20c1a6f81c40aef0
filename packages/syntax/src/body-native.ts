import { suggestName, type Report, type SourceText, type Span } from "@hclbuild/diagnostics";
import type { AttributeNode, BlockNode, BodyNode } from "./ast.js";
import { bodyCatalog, listKnown } from "./body-catalog.js";
import type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema } from "./body.js";

type BlockSchema = BodySchema["blocks"][number];

/** What earlier partial reads of the same body have taken. */
interface Taken {
  readonly attributes: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

interface NativeState {
  readonly node: BodyNode;
  readonly source: SourceText;
  readonly missingItemSpan: Span;
  readonly taken: Taken;
}

/**
 * The body of a native-syntax file or block as schema-driven {@link Body}.
 *
 * Of an attribute set twice the first definition counts; the parser has reported the second. A block with the wrong
 * number of labels is reported and left out. `missingItemSpan` is the given span, else the beginning of the body; the
 * bodies of blocks that `content` returns point at their block's header.
 */
export function nativeBody(node: BodyNode, source: SourceText, missingItemSpan?: Span): Body {
  const span = missingItemSpan ?? { file: source.name, start: node.start, end: node.start };
  return createBody({ node, source, missingItemSpan: span, taken: { attributes: new Set(), blocks: new Set() } });
}

function createBody(state: NativeState): Body {
  return {
    missingItemSpan: state.missingItemSpan,
    content: (schema, report) => readContent(state, schema, report, true),
    partialContent: (schema, report) => ({
      content: readContent(state, schema, report, false),
      remain: createBody({
        ...state,
        taken: {
          attributes: new Set([...state.taken.attributes, ...schema.attributes.map((item) => item.name)]),
          blocks: new Set([...state.taken.blocks, ...schema.blocks.map((item) => item.type)]),
        },
      }),
    }),
    justAttributes: (report) => readAttributesOnly(state, report),
    nestedBlocks: () =>
      state.node.items.flatMap((item) =>
        item.kind === "attribute" || state.taken.blocks.has(item.type.text) ? [] : [toBodyBlock(item, state.source)],
      ),
  };
}

/** Span of a block's type and labels. */
export function blockHeaderSpan(block: BlockNode, source: SourceText): Span {
  const last = block.labels.at(-1) ?? block.type;
  return { file: source.name, start: block.type.start, end: last.end };
}

function readContent(state: NativeState, schema: BodySchema, report: Report, isFull: boolean): BodyContent {
  const attributes = new Map<string, BodyAttribute>();
  const blocks: BodyBlock[] = [];
  const attributeNames = new Set(schema.attributes.map((item) => item.name));
  const blockSchemas = new Map(schema.blocks.map((item) => [item.type, item]));
  const present = firstAttributes(state);
  const misusedAsBlock = new Set<string>();
  for (const item of state.node.items) {
    if (item.kind === "attribute") {
      const name = item.name.text;
      if (present.get(name) !== item || state.taken.attributes.has(name)) continue;
      if (attributeNames.has(name)) attributes.set(name, toBodyAttribute(item, state.source));
      else if (isFull) reportUnsupportedAttribute({ item, schema, present, source: state.source }, report);
      continue;
    }
    const type = item.type.text;
    if (state.taken.blocks.has(type)) continue;
    const blockSchema = blockSchemas.get(type);
    if (blockSchema) {
      const block = readBlock(item, blockSchema, state.source, report);
      if (block) blocks.push(block);
    } else if (isFull) {
      if (attributeNames.has(type)) misusedAsBlock.add(type);
      reportUnsupportedBlock(item, schema, state.source, report);
    }
  }
  for (const { name, required } of schema.attributes) {
    if (!required || attributes.has(name) || misusedAsBlock.has(name)) continue;
    report(bodyCatalog["missing-attribute"], { span: state.missingItemSpan, name, nativeName: name });
  }
  return { attributes, blocks, missingItemSpan: state.missingItemSpan };
}

/** The first definition of every attribute. */
function firstAttributes({ node }: NativeState): ReadonlyMap<string, AttributeNode> {
  const first = new Map<string, AttributeNode>();
  for (const item of node.items) {
    if (item.kind === "attribute" && !first.has(item.name.text)) first.set(item.name.text, item);
  }
  return first;
}

function readAttributesOnly(state: NativeState, report: Report): ReadonlyMap<string, BodyAttribute> {
  const attributes = new Map<string, BodyAttribute>();
  const present = firstAttributes(state);
  let blockReported = false;
  for (const item of state.node.items) {
    if (item.kind === "attribute") {
      if (present.get(item.name.text) === item && !state.taken.attributes.has(item.name.text)) {
        attributes.set(item.name.text, toBodyAttribute(item, state.source));
      }
    } else if (!blockReported && !state.taken.blocks.has(item.type.text)) {
      // One mistake about the kind of body gives one diagnostic, however many blocks stand in it.
      blockReported = true;
      report(bodyCatalog["unexpected-block"], {
        span: spanOf(item.type, state.source),
        context: blockHeaderSpan(item, state.source),
        type: item.type.text,
        attribute: item.labels.length === 0 ? item.type.text : undefined,
      });
    }
  }
  return attributes;
}

function readBlock(block: BlockNode, schema: BlockSchema, source: SourceText, report: Report): BodyBlock | undefined {
  const labelNames = schema.labelNames ?? [];
  const headerSpan = blockHeaderSpan(block, source);
  const extra = block.labels[labelNames.length];
  if (extra) {
    report(bodyCatalog["extra-label"], {
      span: { file: source.name, start: extra.start, end: (block.labels.at(-1) ?? extra).end },
      context: headerSpan,
      type: block.type.text,
      expected: describeLabels(labelNames),
      hint: labelNames.length === 0 ? "Write the opening brace right after the type." : "Remove what follows them.",
    });
    return undefined;
  }
  const missing = labelNames[block.labels.length];
  if (missing !== undefined) {
    report(bodyCatalog["missing-label"], {
      span: headerSpan,
      type: block.type.text,
      label: missing,
      expected: describeLabels(labelNames),
      example: exampleHeader(block, labelNames),
    });
    return undefined;
  }
  return toBodyBlock(block, source);
}

function toBodyBlock(block: BlockNode, source: SourceText): BodyBlock {
  const headerSpan = blockHeaderSpan(block, source);
  return {
    type: block.type.text,
    labels: block.labels.map((label) => label.text),
    labelSpans: block.labels.map((label) => spanOf(label, source)),
    typeSpan: spanOf(block.type, source),
    headerSpan,
    span: spanOf(block, source),
    body: nativeBody(block.body, source, headerSpan),
  };
}

function describeLabels(names: readonly string[]): string {
  if (names.length === 0) return "no labels";
  return names.length === 1
    ? `exactly one label (${names[0]})`
    : `exactly ${names.length} labels (${names.join(", ")})`;
}

function exampleHeader(block: BlockNode, labelNames: readonly string[]): string {
  const labels = labelNames.map((name, index) => JSON.stringify(block.labels[index]?.text ?? name));
  return [block.type.text, ...labels, "{"].join(" ");
}

interface UnsupportedAttribute {
  readonly item: AttributeNode;
  readonly schema: BodySchema;
  readonly present: ReadonlyMap<string, AttributeNode>;
  readonly source: SourceText;
}

function reportUnsupportedAttribute({ item, schema, present, source }: UnsupportedAttribute, report: Report): void {
  const name = item.name.text;
  const span = spanOf(item.name, source);
  const unused = schema.attributes.map((attribute) => attribute.name).filter((candidate) => !present.has(candidate));
  const near = suggestName(name, unused);
  if (schema.blocks.some((block) => block.type === name)) {
    report(bodyCatalog["unsupported-attribute"], { span, name, near, block: name });
    return;
  }
  const types = schema.blocks.map((block) => block.type);
  const advice =
    near !== undefined
      ? {}
      : schema.attributes.length > 0
        ? { known: listKnown(unused) }
        : { blocks: listKnown(types) };
  report(bodyCatalog["unsupported-attribute"], { span, name, near, ...advice, fixes: renameFixes(span, near) });
}

function reportUnsupportedBlock(item: BlockNode, schema: BodySchema, source: SourceText, report: Report): void {
  const type = item.type.text;
  const span = spanOf(item.type, source);
  const context = blockHeaderSpan(item, source);
  if (schema.attributes.some((attribute) => attribute.name === type)) {
    report(bodyCatalog["unsupported-block"], { span, context, type, attribute: type });
    return;
  }
  const types = schema.blocks.map((block) => block.type);
  const near = suggestName(type, types);
  const known = near === undefined ? listKnown(types) : undefined;
  report(bodyCatalog["unsupported-block"], { span, context, type, near, known, fixes: renameFixes(span, near) });
}

function renameFixes(
  span: Span,
  near: string | undefined,
): readonly { title: string; edits: { span: Span; newText: string }[] }[] {
  return near === undefined ? [] : [{ title: `Change it to "${near}"`, edits: [{ span, newText: near }] }];
}

function toBodyAttribute(item: AttributeNode, source: SourceText): BodyAttribute {
  return {
    name: item.name.text,
    nameSpan: spanOf(item.name, source),
    span: spanOf(item, source),
    expression: item.expression,
    source,
  };
}

function spanOf(range: { readonly start: number; readonly end: number }, source: SourceText): Span {
  return { file: source.name, start: range.start, end: range.end };
}
