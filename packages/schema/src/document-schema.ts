import { typeConstraintText, type Type } from "@hclbuild/value";
import { authoringTypeSchema, type JsonSchema } from "./json-schema-types.js";
import type { ComponentKind, ComponentSchema, JsonValue } from "./model.js";
import type { Registry } from "./registry.js";
import { authoringBlock, bodyJsonSchema, jsonSchemaDialect, schemaNamespace } from "./to-json-schema.js";

const anyBody: JsonSchema = { type: ["object", "array", "null"] };
const text: JsonSchema = { type: "string" };
const templateOrFlag: JsonSchema = { type: ["boolean", "string", "null"] };

function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description };
}

function object(properties: Readonly<Record<string, JsonValue>>, required: readonly string[] = []): JsonSchema {
  return {
    type: "object",
    properties: { ...properties, "//": { description: "A remark." } },
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

const strings: JsonSchema = { type: ["array", "string", "null"], items: { type: ["string", "null"] } };

const stepMeta: Readonly<Record<string, JsonValue>> = {
  name: described(text, "Name shown by inspect and in logs."),
  only: described(strings, "Sources to run for, each as TYPE.NAME."),
  except: described(strings, "Sources not to run for, each as TYPE.NAME."),
};

const provisionerMeta: Readonly<Record<string, JsonValue>> = {
  ...stepMeta,
  override: described({ type: ["object", "string", "null"] }, "Options for single sources, by the name of the source."),
  pause_before: described({ type: ["string", "null"] }, "Time to wait before the step."),
  timeout: described({ type: ["string", "null"] }, "Time after which the step is cancelled."),
  max_retries: described({ type: ["number", "string", "null"] }, "Further attempts after a failure."),
  continue_on_error: described(templateOrFlag, "Whether the build goes on when the step fails."),
  cache: described(templateOrFlag, "Whether the step may be skipped because its result is kept; not in Packer."),
};

const postProcessorMeta: Readonly<Record<string, JsonValue>> = {
  ...stepMeta,
  keep_input_artifact: described(templateOrFlag, "Whether the artifact that goes in is kept."),
};

/** Parts of the document that are used in several places, by name. */
interface Definitions {
  /** Adds a part and gives the reference to it. */
  add(name: string, schema: () => JsonSchema): JsonSchema;
  readonly schemas: Readonly<Record<string, JsonValue>>;
}

function createDefinitions(): Definitions {
  const schemas: Record<string, JsonValue> = {};
  return {
    schemas,
    add: (name, schema) => {
      schemas[name] ??= schema();
      return { $ref: `#/$defs/${name}` };
    },
  };
}

/**
 * The JSON Schema of a whole `.pkr.json` file over the components of a registry, in authoring form. Components that are
 * not in the registry may have any options.
 */
export function toDocumentSchema(registry: Registry): JsonSchema {
  const definitions = createDefinitions();
  const components: ComponentSet = { registry, definitions };
  const properties = {
    packer: authoringBlock(packerSchema(), 0),
    variable: authoringBlock(definitions.add("variable", variableSchema), 1),
    variables: described(anyBody, "Variables by name, with their defaults; the old form."),
    locals: described(anyBody, "Values by name that the template computes."),
    local: authoringBlock(object({ expression: {}, sensitive: templateOrFlag }, ["expression"]), 1),
    data: componentBlocks(components, "data-source", 1),
    source: componentBlocks(components, "builder", 1),
    build: authoringBlock(
      definitions.add("build", () => buildSchema(components)),
      0,
    ),
    hcp_packer_registry: described(anyBody, "Checked and recorded; nothing is published."),
    communicator: described(anyBody, "Accepted and ignored."),
  };
  return {
    $schema: jsonSchemaDialect,
    $id: `${schemaNamespace}template`,
    title: "hclbuild template",
    description:
      "A template in the JSON syntax: what is built, how machines are provisioned, and what happens to the artifacts.",
    ...object(properties),
    $defs: definitions.schemas,
  };
}

function packerSchema(): JsonSchema {
  const plugin = object({ source: text, version: text }, ["source", "version"]);
  return object({
    required_version: described(text, "Constraint on the version of Packer that the template needs."),
    required_plugins: authoringBlock({ type: "object", properties: { "//": {} }, additionalProperties: plugin }, 0),
  });
}

function variableSchema(): JsonSchema {
  const validation = object({ condition: {}, error_message: text }, ["condition", "error_message"]);
  return object({
    description: text,
    type: described(text, "A type such as string, number, bool or list(string)."),
    default: described({}, "The value unless another one is given."),
    sensitive: described({ type: "boolean" }, "Whether the value is masked in output."),
    validation: authoringBlock(validation, 0),
  });
}

interface ComponentSet {
  readonly registry: Registry;
  readonly definitions: Definitions;
}

function buildSchema(components: ComponentSet): JsonSchema {
  const { definitions } = components;
  const provisioners = definitions.add("provisioners", () => componentBlocks(components, "provisioner", 0));
  const postProcessors = definitions.add("post-processors", () => componentBlocks(components, "post-processor", 0));
  return object({
    name: { type: ["string", "null"], description: "First part of the names of the builds." },
    description: { type: ["string", "null"] },
    sources: described(strings, "What to build, each as source.TYPE.NAME."),
    source: authoringBlock(anyBody, 1),
    provisioner: provisioners,
    "error-cleanup-provisioner": provisioners,
    "post-processor": postProcessors,
    "post-processors": authoringBlock(object({ "post-processor": postProcessors, dynamic: anyBody }), 0),
    hcp_packer_registry: anyBody,
    from: anyBody,
    dynamic: described(anyBody, "Blocks that are repeated for each element of a collection."),
  });
}

/** Blocks keyed by a component's name, with further labels below. */
function componentBlocks({ registry, definitions }: ComponentSet, kind: ComponentKind, labels: number): JsonSchema {
  const properties: Record<string, JsonValue> = {};
  for (const name of registry.names(kind)) {
    const schema = registry.lookup(kind, name)?.schema;
    if (schema === undefined) continue;
    properties[name] = authoringBlock(
      definitions.add(`${kind}-${name}`, () => componentBody(schema)),
      labels,
    );
  }
  const named = definitions.add(`${kind}s-by-name`, () => ({
    type: "object",
    properties: { ...properties, "//": {} },
    additionalProperties: anyBody,
  }));
  return { anyOf: [named, { type: "array", items: named }, { type: "null" }] };
}

function componentBody(component: ComponentSchema): JsonSchema {
  const meta =
    component.kind === "provisioner" ? provisionerMeta : component.kind === "post-processor" ? postProcessorMeta : {};
  const body = bodyJsonSchema(component.body, "authoring");
  return {
    ...body,
    description: component.summary,
    properties: { ...meta, ...(body["properties"] as Readonly<Record<string, JsonValue>>) },
  };
}

/** A variable, as far as files that assign it are concerned. */
export interface AssignableVariable {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  readonly sensitive: boolean;
  readonly default?: JsonValue;
}

/** The JSON Schema of a `.pkrvars.json` file for the variables of a template. */
export function toVariableFileSchema(variables: readonly AssignableVariable[]): JsonSchema {
  const properties = variables.map(({ name, type, description, sensitive, default: standard }) => [
    name,
    {
      ...authoringTypeSchema(type),
      description: [description, `Type: ${typeConstraintText(type)}.`].filter((part) => part !== undefined).join(" "),
      ...(standard === undefined || sensitive ? {} : { default: standard }),
      ...(sensitive ? { writeOnly: true } : {}),
    },
  ]);
  return {
    $schema: jsonSchemaDialect,
    title: "variables of a template",
    ...object(Object.fromEntries(properties) as Readonly<Record<string, JsonValue>>),
  };
}
