import { isEmptyMarks } from "./marks.js";
import { commonElementType } from "./element-type.js";
import { convert } from "./convert/convert.js";
import { isInfinite, type HclNumber } from "./number.js";
import { numToText } from "./number-text.js";
import { isJsonArray, parseLosslessJson, quoteJson, type JsonObject, type LosslessJson } from "./json.js";
import { attributeStep, indexStep } from "./path.js";
import { setValue } from "./set.js";
import { normalizeText } from "./text.js";
import { typeFromJson, typeToJsonText } from "./type-json.js";
import {
  boolType,
  dynamicType,
  numberType,
  objectOf,
  stringType,
  tupleOf,
  typesEqual,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type PrimitiveType,
  type TupleType,
  type Type,
} from "./type.js";
import {
  boolValue,
  isKnown,
  listValue,
  mapValue,
  normalizedString,
  nullValue,
  numberFromText,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  type Value,
} from "./value.js";
import { atStep, valueError, type ValueError } from "./value-error.js";

/**
 * Writes a value as JSON text. Without a type its own is used, and the text does not tell it; where the given type has
 * `dynamic`, the text carries the type as `{"value":…,"type":…}` (cty's convention). The value must already have the
 * given type apart from that. Unknown parts, marked parts and infinities are errors with a path: marks must be dealt
 * with before text leaves the program.
 */
export function toJson(value: Value, type: Type = value.type): string | ValueError {
  const parts: string[] = [];
  return writeJson(value, type, parts) ?? parts.join("");
}

function writeJson(value: Value, type: Type, out: string[]): ValueError | undefined {
  if (!isEmptyMarks(value.marks)) return valueError("value has marks, so it cannot be serialized as JSON");
  if (!isKnown(value)) return valueError("value is not known");
  if (type.kind === "dynamic" && value.type.kind !== "dynamic") {
    out.push('{"value":');
    const error = writeJson(value, value.type, out);
    out.push(',"type":', typeToJsonText(value.type), "}");
    return error;
  }
  const { representation } = value;
  if (representation === null) {
    out.push("null");
    return undefined;
  }
  if (Array.isArray(representation)) return writeArray(value, type, out);
  if (representation instanceof Map) return writeObject(value, type, out);
  if (typeof representation === "string") out.push(quoteJson(representation));
  else if (typeof representation === "boolean") out.push(representation ? "true" : "false");
  else {
    const n = representation as HclNumber;
    if (isInfinite(n)) return valueError("cannot serialize infinity as JSON");
    out.push(numToText(n));
  }
  return undefined;
}

function writeArray(value: Value, type: Type, out: string[]): ValueError | undefined {
  out.push("[");
  for (const [index, part] of (value.representation as readonly Value[]).entries()) {
    if (index > 0) out.push(",");
    const partType = type.kind === "tuple" ? (type.elements[index] ?? part.type) : (type as CollectionType).element;
    const error = writeJson(part, partType, out);
    if (error) return atStep(indexStep(type.kind === "set" ? part : numberValue(index)), error);
  }
  out.push("]");
  return undefined;
}

function writeObject(value: Value, type: Type, out: string[]): ValueError | undefined {
  out.push("{");
  let first = true;
  for (const [name, part] of value.representation as ReadonlyMap<string, Value>) {
    out.push(first ? "" : ",", quoteJson(name), ":");
    first = false;
    const partType = type.kind === "object" ? (type.attributes[name] ?? part.type) : (type as CollectionType).element;
    const error = writeJson(part, partType, out);
    if (error) return atStep(type.kind === "object" ? attributeStep(name) : indexStep(normalizedString(name)), error);
  }
  out.push("}");
  return undefined;
}

function parsed(source: string | LosslessJson): LosslessJson | ValueError {
  return typeof source === "string" ? parseLosslessJson(source) : source;
}

function isError(json: LosslessJson | ValueError): json is ValueError {
  return typeof json === "object" && json !== null && "kind" in json && json.kind === "value-error";
}

/**
 * The type that JSON has by itself: objects and tuples with the types of their parts, `dynamic` for null. Takes JSON
 * text, or parsed JSON other than a string. A repeated property is an error unless its types are equal.
 */
export function impliedType(source: string | LosslessJson): Type | ValueError {
  const json = parsed(source);
  return isError(json) ? json : typeOfJson(json);
}

function typeOfJson(json: LosslessJson): Type | ValueError {
  if (json === null) return dynamicType;
  if (typeof json === "string") return stringType;
  if (typeof json === "boolean") return boolType;
  if (isJsonArray(json)) {
    const elements: Type[] = [];
    for (const item of json) {
      const type = typeOfJson(item);
      if (type.kind === "value-error") return type;
      elements.push(type);
    }
    return tupleOf(elements);
  }
  if (json.kind === "number") return numberType;
  const attributes = new Map<string, Type>();
  for (const [rawName, property] of json.properties) {
    const name = normalizeText(rawName);
    const type = typeOfJson(property);
    if (type.kind === "value-error") return type;
    const before = attributes.get(name);
    if (before !== undefined && !typesEqual(before, type)) {
      return valueError(`duplicate ${JSON.stringify(name)} property in JSON object`);
    }
    attributes.set(name, type);
  }
  return objectOf(attributes);
}

/**
 * Reads a value of a type from JSON text, or from parsed JSON other than a string. Without a type the implied one is
 * used. Strings, numbers and bools stand for each other where they convert; missing attributes are null; where the
 * type is `dynamic` a `{"value":…,"type":…}` wrapper is expected. Errors carry the path.
 */
export function fromJson(source: string | LosslessJson, type?: Type): Value | ValueError {
  const json = parsed(source);
  return isError(json) ? json : fromParsedJson(json, type);
}

/** As {@link fromJson} for parsed JSON of any kind: a string is a JSON string here, not text to parse. */
export function fromParsedJson(json: LosslessJson, type?: Type): Value | ValueError {
  if (type !== undefined) return readJson(json, withoutOptional(type));
  const implied = typeOfJson(json);
  return implied.kind === "value-error" ? implied : readJson(json, implied);
}

function readJson(json: LosslessJson, type: Type): Value | ValueError {
  if (json === null) return nullValue(type);
  switch (type.kind) {
    case "dynamic":
      return readDynamic(json);
    case "list":
    case "set":
      return readSequence(json, type);
    case "tuple":
      return readTuple(json, type);
    case "map":
      return readMap(json, type);
    case "object":
      return readAttributes(json, type);
    default:
      return readPrimitive(json, type);
  }
}

function readPrimitive(json: LosslessJson, type: PrimitiveType): Value | ValueError {
  const refuse = (): ValueError => valueError(`${type.kind} is required`);
  if (typeof json === "boolean") {
    return type.kind === "bool" ? boolValue(json) : type.kind === "string" ? stringValue(String(json)) : refuse();
  }
  if (typeof json === "string") {
    if (type.kind === "string") return stringValue(json);
    const converted = convert(stringValue(json), type);
    return "kind" in converted ? valueError(converted.message) : converted;
  }
  if (isJsonArray(json as LosslessJson) || (json as JsonObject | { kind: "number" }).kind !== "number") return refuse();
  const { text } = json as { readonly text: string };
  if (type.kind === "string") return stringValue(text);
  if (type.kind === "bool") return refuse();
  return numberFromText(text) ?? valueError("the number is out of range");
}

function readItems(items: readonly LosslessJson[], typeAt: (index: number) => Type): Value[] | ValueError {
  const values: Value[] = [];
  for (const [index, item] of items.entries()) {
    const value = readJson(item, typeAt(index));
    if ("kind" in value) return atStep(indexStep(numberValue(index)), value);
    values.push(value);
  }
  return values;
}

function readSequence(json: LosslessJson, type: CollectionType): Value | ValueError {
  if (!isJsonArray(json)) return valueError("missing expected [");
  const values = readItems(json, () => type.element);
  if ("kind" in values) return values;
  const element = values.length === 0 ? type.element : commonElementType(values);
  if (element === undefined) return valueError(`all ${type.kind} elements must have the same type`);
  return type.kind === "list" ? listValue(element, values) : setValue(element, values);
}

function readTuple(json: LosslessJson, type: TupleType): Value | ValueError {
  if (!isJsonArray(json)) return valueError("missing expected [");
  const { length } = type.elements;
  if (json.length > length) return valueError(`too many tuple elements (need ${length})`);
  if (json.length < length) return valueError(`not enough tuple elements (need ${length})`);
  const values = readItems(json, (index) => type.elements[index] as Type);
  return "kind" in values ? values : tupleValue(values);
}

function isJsonObject(json: LosslessJson): json is JsonObject {
  return typeof json === "object" && json !== null && !isJsonArray(json) && json.kind === "object";
}

function readMap(json: LosslessJson, type: CollectionType): Value | ValueError {
  if (!isJsonObject(json)) return valueError("missing expected {");
  const values = new Map<string, Value>();
  for (const [rawName, property] of json.properties) {
    const name = normalizeText(rawName);
    const value = readJson(property, type.element);
    if ("kind" in value) return atStep(indexStep(normalizedString(name)), value);
    values.set(name, value);
  }
  const element = values.size === 0 ? type.element : commonElementType(values.values());
  if (element === undefined) return valueError("all map elements must have the same type");
  return mapValue(element, values);
}

function readAttributes(json: LosslessJson, type: ObjectType): Value | ValueError {
  if (!isJsonObject(json)) return valueError("missing expected {");
  const values = new Map<string, Value>();
  for (const [rawName, property] of json.properties) {
    const name = normalizeText(rawName);
    const attribute = type.attributes[name];
    if (attribute === undefined) return valueError(`unsupported attribute ${JSON.stringify(name)}`);
    const value = readJson(property, attribute);
    if ("kind" in value) return atStep(attributeStep(name), value);
    values.set(name, value);
  }
  for (const name in type.attributes) {
    if (!values.has(name)) values.set(name, nullValue(type.attributes[name] as Type));
  }
  return objectValue(values);
}

function readDynamic(json: LosslessJson): Value | ValueError {
  if (!isJsonObject(json)) return valueError("missing expected {");
  let type: Type | undefined;
  let inner: LosslessJson | undefined;
  for (const [name, property] of json.properties) {
    if (name === "value") inner = property;
    else if (name === "type") {
      const read = typeFromJson(plainJson(property));
      if (read.kind === "value-error") return valueError(`failed to decode type for dynamic value: ${read.message}`);
      type = withoutOptional(read);
    } else return valueError(`invalid key ${JSON.stringify(name)} in dynamically-typed value`);
  }
  if (type === undefined) return valueError("missing type in dynamically-typed value");
  if (inner === undefined) return valueError("missing value in dynamically-typed value");
  return readJson(inner, type);
}

/** Lossless JSON as plain JavaScript data. Numbers become doubles, so this is for data that has none that matter. */
export function plainJson(json: LosslessJson): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (isJsonArray(json)) return json.map(plainJson);
  if (json.kind === "number") return Number(json.text);
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, property] of json.properties) result[name] = plainJson(property);
  return result;
}
