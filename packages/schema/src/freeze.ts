import { typeToJson } from "@hclbuild/value";
import type { AttributeSchema, BlockSchema, ComponentSchema, JsonValue, NestedBlockSchema } from "./model.js";

/**
 * A component schema as plain JSON: what manifests hold and what schema digests are computed from. Custom rules keep
 * their name and text and lose their code.
 */
export function freezeComponent(component: ComponentSchema): JsonValue {
  return {
    kind: component.kind,
    name: component.name,
    since: component.since,
    summary: component.summary,
    body: freezeBody(component.body),
    rules: component.rules.map((rule) =>
      rule.kind === "custom"
        ? { kind: rule.kind, name: rule.name, doc: rule.doc }
        : ({ ...rule } as unknown as JsonValue),
    ),
    output: freezeAttributes(component.output),
    examples: component.examples,
  };
}

function freezeBody(body: BlockSchema): JsonValue {
  const blocks = Object.entries(body.blocks).map(([name, block]) => [name, freezeBlock(block)] as const);
  return { attributes: freezeAttributes(body.attributes), blocks: Object.fromEntries(blocks) };
}

function freezeAttributes(attributes: Readonly<Record<string, AttributeSchema>>): JsonValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      { ...attribute, type: typeToJson(attribute.type) } as unknown as JsonValue,
    ]),
  );
}

function freezeBlock(block: NestedBlockSchema): JsonValue {
  return { ...block, body: freezeBody(block.body) };
}
