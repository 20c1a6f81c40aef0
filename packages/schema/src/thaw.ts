import { isValueError, typeFromJson } from "@hclbuild/value";
import type {
  AttributeFormat,
  AttributeSchema,
  BlockSchema,
  ComponentKind,
  ComponentSchema,
  JsonValue,
  LateRendering,
  NestedBlockSchema,
  Nesting,
  Rule,
  RuleCondition,
} from "./model.js";

type Fields = Readonly<Record<string, unknown>>;

const kinds = ["builder", "provisioner", "post-processor", "data-source", "communicator"] satisfies ComponentKind[];
const nestings = ["single", "list", "set", "map"] satisfies Nesting[];
const formats = ["duration", "path", "integer", "trilean"] satisfies AttributeFormat[];
const names = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** Why something is not a frozen component: never leaves this module. */
class Malformed extends Error {}

/**
 * Reads what `freezeComponent` wrote. The text is a third party's: anything that is not exactly a frozen component gives
 * the reason, without a period and naming the place, instead of a component. Custom rules come back without their code.
 */
export function thawComponent(json: unknown): ComponentSchema | string {
  try {
    return readComponent(fieldsOf(json, "component"));
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function readComponent(fields: Fields): ComponentSchema {
  const kind = oneOf(fields["kind"], kinds, "kind");
  const name = text(fields["name"], "name");
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(name)) fail(`name is not one that a template can write`);
  const body = readBody(fields["body"], "body");
  return {
    kind,
    name,
    since: text(fields["since"], "since"),
    summary: text(fields["summary"], "summary"),
    body,
    rules: list(fields["rules"], "rules").map((rule, index) => readRule(rule, body, `rules[${index}]`)),
    output: readAttributes(fields["output"], "output"),
    examples: texts(fields["examples"], "examples"),
  };
}

function readBody(json: unknown, at: string): BlockSchema {
  const fields = fieldsOf(json, at);
  const blocks: Record<string, NestedBlockSchema> = {};
  for (const [name, block] of named(fields["blocks"], `${at}.blocks`)) blocks[name] = readBlock(block, `${at}.${name}`);
  return { attributes: readAttributes(fields["attributes"], `${at}.attributes`), blocks };
}

function readAttributes(json: unknown, at: string): Readonly<Record<string, AttributeSchema>> {
  const attributes: Record<string, AttributeSchema> = {};
  for (const [name, attribute] of named(json, at)) attributes[name] = readAttribute(attribute, `${at}.${name}`);
  return attributes;
}

function readAttribute(json: unknown, at: string): AttributeSchema {
  const fields = fieldsOf(json, at);
  const type = typeFromJson(fields["type"]);
  if (isValueError(type)) fail(`${at}.type is not a type`);
  const { default: fallback, deprecated, enum: choices, min, max, format, renderedLater } = fields;
  return {
    type,
    required: flag(fields["required"], `${at}.required`),
    requiredBy: oneOf(fields["requiredBy"], ["decode", "prepare"], `${at}.requiredBy`),
    ...(fallback === undefined ? {} : { default: fallback as JsonValue }),
    sensitive: flag(fields["sensitive"], `${at}.sensitive`),
    ...(deprecated === undefined ? {} : { deprecated: text(deprecated, `${at}.deprecated`) }),
    doc: text(fields["doc"], `${at}.doc`),
    ...(choices === undefined ? {} : { enum: list(choices, `${at}.enum`).map((item) => choice(item, `${at}.enum`)) }),
    ...(min === undefined ? {} : { min: bound(min, `${at}.min`) }),
    ...(max === undefined ? {} : { max: bound(max, `${at}.max`) }),
    ...(format === undefined ? {} : { format: oneOf(format, formats, `${at}.format`) }),
    interpolate: flag(fields["interpolate"], `${at}.interpolate`),
    ...(renderedLater === undefined ? {} : { renderedLater: readRendering(renderedLater, `${at}.renderedLater`) }),
  };
}

function readRendering(json: unknown, at: string): LateRendering {
  const { fields, isStrict } = fieldsOf(json, at);
  return { fields: texts(fields, `${at}.fields`), isStrict: flag(isStrict, `${at}.isStrict`) };
}

function readBlock(json: unknown, at: string): NestedBlockSchema {
  const fields = fieldsOf(json, at);
  const { min, max, deprecated } = fields;
  return {
    nesting: oneOf(fields["nesting"], nestings, `${at}.nesting`),
    labels: texts(fields["labels"], `${at}.labels`),
    body: readBody(fields["body"], at),
    ...(min === undefined ? {} : { min: bound(min, `${at}.min`) }),
    ...(max === undefined ? {} : { max: bound(max, `${at}.max`) }),
    doc: text(fields["doc"], `${at}.doc`),
    ...(deprecated === undefined ? {} : { deprecated: text(deprecated, `${at}.deprecated`) }),
  };
}

function readRule(json: unknown, body: BlockSchema, at: string): Rule {
  const fields = fieldsOf(json, at);
  const kind = text(fields["kind"], `${at}.kind`);
  const option = (field: string): string => optionName(fields[field], body, `${at}.${field}`);
  switch (kind) {
    case "exactly-one-of":
    case "at-most-one-of":
      return {
        kind,
        names: texts(fields["names"], `${at}.names`).map((name) => optionName(name, body, `${at}.names`)),
      };
    case "required-with":
      return { kind, name: option("name"), needs: option("needs") };
    case "conflicts-with": {
      const when = fields["when"] === undefined ? {} : { when: readCondition(fields["when"], body, `${at}.when`) };
      return { kind, name: option("name"), other: option("other"), ...when };
    }
    case "required-when":
      return { kind, name: option("name"), when: readCondition(fields["when"], body, `${at}.when`) };
    case "custom":
      return { kind, name: text(fields["name"], `${at}.name`), doc: text(fields["doc"], `${at}.doc`) };
    default:
      return fail(`${at}.kind is not a kind of rule`);
  }
}

function readCondition(json: unknown, body: BlockSchema, at: string): RuleCondition {
  const fields = fieldsOf(json, at);
  const values = list(fields["in"], `${at}.in`);
  return {
    name: optionName(fields["name"], body, `${at}.name`),
    in: values.map((value) => (typeof value === "boolean" ? value : choice(value, `${at}.in`))),
  };
}

function optionName(json: unknown, body: BlockSchema, at: string): string {
  const name = text(json, at);
  if (!Object.hasOwn(body.attributes, name) && !Object.hasOwn(body.blocks, name)) fail(`${at} names no option`);
  return name;
}

function fail(problem: string): never {
  throw new Malformed(problem);
}

function fieldsOf(json: unknown, at: string): Fields {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail(`${at} is not an object`);
  return json as Fields;
}

/** The members of an object whose keys a template can write. */
function named(json: unknown, at: string): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(fieldsOf(json, at));
  const odd = entries.find(([name]) => !names.test(name) || name === "__proto__");
  return odd === undefined
    ? entries
    : fail(`${at} has the name ${JSON.stringify(odd[0])}, which no template can write`);
}

function list(json: unknown, at: string): readonly unknown[] {
  return Array.isArray(json) ? json : fail(`${at} is not a list`);
}

function text(json: unknown, at: string): string {
  return typeof json === "string" ? json : fail(`${at} is not a text`);
}

function texts(json: unknown, at: string): readonly string[] {
  return list(json, at).map((item) => text(item, at));
}

function flag(json: unknown, at: string): boolean {
  return typeof json === "boolean" ? json : fail(`${at} is neither true nor false`);
}

function bound(json: unknown, at: string): number {
  return typeof json === "number" ? json : fail(`${at} is not a number`);
}

function choice(json: unknown, at: string): string | number {
  return typeof json === "string" || typeof json === "number"
    ? json
    : fail(`${at} holds something else than texts and numbers`);
}

function oneOf<const T extends string>(json: unknown, choices: readonly T[], at: string): T {
  const found = choices.find((item) => item === json);
  return found ?? fail(`${at} is none of ${choices.join(", ")}`);
}
