import type { Report } from "@hclbuild/diagnostics";
import type { Body, BodyAttribute, BodyBlock, BodyContent } from "@hclbuild/syntax";
import {
  convert,
  dynamicUnknown,
  hasDynamic,
  isNull,
  isValueError,
  listValue,
  mapValue,
  nullValue,
  objectValue,
  refineValue,
  setValue,
  stringType,
  stringValue,
  tupleValue,
  unifyTypes,
  unknownValue,
  withoutOptional,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "../catalog.js";
import { evaluate } from "../evaluate.js";
import { scopeOfBody } from "../iterators.js";
import { lowerExpression } from "../lower.js";
import { sentence } from "../operators.js";
import type { Scope } from "../scope.js";
import { spanOfExpression } from "../static.js";
import { shorten } from "../traverse.js";
import { scopeWithNames } from "../user-functions.js";
import { schemaOfSpec, typeOfSpec, type DecoderSpec } from "./spec.js";

type SpecOf<Kind extends DecoderSpec["kind"]> = Extract<DecoderSpec, { readonly kind: Kind }>;

/** One body in decoding. */
interface BodyReading {
  readonly content: BodyContent;
  readonly labels: readonly string[];
  readonly scope: Scope;
  /** The scope of the whole file, for bodies of nested blocks. */
  readonly base: Scope;
  readonly report: Report;
}

/** Decodes a body by a specification; anything it does not name is reported. */
export function decodeSpec(body: Body, spec: DecoderSpec, scope: Scope, report: Report): Value {
  return decodeIn(body, spec, { labels: [], base: scope, report });
}

function decodeIn(body: Body, spec: DecoderSpec, outer: Pick<BodyReading, "labels" | "base" | "report">): Value {
  const content = body.content(schemaOfSpec(spec), outer.report);
  return decode({ ...outer, content, scope: scopeOfBody(body, outer.base) }, spec);
}

function decode(reading: BodyReading, spec: DecoderSpec): Value {
  switch (spec.kind) {
    case "object":
      return objectValue(new Map([...spec.properties].map(([name, inner]) => [name, decode(reading, inner)])));
    case "array":
      return tupleValue(spec.items.map((item) => decode(reading, item)));
    case "attr":
      return decodeAttr(reading, spec);
    case "literal":
      return spec.value;
    case "block":
      return decodeBlock(reading, spec);
    case "block_list":
    case "block_set":
    case "block_tuple":
      return decodeSequence(reading, spec);
    case "block_map":
    case "block_object":
      return decodeKeyed(reading, spec);
    case "block_attrs":
      return decodeBlockAttributes(reading, spec);
    case "block_label": {
      const label = reading.labels[spec.index];
      return label === undefined ? nullValue(stringType) : stringValue(label);
    }
    case "default": {
      const primary = decode(reading, spec.primary);
      return isNull(primary) ? decode(reading, spec.fallback) : primary;
    }
    case "transform": {
      const nested = decode(reading, spec.nested);
      return evaluate(spec.result, scopeWithNames(spec.scope, new Map([["nested", nested]])), reading.report);
    }
    case "refine":
      return refineValue(decode(reading, spec.nested), spec.refinement);
  }
}

function decodeAttr(reading: BodyReading, spec: SpecOf<"attr">): Value {
  const given = reading.content.attributes.get(spec.name);
  if (given === undefined) return nullValue(withoutOptional(spec.type));
  return evaluateAttribute(reading, given, spec.type);
}

function evaluateAttribute(reading: BodyReading, given: BodyAttribute, type: Type): Value {
  const value = evaluate(lowerExpression(given), reading.scope, reading.report);
  const converted = convert(value, type);
  if (!isValueError(converted)) return converted;
  reading.report(evalCatalog["unsuitable-value"], {
    span: spanOfExpression(given),
    context: given.span,
    name: given.name,
    problem: sentence(converted.message),
  });
  return unknownValue(withoutOptional(type));
}

function blocksOf(reading: BodyReading, type: string): readonly BodyBlock[] {
  return reading.content.blocks.filter((block) => block.type === type);
}

/** The one block there may be; reports a missing or second one. */
function onlyBlock(
  reading: BodyReading,
  spec: { readonly blockType: string; readonly required: boolean },
): BodyBlock | undefined {
  const { report, content } = reading;
  const [first, second] = blocksOf(reading, spec.blockType);
  if (first === undefined && spec.required) {
    report(evalCatalog["missing-block"], { span: content.missingItemSpan, type: spec.blockType });
  }
  if (first !== undefined && second !== undefined) {
    report(evalCatalog["duplicate-block"], {
      span: second.headerSpan,
      type: spec.blockType,
      related: [{ span: first.headerSpan, message: "The first one is here." }],
    });
  }
  return first;
}

function decodeBlock(reading: BodyReading, spec: SpecOf<"block">): Value {
  const block = onlyBlock(reading, spec);
  return block === undefined ? nullValue(typeOfSpec(spec.nested)) : decodeNested(reading, block, spec.nested);
}

function decodeNested(reading: BodyReading, block: BodyBlock, nested: DecoderSpec, labels = block.labels): Value {
  return decodeIn(block.body, nested, { labels, base: reading.base, report: reading.report });
}

function decodeSequence(reading: BodyReading, spec: SpecOf<"block_list" | "block_set" | "block_tuple">): Value {
  const { report, content } = reading;
  const blocks = blocksOf(reading, spec.blockType);
  const values = blocks.map((block) => decodeNested(reading, block, spec.nested));
  if (blocks.length < spec.min) {
    report(evalCatalog["too-few-blocks"], { span: content.missingItemSpan, type: spec.blockType, count: spec.min });
  }
  const surplus = spec.max > 0 ? blocks[spec.max] : undefined;
  if (surplus !== undefined) {
    report(evalCatalog["too-many-blocks"], { span: surplus.headerSpan, type: spec.blockType, count: spec.max });
  }
  if (spec.kind === "block_tuple") return tupleValue(values);
  const common = unify(values, typeOfSpec(spec.nested));
  if (common === undefined) {
    report(evalCatalog["inconsistent-blocks"], {
      span: blocks[0]?.headerSpan ?? content.missingItemSpan,
      type: spec.blockType,
    });
    return dynamicUnknown;
  }
  return spec.kind === "block_list" ? listValue(common.type, common.values) : setValue(common.type, common.values);
}

function unify(
  values: readonly Value[],
  expected: Type,
): { readonly type: Type; readonly values: readonly Value[] } | undefined {
  if (!hasDynamic(expected) || values.length === 0) return { type: expected, values };
  const type = unifyTypes(
    values.map((value) => value.type),
    { unsafe: true },
  );
  if (type === undefined) return undefined;
  const converted = values.map((value) => convert(value, type));
  return converted.some(isValueError) ? undefined : { type, values: converted as readonly Value[] };
}

/** A tree of labels. */
interface LabelLevel {
  readonly entries: Map<string, LabelLevel | Value>;
}

function isLevel(entry: LabelLevel | Value): entry is LabelLevel {
  return "entries" in entry;
}

function decodeKeyed(reading: BodyReading, spec: SpecOf<"block_map" | "block_object">): Value {
  const root: LabelLevel = { entries: new Map() };
  const headers = new Map<string, BodyBlock>();
  for (const block of blocksOf(reading, spec.blockType)) {
    const keys = block.labels.slice(0, spec.labels.length);
    const value = decodeNested(reading, block, spec.nested, block.labels.slice(spec.labels.length));
    const earlier = headers.get(JSON.stringify(keys));
    if (earlier !== undefined) {
      reading.report(evalCatalog["duplicate-block-key"], {
        span: block.headerSpan,
        type: spec.blockType,
        key: shorten(keys.join(" ")),
        related: [{ span: earlier.headerSpan, message: "The first one is here." }],
      });
      continue;
    }
    headers.set(JSON.stringify(keys), block);
    insert(root, keys, value);
  }
  if (spec.kind === "block_object") return levelToObject(root);
  if (root.entries.size === 0) return mapValue(typeOfSpec(spec.nested), {});
  return levelToMap(reading, root, spec) ?? dynamicUnknown;
}

function insert(root: LabelLevel, keys: readonly string[], value: Value): void {
  let level = root;
  for (const key of keys.slice(0, -1)) {
    const next = level.entries.get(key);
    if (next !== undefined && isLevel(next)) level = next;
    else {
      const created: LabelLevel = { entries: new Map() };
      level.entries.set(key, created);
      level = created;
    }
  }
  level.entries.set(keys.at(-1) ?? "", value);
}

function levelToObject(level: LabelLevel): Value {
  return objectValue(
    new Map([...level.entries].map(([key, entry]) => [key, isLevel(entry) ? levelToObject(entry) : entry])),
  );
}

function levelToMap(
  reading: BodyReading,
  level: LabelLevel,
  spec: SpecOf<"block_map" | "block_object">,
): Value | undefined {
  const values: Value[] = [];
  for (const entry of level.entries.values()) {
    const value = isLevel(entry) ? levelToMap(reading, entry, spec) : entry;
    if (value === undefined) return undefined;
    values.push(value);
  }
  const type = unifyTypes(
    values.map((value) => value.type),
    { unsafe: true },
  );
  const converted = type === undefined ? undefined : values.map((value) => convert(value, type));
  if (type === undefined || converted === undefined || converted.some(isValueError)) {
    const span = blocksOf(reading, spec.blockType)[0]?.headerSpan ?? reading.content.missingItemSpan;
    reading.report(evalCatalog["inconsistent-blocks"], { span, type: spec.blockType });
    return undefined;
  }
  const keys = [...level.entries.keys()];
  return mapValue(type, new Map(keys.map((key, index) => [key, converted[index] as Value])));
}

function decodeBlockAttributes(reading: BodyReading, spec: SpecOf<"block_attrs">): Value {
  const block = onlyBlock(reading, spec);
  const type = withoutOptional(spec.elementType);
  if (block === undefined) return nullValue(typeOfSpec(spec));
  const inner: BodyReading = { ...reading, scope: scopeOfBody(block.body, reading.base) };
  const entries = new Map<string, Value>();
  for (const [name, attribute] of block.body.justAttributes(reading.report)) {
    entries.set(name, evaluateAttribute(inner, attribute, spec.elementType));
  }
  if (!hasDynamic(type)) return mapValue(type, entries);
  const common = unify([...entries.values()], type);
  if (common === undefined) {
    reading.report(evalCatalog["inconsistent-blocks"], { span: block.headerSpan, type: spec.blockType });
    return dynamicUnknown;
  }
  return mapValue(common.type, new Map([...entries.keys()].map((key, index) => [key, common.values[index] as Value])));
}
