import type { Report } from "@hclbuild/diagnostics";
import type { Body, BodyAttribute, BodyBlock, BodySchema } from "@hclbuild/syntax";
import {
  asBoolean,
  asJsNumber,
  asText,
  convert,
  dynamicType,
  isKnown,
  isNull,
  isValueError,
  nullValue,
  numberType,
  boolType,
  stringType,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "../catalog.js";
import { evaluate } from "../evaluate.js";
import { createFunctionTable, type FunctionTable, type LazyFunction } from "../functions/definition.js";
import { lowerExpression } from "../lower.js";
import { createScope, noFunctions, type Scope } from "../scope.js";
import { spanOfExpression } from "../static.js";
import { parseTypeExpression } from "../type-expression.js";
import { readUserFunctions } from "../user-functions.js";
import type { DecoderSpec } from "./spec.js";

/** A decoder specification with what it defines for its inputs. */
export interface SpecFile {
  readonly spec: DecoderSpec;
  readonly variables: ReadonlyMap<string, Value>;
  /** Functions that inputs may call. */
  readonly functions: FunctionTable;
}

const specTypes = [
  "object",
  "array",
  "attr",
  "literal",
  "block",
  "block_list",
  "block_set",
  "block_tuple",
  "block_map",
  "block_object",
  "block_attrs",
  "block_label",
  "default",
  "transform",
] as const;

interface Reader {
  readonly report: Report;
  /** For expressions of the specification itself. */
  readonly scope: Scope;
}

/** Reads a specification file. `functions` may be used in the specification's own expressions. */
export function readSpecFile(body: Body, report: Report, functions: FunctionTable = noFunctions): SpecFile | undefined {
  const scope = createScope({}, functions);
  const { functions: own, remain } = readUserFunctions(body, () => scope, report);
  const variableSchema: BodySchema = { attributes: [], blocks: [{ type: "variables" }] };
  const { content, remain: rest } = remain.partialContent(variableSchema, report);
  const variables = new Map<string, Value>();
  for (const block of content.blocks) {
    for (const [name, attribute] of block.body.justAttributes(report)) {
      variables.set(name, evaluate(lowerExpression(attribute), scope, report));
    }
  }
  const spec = readOnlySpec({ report, scope }, rest, "");
  if (spec === undefined) return undefined;
  return { spec, variables, functions: createFunctionTable(own satisfies readonly LazyFunction[], functions.host) };
}

function readSpecs(
  reader: Reader,
  body: Body,
  isLabeled: boolean,
): readonly { readonly label: string; readonly spec: DecoderSpec }[] {
  const labelNames = isLabeled ? ["name"] : [];
  const content = body.content(
    { attributes: [], blocks: specTypes.map((type) => ({ type, labelNames })) },
    reader.report,
  );
  const specs: { readonly label: string; readonly spec: DecoderSpec }[] = [];
  for (const block of content.blocks) {
    const label = block.labels[0] ?? "";
    const spec = readSpec(reader, block, label);
    if (spec !== undefined) specs.push({ label, spec });
  }
  return specs;
}

function readOnlySpec(reader: Reader, body: Body, defaultName: string): DecoderSpec | undefined {
  const content = body.content({ attributes: [], blocks: specTypes.map((type) => ({ type })) }, reader.report);
  const [first, second] = content.blocks;
  if (first === undefined) {
    reader.report(evalCatalog["invalid-spec"], {
      span: body.missingItemSpan,
      problem: "One specification block is needed here",
    });
    return undefined;
  }
  if (second !== undefined) {
    reader.report(evalCatalog["invalid-spec"], {
      span: second.headerSpan,
      problem: "Only one specification block may be here",
    });
  }
  return readSpec(reader, first, defaultName);
}

function readSpec(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  switch (block.type as (typeof specTypes)[number]) {
    case "object":
      return {
        kind: "object",
        properties: new Map(readSpecs(reader, block.body, true).map(({ label, spec }) => [label, spec])),
      };
    case "array":
      return { kind: "array", items: readSpecs(reader, block.body, false).map(({ spec }) => spec) };
    case "attr":
      return readAttr(reader, block, name);
    case "literal":
      return readLiteral(reader, block);
    case "block":
      return readBlock(reader, block, name);
    case "block_list":
    case "block_set":
    case "block_tuple":
      return readSequence(reader, block, name);
    case "block_map":
    case "block_object":
      return readKeyed(reader, block, name);
    case "block_attrs":
      return readBlockAttrs(reader, block, name);
    case "block_label":
      return readLabel(reader, block, name);
    case "default":
      return readDefault(reader, block, name);
    case "transform":
      return readTransform(reader, block, name);
  }
}

type Attributes = ReadonlyMap<string, BodyAttribute>;

function leaf(reader: Reader, block: BodyBlock, names: readonly string[]): Attributes {
  return block.body.content({ attributes: names.map((name) => ({ name })), blocks: [] }, reader.report).attributes;
}

function branch(
  reader: Reader,
  block: BodyBlock,
  names: readonly string[],
): { readonly attributes: Attributes; readonly remain: Body } {
  const schema: BodySchema = { attributes: names.map((name) => ({ name })), blocks: [] };
  const { content, remain } = block.body.partialContent(schema, reader.report);
  return { attributes: content.attributes, remain };
}

function valueOf(reader: Reader, attribute: BodyAttribute | undefined, type: Type): Value | undefined {
  if (attribute === undefined) return undefined;
  const value = convert(evaluate(lowerExpression(attribute), reader.scope, reader.report), type);
  if (!isValueError(value)) return isKnown(value) && !isNull(value) ? value : undefined;
  reader.report(evalCatalog["invalid-spec"], { span: spanOfExpression(attribute), problem: value.message });
  return undefined;
}

function textOf(reader: Reader, attribute: BodyAttribute | undefined, fallback: string, block: BodyBlock): string {
  const value = valueOf(reader, attribute, stringType);
  if (value !== undefined) return asText(value);
  if (fallback === "" && attribute === undefined) {
    reader.report(evalCatalog["invalid-spec"], {
      span: block.headerSpan,
      problem: "The name of what it reads is missing",
    });
  }
  return fallback;
}

function flagOf(reader: Reader, attribute: BodyAttribute | undefined): boolean {
  const value = valueOf(reader, attribute, boolType);
  return value === undefined ? false : asBoolean(value);
}

function countOf(reader: Reader, attribute: BodyAttribute | undefined): number {
  const value = valueOf(reader, attribute, numberType);
  return value === undefined ? 0 : (asJsNumber(value) ?? 0);
}

function typeOf(reader: Reader, attribute: BodyAttribute | undefined): Type {
  return attribute === undefined ? dynamicType : parseTypeExpression(attribute, reader.report, "constraint").type;
}

function readAttr(reader: Reader, block: BodyBlock, name: string): DecoderSpec {
  const attributes = leaf(reader, block, ["name", "type", "required"]);
  return {
    kind: "attr",
    name: textOf(reader, attributes.get("name"), name, block),
    type: typeOf(reader, attributes.get("type")),
    required: flagOf(reader, attributes.get("required")),
  };
}

function readLiteral(reader: Reader, block: BodyBlock): DecoderSpec {
  const value = leaf(reader, block, ["value"]).get("value");
  return {
    kind: "literal",
    value: value === undefined ? nullValue(dynamicType) : evaluate(lowerExpression(value), reader.scope, reader.report),
  };
}

function readBlock(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  const { attributes, remain } = branch(reader, block, ["block_type", "required"]);
  const nested = readOnlySpec(reader, remain, "");
  if (nested === undefined) return undefined;
  const blockType = textOf(reader, attributes.get("block_type"), name, block);
  return { kind: "block", blockType, nested, required: flagOf(reader, attributes.get("required")) };
}

function readSequence(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  const { attributes, remain } = branch(reader, block, ["block_type", "min_items", "max_items"]);
  const nested = readOnlySpec(reader, remain, "");
  if (nested === undefined) return undefined;
  return {
    kind: block.type as "block_list" | "block_set" | "block_tuple",
    blockType: textOf(reader, attributes.get("block_type"), name, block),
    nested,
    min: countOf(reader, attributes.get("min_items")),
    max: countOf(reader, attributes.get("max_items")),
  };
}

function readKeyed(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  const { attributes, remain } = branch(reader, block, ["block_type", "labels"]);
  const nested = readOnlySpec(reader, remain, "");
  const labels = valueOf(reader, attributes.get("labels"), { kind: "list", element: stringType });
  if (labels === undefined) {
    reader.report(evalCatalog["invalid-spec"], { span: block.headerSpan, problem: "It needs the names of the labels" });
  }
  if (nested === undefined || labels === undefined) return undefined;
  return {
    kind: block.type as "block_map" | "block_object",
    blockType: textOf(reader, attributes.get("block_type"), name, block),
    nested,
    labels: (labels.representation as readonly Value[]).map(asText),
  };
}

function readBlockAttrs(reader: Reader, block: BodyBlock, name: string): DecoderSpec {
  const attributes = leaf(reader, block, ["block_type", "element_type", "required"]);
  return {
    kind: "block_attrs",
    blockType: textOf(reader, attributes.get("block_type"), name, block),
    elementType: typeOf(reader, attributes.get("element_type")),
    required: flagOf(reader, attributes.get("required")),
  };
}

function readLabel(reader: Reader, block: BodyBlock, name: string): DecoderSpec {
  const attributes = leaf(reader, block, ["index", "name"]);
  const text = textOf(reader, attributes.get("name"), name, block);
  return { kind: "block_label", index: countOf(reader, attributes.get("index")), name: text };
}

function readDefault(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  const content = block.body.content({ attributes: [], blocks: specTypes.map((type) => ({ type })) }, reader.report);
  const specs = content.blocks.map((inner) => readSpec(reader, inner, name)).filter((spec) => spec !== undefined);
  if (specs.length === 0) {
    reader.report(evalCatalog["invalid-spec"], {
      span: block.headerSpan,
      problem: "At least one specification block is needed here",
    });
    return undefined;
  }
  return specs.reduceRight((fallback, primary) => ({ kind: "default", primary, fallback }));
}

function readTransform(reader: Reader, block: BodyBlock, name: string): DecoderSpec | undefined {
  const { attributes, remain } = branch(reader, block, ["result"]);
  const nested = readOnlySpec(reader, remain, name);
  const result = attributes.get("result");
  if (result === undefined) {
    reader.report(evalCatalog["invalid-spec"], { span: block.headerSpan, problem: "It needs a result" });
  }
  if (nested === undefined || result === undefined) return undefined;
  return { kind: "transform", nested, result: lowerExpression(result), scope: reader.scope };
}
