import { attributeNames, type Type } from "@hclbuild/value";
import type { AttributeSchema, JsonValue } from "./model.js";

/** A JSON Schema as plain data. */
export type JsonSchema = { readonly [keyword: string]: JsonValue };

/**
 * `strict` describes an evaluated configuration, as runtimes and plan files have it. `authoring` describes what a person
 * may write in the JSON syntax: wherever a value can stand, a text with a template can stand as well.
 */
export type SchemaForm = "strict" | "authoring";

/** Text with a template, or with the template of a component. */
const templatePattern = "[$%]\\{|\\{\\{";
const goTemplatePattern = "\\{\\{";
const durationPattern = "^[+-]?(?:0|(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$";

/** The schema of one option's values. */
export function attributeJsonSchema(attribute: AttributeSchema, form: SchemaForm): JsonSchema {
  return { ...valueJsonSchema(attribute, form), ...annotations(attribute) };
}

function valueJsonSchema(attribute: AttributeSchema, form: SchemaForm): JsonSchema {
  const { enum: choices, type } = attribute;
  if (choices === undefined) return typeJsonSchema(type, attribute, form);
  switch (type.kind) {
    case "string":
    case "number":
      return choiceJsonSchema(choices, attribute, form);
    case "list":
    case "set":
      return {
        ...typeJsonSchema(type, attribute, form),
        items: choiceJsonSchema(choices, { ...attribute, type: type.element }, form, "element"),
      };
    default:
      return typeJsonSchema(type, attribute, form);
  }
}

function annotations(attribute: AttributeSchema): JsonSchema {
  const { doc, deprecated } = attribute;
  const description = deprecated === undefined ? doc : `${doc} Deprecated: use ${deprecated}.`.trim();
  return {
    ...(description === "" ? {} : { description }),
    ...(attribute.default === undefined ? {} : { default: attribute.default }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    ...(attribute.sensitive ? { writeOnly: true } : {}),
  };
}

function choiceJsonSchema(
  choices: readonly (string | number)[],
  attribute: AttributeSchema,
  form: SchemaForm,
  place: "option" | "element" = "option",
): JsonSchema {
  const others: JsonValue[] = [];
  // Elements are never absent, so neither empty nor null.
  if (place === "option" && attribute.type.kind === "string") others.push({ const: "" });
  if (form === "authoring") {
    if (place === "option") others.push({ type: "null" });
    others.push({ type: "string", pattern: templatePattern });
  } else if (attribute.interpolate) others.push({ type: "string", pattern: goTemplatePattern });
  return { anyOf: [{ enum: choices }, ...others] };
}

function typeJsonSchema(type: Type, attribute: AttributeSchema, form: SchemaForm): JsonSchema {
  return form === "authoring" ? authoringSchema(type, optionElement) : strictSchema(type, attribute);
}

type SchemaOf = (type: Type) => JsonSchema;

/** Elements of options are never null, those of variables may be. */
function optionElement(type: Type): JsonSchema {
  const { type: types, ...rest } = authoringSchema(type, optionElement);
  return Array.isArray(types) ? { type: types.filter((name) => name !== "null"), ...rest } : rest;
}

function variableElement(type: Type): JsonSchema {
  return authoringSchema(type, variableElement);
}

function authoringSchema(type: Type, elementOf: SchemaOf = variableElement): JsonSchema {
  switch (type.kind) {
    case "string":
      return { type: ["string", "number", "boolean", "null"] };
    case "number":
      return { type: ["number", "string", "null"] };
    case "bool":
      return { type: ["boolean", "string", "null"] };
    case "dynamic":
      return {};
    case "list":
    case "set":
      return { type: ["array", "string", "null"], items: elementOf(type.element) };
    case "map":
      return { type: ["object", "string", "null"], additionalProperties: elementOf(type.element) };
    case "tuple":
      return {
        type: ["array", "string", "null"],
        ...tupleItems(type, (part) => authoringSchema(part, elementOf)),
      };
    case "object":
      return {
        type: ["object", "string", "null"],
        ...objectProperties(type, (part) => authoringSchema(part, elementOf)),
      };
  }
}

function tupleItems({ elements }: Type & { kind: "tuple" }, schemaOf: SchemaOf): JsonSchema {
  const { length } = elements;
  return { ...(length === 0 ? {} : { prefixItems: elements.map(schemaOf) }), minItems: length, maxItems: length };
}

/** Further properties are allowed: converting to an object drops them. */
function objectProperties(type: Type & { kind: "object" }, schemaOf: SchemaOf): JsonSchema {
  const names = attributeNames(type);
  const required = names.filter((name) => !type.optional.has(name));
  return {
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(type.attributes[name] as Type)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function strictSchema(type: Type, attribute: AttributeSchema): JsonSchema {
  const { min, max } = attribute;
  const element = (inner: Type): JsonSchema => strictScalar(inner, attribute);
  switch (type.kind) {
    case "list":
      return { type: "array", items: element(type.element), ...bounds("Items", attribute) };
    case "set":
      return { type: "array", uniqueItems: true, items: element(type.element), ...bounds("Items", attribute) };
    case "map":
      return { type: "object", additionalProperties: plainSchema(type.element), ...bounds("Properties", attribute) };
    case "number": {
      const ranged = {
        ...strictScalar(type, attribute),
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      };
      const allowsZero = (min ?? 0) <= 0 && (max ?? 0) >= 0;
      return allowsZero ? ranged : { anyOf: [{ const: 0 }, ranged] };
    }
    case "string": {
      if (min === undefined && max === undefined) return strictScalar(type, attribute);
      const ranged = { ...strictScalar(type, attribute), ...bounds("Length", attribute) };
      const rendered = attribute.interpolate ? [{ type: "string", pattern: goTemplatePattern }] : [];
      return { anyOf: [{ const: "" }, ranged, ...rendered] };
    }
    default:
      return strictScalar(type, attribute);
  }
}

/** An empty value counts as absent, so a lower bound above one is left to the check. */
function bounds(noun: "Items" | "Properties" | "Length", { min, max }: AttributeSchema): JsonSchema {
  const isText = noun === "Length";
  return {
    ...(min === undefined || (!isText && min > 1) ? {} : isText ? { [`min${noun}`]: min } : {}),
    ...(max === undefined ? {} : { [`max${noun}`]: max }),
  };
}

function strictScalar(type: Type, attribute: AttributeSchema): JsonSchema {
  if (type.kind === "number" && attribute.format === "integer") return { type: "integer" };
  if (type.kind !== "string" || attribute.format !== "duration") return plainSchema(type);
  const pattern = attribute.interpolate ? `^$|${goTemplatePattern}|${durationPattern}` : `^$|${durationPattern}`;
  return { type: "string", pattern };
}

function plainSchema(type: Type): JsonSchema {
  switch (type.kind) {
    case "string":
      return { type: "string" };
    case "number":
      return { type: "number" };
    case "bool":
      return { type: "boolean" };
    case "dynamic":
      return {};
    case "list":
      return { type: "array", items: plainSchema(type.element) };
    case "set":
      return { type: "array", uniqueItems: true, items: plainSchema(type.element) };
    case "map":
      return { type: "object", additionalProperties: plainSchema(type.element) };
    case "tuple":
      return { type: "array", ...tupleItems(type, plainSchema) };
    case "object":
      return { type: "object", ...objectProperties(type, plainSchema) };
  }
}

/** Holds for values that are not Go's zero value. */
export function nonEmptySchema(attribute: AttributeSchema): JsonSchema {
  switch (attribute.type.kind) {
    case "string":
      return { minLength: 1 };
    case "number":
      return { not: { const: 0 } };
    case "bool":
      return attribute.format === "trilean" ? {} : { const: true };
    case "list":
    case "set":
    case "tuple":
      return { minItems: 1 };
    case "map":
    case "object":
      return { minProperties: 1 };
    case "dynamic":
      return { not: { enum: ["", 0, false] }, minItems: 1, minProperties: 1 };
  }
}

/** The schema of a value of some type, as a person may write it; for variables. */
export function authoringTypeSchema(type: Type): JsonSchema {
  return authoringSchema(type);
}
