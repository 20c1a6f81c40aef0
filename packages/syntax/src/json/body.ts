import { suggestName, type Report, type SourceText, type Span } from "@hclbuild/diagnostics";
import { bodyCatalog, listKnown } from "../body-catalog.js";
import type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema } from "../body.js";
import { jsonExpression } from "./expression.js";
import type { JsonFile, JsonNode, JsonProperty, JsonString } from "./nodes.js";

interface JsonBodyState {
  readonly node: JsonNode;
  readonly source: SourceText;
  /** Type of the block whose body this is; absent for a file. */
  readonly blockType?: string;
  /** Names that earlier partial reads of the same body have taken. */
  readonly taken: ReadonlySet<string>;
  /** An earlier read has reported what is wrong with the body as a whole. */
  readonly isRemain: boolean;
}

/**
 * The body of a file in the JSON syntax (HCL JSON specification, "Structural Elements"): an object's properties are
 * arguments and blocks as the schema says, an array's objects are read as one, a property named `//` is a comment. The
 * names of a block's labels are the properties of nested objects; an array stands for several blocks, `null` for none.
 */
export function jsonBody(file: JsonFile): Body {
  const { root, source } = file;
  const { start, end } = root;
  // What else a file may hold has been reported where it was parsed.
  const node: JsonNode = root.kind === "object" || root.kind === "array" ? root : { kind: "invalid", start, end };
  return createBody({ node, source, taken: new Set(), isRemain: false });
}

function createBody(state: JsonBodyState): Body {
  const missingItemSpan = missingSpan(state);
  return {
    missingItemSpan,
    content: (schema, report) => readContent(state, schema, report, true),
    partialContent: (schema, report) => ({
      content: readContent(state, schema, report, false),
      remain: createBody({
        ...state,
        isRemain: true,
        taken: new Set([
          ...state.taken,
          ...schema.attributes.map((item) => item.name),
          ...schema.blocks.map((item) => item.type),
        ]),
      }),
    }),
    justAttributes: (report) => readAttributesOnly(state, report),
    nestedBlocks: () => [],
  };
}

/** The closing brace of an object, the opening bracket of an array. */
function missingSpan({ node, source }: JsonBodyState): Span {
  if (node.kind === "object" && node.closeBrace !== -1)
    return { file: source.name, start: node.closeBrace, end: node.closeBrace + 1 };
  const isContainer = node.kind === "object" || node.kind === "array";
  return { file: source.name, start: node.start, end: isContainer ? node.start + 1 : node.end };
}

function readContent(state: JsonBodyState, schema: BodySchema, report: Report, isFull: boolean): BodyContent {
  const attributes = new Map<string, BodyAttribute>();
  const blocks: BodyBlock[] = [];
  const attributeNames = new Set(schema.attributes.map((item) => item.name));
  const blockSchemas = new Map(schema.blocks.map((item) => [item.type, item]));
  for (const property of bodyProperties(state, report)) {
    const name = property.name.value;
    const blockSchema = blockSchemas.get(name);
    if (attributeNames.has(name)) {
      addAttribute(attributes, property, state.source, report);
    } else if (blockSchema) {
      const labelNames = blockSchema.labelNames ?? [];
      readBlocks({ type: property.name, labelNames, labels: [], source: state.source, blocks }, property.value, report);
    } else if (isFull) {
      reportUnexpected(property, schema, { attributes, source: state.source }, report);
    }
  }
  const missingItemSpan = missingSpan(state);
  for (const { name, required } of schema.attributes) {
    // The text of a value that could not be read may well have held it.
    if (!required || attributes.has(name) || state.node.kind === "invalid") continue;
    report(bodyCatalog["missing-attribute"], { span: missingItemSpan, name, jsonName: name });
  }
  return { attributes, blocks, missingItemSpan };
}

function readAttributesOnly(state: JsonBodyState, report: Report): ReadonlyMap<string, BodyAttribute> {
  const attributes = new Map<string, BodyAttribute>();
  if (state.node.kind === "array") {
    reportNotAnObject(state.node, state.source, aboutBody(state), report);
    return attributes;
  }
  for (const property of bodyProperties(state, report)) addAttribute(attributes, property, state.source, report);
  return attributes;
}

function aboutBody({ blockType }: JsonBodyState): { readonly body: string } | { readonly file: "" } {
  return blockType === undefined ? { file: "" } : { body: blockType };
}

function bodyProperties(state: JsonBodyState, report: Report): readonly JsonProperty[] {
  const nodes = state.node.kind === "array" ? state.node.items : [state.node];
  return nodes.flatMap((node) => {
    if (node.kind === "object") {
      return node.properties.filter(({ name }) => name.value !== "//" && !state.taken.has(name.value));
    }
    if (!state.isRemain) reportNotAnObject(node, state.source, aboutBody(state), report);
    return [];
  });
}

function addAttribute(
  attributes: Map<string, BodyAttribute>,
  property: JsonProperty,
  source: SourceText,
  report: Report,
): void {
  const name = property.name.value;
  const nameSpan = spanOf(property.name, source);
  const earlier = attributes.get(name);
  if (earlier !== undefined) {
    report(bodyCatalog["duplicate-attribute"], {
      span: nameSpan,
      name,
      related: [{ span: earlier.nameSpan, message: "It is first set here." }],
    });
    return;
  }
  attributes.set(name, {
    name,
    nameSpan,
    span: { file: source.name, start: property.name.start, end: property.value.end },
    expression: jsonExpression(property.value, source, report),
    source,
  });
}

interface BlockReading {
  readonly type: JsonString;
  readonly labelNames: readonly string[];
  readonly labels: readonly JsonString[];
  readonly source: SourceText;
  readonly blocks: BodyBlock[];
}

/** Goes down one level for every label, then makes a block of every body. */
function readBlocks(reading: BlockReading, node: JsonNode, report: Report): void {
  const { labelNames, labels, source } = reading;
  const label = labelNames[labels.length];
  if (label === undefined) {
    readBodies(reading, node, report);
    return;
  }
  // `null` stands for no blocks, but not for no labels within an array.
  if (node.kind === "keyword" && node.keyword === "null") return;
  const type = reading.type.value;
  const objects = node.kind === "array" ? node.items : [node];
  let count = 0;
  let hasFault = false;
  for (const object of objects) {
    if (object.kind !== "object") {
      hasFault = true;
      reportNotAnObject(object, source, { type, label: labelNames.slice(labels.length).join(", ") }, report);
      continue;
    }
    const misfit = labels.length === labelNames.length - 1 ? findMisfit(object.properties) : undefined;
    if (misfit !== undefined) {
      // What stands beside it is most likely none of the labels, either.
      hasFault = true;
      reportNotAnObject(misfit.value, source, { body: type, ...typeProperty(misfit) }, report);
      continue;
    }
    for (const property of object.properties) {
      count++;
      readBlocks({ ...reading, labels: [...labels, property.name] }, property.value, report);
    }
  }
  if (count > 0 || hasFault) return;
  report(bodyCatalog["missing-label-property"], {
    span: { file: source.name, start: node.start, end: node.start + 1 },
    type,
    label,
  });
}

/** The first property whose value cannot be a body. */
function findMisfit(properties: readonly JsonProperty[]): JsonProperty | undefined {
  const isBody = (node: JsonNode): boolean =>
    node.kind === "object" || node.kind === "invalid" || (node.kind === "keyword" && node.keyword === "null");
  return properties.find(({ value }) => !isBody(value) && !(value.kind === "array" && value.items.every(isBody)));
}

/** How the type of a block is written, for somebody who wrote it as in templates of the legacy format. */
function typeProperty({ name, value }: JsonProperty): { readonly named?: string } {
  return name.value === "type" && value.kind === "string" ? { named: JSON.stringify(value.value.slice(0, 60)) } : {};
}

function readBodies({ type, labels, source, blocks }: BlockReading, node: JsonNode, report: Report): void {
  if (node.kind === "keyword" && node.keyword === "null") return;
  if (node.kind !== "object" && node.kind !== "array") {
    reportNotAnObject(node, source, { body: type.value }, report);
    return;
  }
  const typeSpan = spanOf(type, source);
  const labelSpans = labels.map((label) => spanOf(label, source));
  for (const body of node.kind === "array" ? node.items : [node]) {
    blocks.push({
      type: type.value,
      labels: labels.map((label) => label.value),
      labelSpans,
      typeSpan,
      headerSpan: labelSpans.at(-1) ?? typeSpan,
      span: { file: source.name, start: type.start, end: body.end },
      body: createBody({ node: body, source, blockType: type.value, taken: new Set(), isRemain: false }),
    });
  }
}

function reportNotAnObject(
  node: JsonNode,
  source: SourceText,
  about: { body: string; named?: string } | { file: "" } | { type: string; label: string },
  report: Report,
): void {
  if (node.kind === "invalid") return;
  const span =
    node.kind === "array" ? { file: source.name, start: node.start, end: node.start + 1 } : spanOf(node, source);
  report(bodyCatalog["not-an-object"], { span, found: describe(node), ...about });
}

function describe(node: JsonNode): string {
  if (node.kind === "keyword") return node.keyword;
  return node.kind === "array" ? "an array" : `a ${node.kind}`;
}

interface Surroundings {
  readonly attributes: ReadonlyMap<string, BodyAttribute>;
  readonly source: SourceText;
}

function reportUnexpected(
  property: JsonProperty,
  schema: BodySchema,
  { attributes, source }: Surroundings,
  report: Report,
): void {
  // A property without a value may have another name by mistake, too.
  if (property.value.kind === "invalid") return;
  const name = property.name.value;
  const span = spanOf(property.name, source);
  const unused = schema.attributes.map((item) => item.name).filter((candidate) => !attributes.has(candidate));
  const names = [...unused, ...schema.blocks.map((item) => item.type)];
  const near = suggestName(name, names);
  const isRemark = /^[#/_$]|comment/i.test(name);
  report(bodyCatalog["unexpected-property"], {
    span,
    name,
    near,
    known: near === undefined && !isRemark ? listKnown(names) : undefined,
    hint: isRemark ? 'To leave a remark in a JSON file, use a property named "//".' : undefined,
    ...(near === undefined
      ? {}
      : { fixes: [{ title: `Change it to "${near}"`, edits: [{ span, newText: JSON.stringify(near) }] }] }),
  });
}

function spanOf(range: { readonly start: number; readonly end: number }, source: SourceText): Span {
  return { file: source.name, start: range.start, end: range.end };
}
