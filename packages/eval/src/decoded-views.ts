import type { Span } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import type { AttributeSchema, BlockSchema, JsonValue, NestedBlockSchema } from "@hclbuild/schema";
import {
  convert,
  dynamicUnknown,
  fromJson,
  hasDynamic,
  isValueError,
  listOf,
  listValue,
  mapOf,
  mapValue,
  nullValue,
  objectOf,
  objectValue,
  setOf,
  setValue,
  stringType,
  stringValue,
  tupleValue,
  unknownValue,
  type ObjectType,
  type Type,
  type Value,
} from "@hclbuild/value";
import type { DecodedBlock, DecodedBody } from "./decode.js";
import { escapePointer, spansOfParts } from "./expression-spans.js";

/** The type of {@link valueOfBody} for a schema; parts of attributes of any type are `dynamic`. */
export function typeOfSchema(schema: BlockSchema, labels: readonly string[] = []): ObjectType {
  const attributes = new Map<string, Type>();
  for (const label of labels) attributes.set(label, stringType);
  for (const [name, attribute] of Object.entries(schema.attributes)) attributes.set(name, attribute.type);
  for (const [name, nested] of Object.entries(schema.blocks)) attributes.set(name, typeOfBlocks(nested));
  return objectOf(attributes);
}

function typeOfBlocks(nested: NestedBlockSchema): Type {
  const item = typeOfSchema(nested.body, otherLabels(nested));
  switch (nested.nesting) {
    case "single":
      return item;
    case "list":
      return listOf(item);
    case "set":
      return setOf(item);
    case "map":
      return mapOf(item);
  }
}

/** The labels that become attributes: those of a map are its keys. */
function otherLabels(nested: NestedBlockSchema): readonly string[] {
  return nested.nesting === "map" ? nested.labels.slice(1) : nested.labels;
}

/**
 * The body as one object: written attributes, the schema's defaults for the others, else null; blocks as an object, list,
 * set or map. Deferred blocks make their collection unknown. Where attributes of any type make the elements differ, a
 * list becomes a tuple and a map an object.
 */
export function valueOfBody(decoded: DecodedBody, schema: BlockSchema): Value {
  const attributes = new Map<string, Value>();
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    attributes.set(name, decoded.attributes.get(name)?.value ?? defaultOf(attribute));
  }
  for (const [name, nested] of Object.entries(schema.blocks)) {
    attributes.set(name, valueOfBlocks(decoded.blocks.get(name) ?? [], nested));
  }
  return objectValue(attributes);
}

function defaultOf(schema: AttributeSchema): Value {
  if (schema.default === undefined) return nullValue(schema.type);
  const value = valueOfJson(schema.default);
  const converted = convert(value, schema.type);
  return isValueError(converted) ? nullValue(schema.type) : converted;
}

function valueOfJson(json: JsonValue): Value {
  const value = fromJson(JSON.stringify(json));
  return isValueError(value) ? dynamicUnknown : value;
}

function valueOfBlocks(blocks: readonly DecodedBlock[], nested: NestedBlockSchema): Value {
  const type = typeOfBlocks(nested);
  if (blocks.some((block) => block.isDeferred)) return unknownValue(hasDynamic(type) ? dynamicUnknown.type : type);
  const item = typeOfSchema(nested.body, otherLabels(nested));
  const values = blocks.map((block) => valueOfBlock(block, nested));
  const isUniform = !hasDynamic(item);
  switch (nested.nesting) {
    case "single":
      return values[0] ?? nullValue(isUniform ? item : dynamicUnknown.type);
    case "list":
      return isUniform ? listValue(item, values) : tupleValue(values);
    case "set":
      return isUniform ? setValue(item, values) : tupleValue(values);
    case "map": {
      const entries = new Map(blocks.map((block, index) => [block.labels[0] ?? "", values[index] as Value]));
      return isUniform ? mapValue(item, entries) : objectValue(entries);
    }
  }
}

function valueOfBlock(block: DecodedBlock, nested: NestedBlockSchema): Value {
  const own = valueOfBody(block, nested.body);
  const offset = nested.nesting === "map" ? 1 : 0;
  const labels = otherLabels(nested);
  if (labels.length === 0) return own;
  const attributes = new Map(own.representation as ReadonlyMap<string, Value>);
  labels.forEach((label, index) => attributes.set(label, stringValue(block.labels[index + offset] ?? "")));
  return objectValue(attributes);
}

/** Spans of everything that was written, by JSON pointer into {@link valueOfBody}. */
export function spansOfBody(decoded: DecodedBody, schema: BlockSchema): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  collect(decoded, schema, "", (pointer, _, expr) => {
    for (const [inner, span] of spansOfParts(expr)) spans.set(pointer + inner, span);
  });
  return spans;
}

/** Residuals of attributes that are not final, by JSON pointer into {@link valueOfBody}. */
export function residualsOfBody(decoded: DecodedBody, schema: BlockSchema): ReadonlyMap<string, Expr> {
  const residuals = new Map<string, Expr>();
  collect(decoded, schema, "", (pointer, residual) => {
    if (residual !== undefined) residuals.set(pointer, residual);
  });
  return residuals;
}

function collect(
  decoded: DecodedBody,
  schema: BlockSchema,
  pointer: string,
  use: (pointer: string, residual: Expr | undefined, expr: Expr) => void,
): void {
  for (const [name, attribute] of decoded.attributes) {
    use(`${pointer}/${escapePointer(name)}`, attribute.residual, attribute.expr);
  }
  for (const [name, nested] of Object.entries(schema.blocks)) {
    const base = `${pointer}/${escapePointer(name)}`;
    for (const [index, block] of (decoded.blocks.get(name) ?? []).entries()) {
      const key =
        nested.nesting === "single"
          ? ""
          : nested.nesting === "map"
            ? `/${escapePointer(block.labels[0] ?? "")}`
            : `/${String(index)}`;
      collect(block, nested.body, base + key, use);
    }
  }
}
