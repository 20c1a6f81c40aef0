import type { Span } from "@hclbuild/diagnostics";
import type { DecodedBody } from "@hclbuild/eval";
import {
  encodeTemplate,
  encodeValue,
  type ConfigTemplate,
  type GraphBuilder,
  type NodeId,
  type Template,
} from "@hclbuild/graph";
import type { BlockSchema } from "@hclbuild/schema";
import { containsMark, isKnown, isNull, isWhollyKnown, unmarkDeep, type Value } from "@hclbuild/value";

/** Where the parts of a configuration go. */
export interface EmitTarget {
  /** The node or step that the configuration belongs to. */
  readonly id: NodeId;
  readonly graph: GraphBuilder;
  /** Keeps values that the graph only names; by address. */
  readonly inputs: Map<string, Value>;
}

/**
 * Writes a decoded body as a configuration of the graph: values as JSON, what is open as expressions, and anything
 * sensitive as the name of an input. Absent options stay absent.
 */
export function emitConfig(decoded: DecodedBody, schema: BlockSchema, target: EmitTarget): ConfigTemplate {
  return emitBody(decoded, schema, { ...target, pointer: "" });
}

interface EmitPlace extends EmitTarget {
  readonly pointer: string;
}

function emitBody(decoded: DecodedBody, schema: BlockSchema, place: EmitPlace): ConfigTemplate {
  const config: Record<string, Template> = {};
  for (const [name, attribute] of decoded.attributes) {
    const { value, residual, span } = attribute;
    if (residual === undefined && isKnown(value) && isNull(value)) continue;
    const pointer = `${place.pointer}/${name}`;
    place.graph.span(place.id, pointer, span);
    config[name] = residual === undefined ? emitValue(value, { ...place, pointer }) : encodeTemplate(residual);
  }
  for (const [type, blocks] of decoded.blocks) {
    const nested = schema.blocks[type];
    const known = blocks.filter((block) => !block.isDeferred);
    if (nested === undefined || known.length === 0) continue;
    const items = known.map((block, index) => {
      const pointer = `${place.pointer}/${type}${nested.nesting === "single" ? "" : `/${index}`}`;
      place.graph.span(place.id, pointer, block.headerSpan);
      return { block, config: emitBlock(block, nested, { ...place, pointer }) };
    });
    config[type] =
      nested.nesting === "single"
        ? (items[0] as (typeof items)[number]).config
        : nested.nesting === "map"
          ? Object.fromEntries(items.map((item) => [item.block.labels[0] ?? "", item.config]))
          : items.map((item) => item.config);
  }
  return config;
}

function emitBlock(
  block: DecodedBody & { readonly labels: readonly string[] },
  nested: BlockSchema["blocks"][string],
  place: EmitPlace,
): ConfigTemplate {
  const own = emitBody(block, nested.body, place);
  const labels = nested.nesting === "map" ? nested.labels.slice(1) : nested.labels;
  const offset = nested.labels.length - labels.length;
  return { ...Object.fromEntries(labels.map((label, index) => [label, block.labels[index + offset] ?? ""])), ...own };
}

/** A final value: as it is, or by name when it is sensitive. */
function emitValue(value: Value, place: EmitPlace): Template {
  if (!containsMark(value, "sensitive")) return encodeValue(value);
  const address = `${place.id}#${place.pointer}`;
  if (isWhollyKnown(value)) place.inputs.set(address, value);
  return { $input: address };
}

/** Writes an option that replaces another one, such as from a provisioner's `override`. */
export function emitOption(
  name: string,
  option: { readonly value: Value; readonly sensitive: boolean; readonly span: Span | undefined },
  target: EmitTarget,
): Template {
  const pointer = `/${name}`;
  target.graph.span(target.id, pointer, option.span);
  const { value } = unmarkDeep(option.value);
  if (!option.sensitive && !containsMark(option.value, "sensitive")) return encodeValue(value);
  target.inputs.set(`${target.id}#${pointer}`, option.value);
  return { $input: `${target.id}#${pointer}` };
}
