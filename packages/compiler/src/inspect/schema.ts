import { jsonSchemaDialect, schemaNamespace, type JsonSchema, type JsonValue } from "@hclbuild/schema";

const text: JsonSchema = { type: "string" };

function object(
  required: Readonly<Record<string, JsonValue>>,
  optional: Readonly<Record<string, JsonValue>> = {},
): JsonSchema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

const value: JsonSchema = {
  description: "A value as far as it is known, or why it is not shown.",
  oneOf: [object({ kind: { const: "known" }, value: {} }), object({ kind: { enum: ["unknown", "sensitive"] } })],
};

const step: JsonSchema = object({ type: text }, { name: text, only: list(text), except: list(text) });

const variable: JsonSchema = object(
  {
    name: text,
    type: { ...text, description: "A type constraint in HCL's notation." },
    sensitive: { type: "boolean" },
    required: { type: "boolean", description: "It has no default." },
    value,
  },
  {
    description: text,
    default: value,
    origin: { enum: ["default", "environment", "file", "flag"], description: "Where the value comes from." },
  },
);

const build: JsonSchema = object(
  { sources: list(text), provisioners: list(step), postProcessors: list(list(step)) },
  { name: text, description: text, errorCleanup: step },
);

const named: JsonSchema = object({ type: text, name: text });

/** The JSON Schema of the document that `inspect` gives, an {@link InspectModel}. */
export const inspectJsonSchema: JsonSchema = {
  $schema: jsonSchemaDialect,
  $id: `${schemaNamespace}inspect`,
  title: "hclbuild inspect",
  description: "What a template declares: variables, locals, data sources, sources, builds and the plugins it needs.",
  ...object({
    format: { const: "hclbuild.inspect/1" },
    requiredPlugins: list(object({ name: text, source: text, version: text })),
    variables: list(variable),
    locals: list(object({ name: text, value })),
    dataSources: list(named),
    sources: list(named),
    builds: list(build),
  }),
};
