import type { JsonSchema } from "./json-schema-types.js";
import type { ComponentKind, ComponentSchema, JsonValue } from "./model.js";
import type { Registry } from "./registry.js";
import { toDocumentSchema, toVariableFileSchema, type AssignableVariable } from "./document-schema.js";
import { schemaFileName, toJsonSchema } from "./to-json-schema.js";

const kinds: readonly ComponentKind[] = ["builder", "provisioner", "post-processor", "data-source"];

/** The components of a registry, by kind and name; a renamed component appears under its own name only. */
export function componentsOf(registry: Registry): readonly ComponentSchema[] {
  return kinds.flatMap((kind) => registry.names(kind).flatMap((name) => registry.lookup(kind, name)?.schema ?? []));
}

/**
 * All schema files of a registry by path: both forms of every component, whole templates, the variable files of a template
 * when its variables are given, and `index.json`, which tells editors which schema belongs to which files.
 */
export function createSchemaFiles(
  registry: Registry,
  variables?: readonly AssignableVariable[],
): ReadonlyMap<string, JsonSchema> {
  const files = new Map<string, JsonSchema>([["template.schema.json", toDocumentSchema(registry)]]);
  if (variables !== undefined) files.set("variables.schema.json", toVariableFileSchema(variables));
  for (const component of componentsOf(registry)) {
    for (const form of ["authoring", "strict"] as const) {
      files.set(`components/${schemaFileName(component, form)}`, toJsonSchema(component, form));
    }
  }
  const association = (fileMatch: readonly string[], url: string): JsonValue => ({ fileMatch, url });
  files.set("index.json", {
    // The shape of the setting "json.schemas" of editors that use the JSON language service.
    "json.schemas": [
      association(["*.pkr.json"], "./template.schema.json"),
      ...(variables === undefined ? [] : [association(["*.pkrvars.json"], "./variables.schema.json")]),
    ],
  });
  return files;
}
