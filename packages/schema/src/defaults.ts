import type { BlockSchema, JsonValue } from "./model.js";

type JsonObject = Readonly<Record<string, JsonValue>>;

/**
 * Fills a configuration with the defaults of its schema: the form a component's runtime receives. `null` counts as
 * absent; absent lists of blocks become empty lists and absent maps of blocks empty maps. Names that the schema does not
 * know are kept.
 */
export function applyDefaults(body: BlockSchema, config: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...config };
  for (const [name, attribute] of Object.entries(body.attributes)) {
    if (result[name] !== undefined && result[name] !== null) continue;
    if (attribute.default === undefined) delete result[name];
    else result[name] = attribute.default;
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
