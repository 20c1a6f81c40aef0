export type {
  AttributeFormat,
  AttributeSchema,
  BlockSchema,
  ComponentKind,
  ComponentSchema,
  CustomCheck,
  JsonValue,
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
export { parseDuration } from "./duration.js";
export { schemaCatalog } from "./catalog.js";
export { checkConfig, type ConfigView } from "./check.js";
