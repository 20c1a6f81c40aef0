import { typeConstraintText } from "@hclbuild/value";
import type { AttributeSchema, BlockSchema, ComponentSchema, JsonValue, NestedBlockSchema } from "./model.js";

/** One option or block as an editor shows it. */
export interface DescribedItem {
  readonly name: string;
  readonly kind: "attribute" | "block";
  /** Type text of an attribute; nesting and labels of a block. */
  readonly detail: string;
  readonly documentation: string;
  readonly required: boolean;
  readonly sensitive: boolean;
  readonly deprecated?: string;
  readonly default?: JsonValue;
  readonly choices?: readonly (string | number)[];
  /** What has to be one of the choices. */
  readonly choicesOf?: "value" | "elements";
  /** What completion inserts, with `$1` … as places to fill in (the snippet syntax of the language server protocol). */
  readonly snippet: string;
}

/** The items of a body, attributes first, each in the order of the schema. */
export function describeBody(body: BlockSchema): readonly DescribedItem[] {
  return [
    ...Object.entries(body.attributes).map(([name, attribute]) => describeAttribute(name, attribute)),
    ...Object.entries(body.blocks).map(([name, block]) => describeBlock(name, block)),
  ];
}

function describeAttribute(name: string, attribute: AttributeSchema): DescribedItem {
  const { deprecated, enum: choices } = attribute;
  return {
    name,
    kind: "attribute",
    detail:
      attribute.format === undefined
        ? typeConstraintText(attribute.type)
        : `${typeConstraintText(attribute.type)}, ${attribute.format}`,
    documentation: attribute.doc,
    required: attribute.required,
    sensitive: attribute.sensitive,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(attribute.default === undefined ? {} : { default: attribute.default }),
    ...(choices === undefined ? {} : { choices, choicesOf: hasElements(attribute) ? "elements" : "value" }),
    snippet: `${name} = ${placeholderOf(attribute)}`,
  };
}

function hasElements({ type }: AttributeSchema): boolean {
  return type.kind === "list" || type.kind === "set";
}

function placeholderOf(attribute: AttributeSchema): string {
  const { enum: choices, type } = attribute;
  if (choices !== undefined && type.kind === "string") return `"\${1|${choices.join(",")}|}"`;
  if (choices !== undefined && hasElements(attribute)) return `["\${1|${choices.join(",")}|}"]`;
  switch (type.kind) {
    case "string":
      return '"$1"';
    case "bool":
      return "${1|true,false|}";
    case "list":
    case "set":
    case "tuple":
      return "[$1]";
    case "map":
    case "object":
      return "{\n  $1\n}";
    default:
      return "$1";
  }
}

function describeBlock(name: string, block: NestedBlockSchema): DescribedItem {
  const labels = block.labels.map((label, index) => ` "\${${index + 1}:${label}}"`).join("");
  const { deprecated } = block;
  return {
    name,
    kind: "block",
    detail: `block (${block.nesting})${block.labels.length > 0 ? `, labels: ${block.labels.join(", ")}` : ""}`,
    documentation: block.doc,
    required: (block.min ?? 0) > 0,
    sensitive: false,
    ...(deprecated === undefined ? {} : { deprecated }),
    snippet: `${name}${labels} {\n  $0\n}`,
  };
}

/** A component as an editor shows it. */
export interface DescribedComponent {
  readonly title: string;
  readonly documentation: string;
  readonly items: readonly DescribedItem[];
  /** What can be read after `data.TYPE.NAME.` or `build.`. */
  readonly outputs: readonly DescribedItem[];
}

/** Describes a component for an editor. */
export function describeComponent(component: ComponentSchema): DescribedComponent {
  return {
    title: `${component.kind} ${component.name}`,
    documentation: component.summary,
    items: describeBody(component.body),
    outputs: Object.entries(component.output).map(([name, attribute]) => describeAttribute(name, attribute)),
  };
}
