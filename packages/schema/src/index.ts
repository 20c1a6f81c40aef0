export type {
  AttributeFormat,
  AttributeSchema,
  BlockSchema,
  ComponentKind,
  ComponentSchema,
  CustomCheck,
  JsonValue,
  LateRendering,
  NestedBlockSchema,
  Nesting,
  Rule,
  RuleCondition,
  RuleFinding,
  RuleSubject,
} from "./model.js";
export {
  s,
  toBlockSchema,
  type AttributeDefinition,
  type BlockDefinition,
  type BodyDefinition,
  type InferBody,
  type OpenBlockDefinition,
  type Presence,
} from "./definition.js";
export { defineComponent, type Infer, type OutputOf, type TypedComponentSchema } from "./component.js";
export { atMostOneOf, conflictsWith, customRule, exactlyOneOf, requiredWhen, requiredWith } from "./rules.js";
export { createRegistry, type PluginManifest, type RegisteredComponent, type Registry } from "./registry.js";
export { applyDefaults } from "./defaults.js";
export { freezeComponent } from "./freeze.js";
export { thawComponent } from "./thaw.js";
export { parseDuration } from "./duration.js";
export { schemaCatalog } from "./catalog.js";
export { checkConfig, type ConfigView } from "./check.js";
export type { JsonSchema, SchemaForm } from "./json-schema-types.js";
export { jsonSchemaDialect, schemaFileName, schemaNamespace, toJsonSchema } from "./to-json-schema.js";
export { toDocumentSchema, toVariableFileSchema, type AssignableVariable } from "./document-schema.js";
export { describeBody, describeComponent, type DescribedComponent, type DescribedItem } from "./describe.js";
export { ruleText, toReferencePage } from "./to-docs.js";
export { componentsOf, createSchemaFiles } from "./schema-files.js";
