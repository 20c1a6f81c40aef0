import type { AttributeSchema, BlockSchema, JsonValue } from "./model.js";

type JsonObject = Readonly<Record<string, JsonValue>>;

/** Whether the default stands in for a value: Packer's components take Go's zero values as absent. */
export function takesDefault(attribute: AttributeSchema, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (value === 0) return (attribute.min ?? 0) > 0 || (attribute.max ?? 0) < 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/**
 * Fills a configuration with the defaults of its schema: the form a component's runtime receives. `null` counts as
 * absent, and where there is a default, so do empty texts and collections; absent lists of blocks become empty lists and
 * absent maps of blocks empty maps. Names that the schema does not know are kept.
 */
export function applyDefaults(body: BlockSchema, config: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...config };
  for (const [name, attribute] of Object.entries(body.attributes)) {
    if (attribute.default !== undefined) {
      if (takesDefault(attribute, result[name])) result[name] = attribute.default;
    } else if (result[name] === null || result[name] === undefined) {
      delete result[name];
    }
  }
  for (const [name, nested] of Object.entries(body.blocks)) {
    const value = result[name];
    if (value === undefined || value === null) {
      if (nested.nesting === "single") delete result[name];
      else result[name] = nested.nesting === "map" ? {} : [];
    } else if (Array.isArray(value)) {
      result[name] = value.map((item: JsonValue) => applyDefaults(nested.body, item as JsonObject));
    } else if (nested.nesting === "map") {
      const entries = Object.entries(value as JsonObject);
      result[name] = Object.fromEntries(
        entries.map(([key, item]) => [key, applyDefaults(nested.body, item as JsonObject)]),
      );
    } else {
      result[name] = applyDefaults(nested.body, value as JsonObject);
    }
  }
  return result;
}
