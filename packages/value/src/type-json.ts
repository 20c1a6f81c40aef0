import {
  attributeNames,
  boolType,
  dynamicType,
  listOf,
  mapOf,
  numberType,
  objectOf,
  setOf,
  stringType,
  tupleOf,
  type Type,
} from "./type.js";
import { quoteJson } from "./json.js";
import { normalizeText } from "./text.js";
import { maximumNesting, valueError, type ValueError } from "./value-error.js";

/** Plain JSON data with numbers as JavaScript numbers. */
export type TypeJson = string | readonly [string, ...unknown[]];

/** The JSON notation of types that cty defines: `"string"`, `["list","string"]`, `["object",{…},["optional"]]`. */
export function typeToJson(type: Type): TypeJson {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return [type.kind, typeToJson(type.element)];
    case "tuple":
      return ["tuple", type.elements.map(typeToJson)];
    case "object": {
      const attributes: Record<string, TypeJson> = Object.create(null) as Record<string, TypeJson>;
      for (const name of attributeNames(type)) attributes[name] = typeToJson(type.attributes[name] as Type);
      return type.optional.size === 0 ? ["object", attributes] : ["object", attributes, [...type.optional]];
    }
    default:
      return type.kind;
  }
}

/** The notation of {@link typeToJson} as JSON text, with attribute names in order whatever they look like. */
export function typeToJsonText(type: Type): string {
  if (type.kind === "object") {
    const attributes = attributeNames(type).map(
      (name) => `${quoteJson(name)}:${typeToJsonText(type.attributes[name] as Type)}`,
    );
    const optional = type.optional.size === 0 ? "" : `,${JSON.stringify([...type.optional])}`;
    return `["object",{${attributes.join(",")}}${optional}]`;
  }
  if (type.kind === "tuple") return `["tuple",[${type.elements.map(typeToJsonText).join(",")}]]`;
  return "element" in type ? `["${type.kind}",${typeToJsonText(type.element)}]` : `"${type.kind}"`;
}

/** Reads the notation of {@link typeToJson} from parsed JSON. */
export function typeFromJson(json: unknown): Type | ValueError {
  return readType(json, 0);
}

function readType(json: unknown, depth: number): Type | ValueError {
  if (depth > maximumNesting) return valueError("the type is nested too deeply");
  switch (json) {
    case "string":
      return stringType;
    case "number":
      return numberType;
    case "bool":
      return boolType;
    case "dynamic":
      return dynamicType;
  }
  if (!Array.isArray(json)) return valueError("invalid type description");
  const [kind, argument, optional] = json as readonly unknown[];
  switch (kind) {
    case "list":
    case "set":
    case "map": {
      const element = readType(argument, depth + 1);
      if (element.kind === "value-error") return element;
      return kind === "list" ? listOf(element) : kind === "set" ? setOf(element) : mapOf(element);
    }
    case "tuple": {
      if (!Array.isArray(argument)) return valueError("invalid tuple type description");
      const elements: Type[] = [];
      for (const item of argument) {
        const element = readType(item, depth + 1);
        if (element.kind === "value-error") return element;
        elements.push(element);
      }
      return tupleOf(elements);
    }
    case "object":
      return readObjectType(argument, optional, depth);
    default:
      return valueError("invalid type description");
  }
}

function readObjectType(attributes: unknown, optional: unknown, depth: number): Type | ValueError {
  if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes)) {
    return valueError("invalid object type description");
  }
  if (optional !== undefined && !(Array.isArray(optional) && optional.every((name) => typeof name === "string"))) {
    return valueError("invalid list of optional attributes");
  }
  const types = new Map<string, Type>();
  for (const [name, item] of Object.entries(attributes)) {
    const type = readType(item, depth + 1);
    if (type.kind === "value-error") return type;
    types.set(normalizeText(name), type);
  }
  const names = ((optional ?? []) as readonly string[]).map(normalizeText);
  const stranger = names.find((name) => !types.has(name));
  if (stranger !== undefined) return valueError(`optional attribute ${JSON.stringify(stranger)} is not declared`);
  return objectOf(types, names);
}
