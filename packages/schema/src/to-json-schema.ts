import { attributeJsonSchema, nonEmptySchema, type JsonSchema, type SchemaForm } from "./json-schema-types.js";
import type { BlockSchema, ComponentSchema, JsonValue, NestedBlockSchema, Rule, RuleCondition } from "./model.js";

/** The dialect of every schema that is made here. */
export const jsonSchemaDialect = "https://json-schema.org/draft/2020-12/schema";

/** Beginning of every schema's `$id`: a name, not a place to fetch it from. */
export const schemaNamespace = "urn:hclbuild:schema:";

/** File name of a component's schema, without folder. */
export function schemaFileName(component: ComponentSchema, form: SchemaForm): string {
  return `${component.kind}-${component.name}${form === "strict" ? ".strict" : ""}.schema.json`;
}

/**
 * The JSON Schema of a component's configuration. The authoring form accepts whatever the decoder accepts; the strict
 * form accepts exactly what the decoder and the declared rules accept, custom rules apart: those are listed in
 * `x-hclbuild-rules`.
 */
export function toJsonSchema(component: ComponentSchema, form: SchemaForm): JsonSchema {
  const rules = component.rules.flatMap((rule) => (rule.kind === "custom" ? [rule.doc] : []));
  return {
    $schema: jsonSchemaDialect,
    $id: `${schemaNamespace}${component.kind}-${component.name}:${form}`,
    title: `${component.kind} ${component.name}`,
    description: component.summary,
    ...bodyJsonSchema(component.body, form, form === "strict" ? component.rules : []),
    ...(rules.length > 0 ? { "x-hclbuild-rules": rules } : {}),
  };
}

/** The JSON Schema of a body, with the rules that can be said in one. */
export function bodyJsonSchema(body: BlockSchema, form: SchemaForm, rules: readonly Rule[] = []): JsonSchema {
  const properties: Record<string, JsonValue> = {};
  const required: string[] = [];
  for (const [name, attribute] of Object.entries(body.attributes)) {
    const schema = attributeJsonSchema(attribute, form);
    const needed = form === "strict" && attribute.required;
    properties[name] = needed ? { ...schema, ...nonEmptySchema(attribute) } : schema;
    if (needed || (attribute.required && attribute.requiredBy === "decode")) required.push(name);
  }
  for (const [name, nested] of Object.entries(body.blocks)) {
    properties[name] = blockJsonSchema(nested, form);
    if (form === "strict" && (nested.min ?? 0) > 0) required.push(name);
  }
  const isAuthoring = form === "authoring";
  if (isAuthoring) properties["//"] = { description: "A remark." };
  if (isAuthoring && Object.keys(body.blocks).length > 0)
    properties["dynamic"] = dynamicSchema(Object.keys(body.blocks));
  const conditions = rules.flatMap((rule) => ruleJsonSchema(rule, body) ?? []);
  return {
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    ...(conditions.length > 0 ? { allOf: conditions } : {}),
  };
}

function blockJsonSchema(nested: NestedBlockSchema, form: SchemaForm): JsonSchema {
  const item = bodyJsonSchema(nested.body, form);
  const { doc, deprecated } = nested;
  const notes = {
    ...(doc === "" ? {} : { description: doc }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
  };
  if (form === "authoring") return { ...authoringBlock(item, nested.labels.length), ...notes };
  const counts = {
    ...(nested.min === undefined ? {} : { minItems: nested.min }),
    ...(nested.max === undefined ? {} : { maxItems: nested.max }),
  };
  switch (nested.nesting) {
    case "single":
      return { ...item, ...notes };
    case "map":
      return { type: "object", additionalProperties: item, ...notes };
    default:
      return { type: "array", items: item, ...counts, ...notes };
  }
}

/** Blocks in the JSON syntax: an object or several in an array, below one object for each label. */
export function authoringBlock(item: JsonSchema, labels: number): JsonSchema {
  if (labels === 0) return { anyOf: [item, { type: "array", items: item }, { type: "null" }] };
  const below = authoringBlock(item, labels - 1);
  const labelled = { type: "object", properties: { "//": {} }, additionalProperties: below };
  return { anyOf: [labelled, { type: "array", items: labelled }, { type: "null" }] };
}

function dynamicSchema(types: readonly string[]): JsonSchema {
  const body: JsonSchema = {
    type: "object",
    properties: {
      for_each: { description: "The collection to repeat the block for." },
      iterator: { type: "string", description: "Name of the current element; the type of the block by default." },
      labels: { description: "Labels of each block." },
      content: { description: "The body of each block." },
      "//": {},
    },
    required: ["for_each", "content"],
    additionalProperties: false,
  };
  const properties = Object.fromEntries(types.map((type) => [type, authoringBlock(body, 0)]));
  return {
    description: "Blocks that are repeated for each element of a collection.",
    anyOf: [{ type: "object", properties }, { type: "array", items: { type: "object", properties } }, { type: "null" }],
  };
}

/** Says that an option is given and not empty. */
function isSet(name: string, body: BlockSchema): JsonSchema {
  const attribute = body.attributes[name];
  if (attribute !== undefined) return { required: [name], properties: { [name]: nonEmptySchema(attribute) } };
  const isMany = body.blocks[name]?.nesting !== "single";
  return { required: [name], properties: { [name]: isMany ? { minItems: 1, minProperties: 1 } : {} } };
}

function holds(condition: RuleCondition, body: BlockSchema): JsonSchema {
  const { name } = condition;
  const attribute = body.attributes[name];
  const written = (values: readonly JsonValue[]): JsonSchema => ({
    required: [name],
    properties: { [name]: { enum: values } },
  });
  const byDefault = condition.in.some((value) => value === attribute?.default);
  if (!byDefault) return written(condition.in);
  const values = attribute?.type.kind === "string" ? [...condition.in, ""] : condition.in;
  return { anyOf: [written(values), { not: { required: [name] } }] };
}

function ruleJsonSchema(rule: Rule, body: BlockSchema): JsonSchema | undefined {
  switch (rule.kind) {
    case "exactly-one-of":
      return { oneOf: rule.names.map((name) => isSet(name, body)) };
    case "at-most-one-of":
      return atMostOne(rule.names, body);
    case "required-with":
      return implies(isSet(rule.name, body), isSet(rule.needs, body));
    case "conflicts-with": {
      const exclusive = atMostOne([rule.name, rule.other], body);
      return rule.when === undefined ? exclusive : implies(holds(rule.when, body), exclusive);
    }
    case "required-when":
      return implies(holds(rule.when, body), isSet(rule.name, body));
    case "custom":
      return undefined;
  }
}

function implies(condition: JsonSchema, consequence: JsonSchema): JsonSchema {
  return { anyOf: [{ not: condition }, consequence] };
}

function atMostOne(names: readonly string[], body: BlockSchema): JsonSchema {
  const none = { not: { anyOf: names.map((name) => isSet(name, body)) } };
  return { oneOf: [none, ...names.map((name) => isSet(name, body))] };
}
