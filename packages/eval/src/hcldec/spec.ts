import type { Expr } from "@hclbuild/graph";
import {
  dynamicType,
  hasDynamic,
  listOf,
  mapOf,
  objectOf,
  setOf,
  stringType,
  tupleOf,
  withoutOptional,
  type Refinement,
  type Type,
  type Value,
} from "@hclbuild/value";
import type { BodySchema } from "@hclbuild/syntax";
import type { Scope } from "../scope.js";

interface BlocksOf {
  readonly blockType: string;
  readonly nested: DecoderSpec;
}

/**
 * How a body becomes one value: the decoder specifications of HCL's `hcldec`. Kinds are named as in its spec files
 * where those have them.
 */
export type DecoderSpec =
  | { readonly kind: "object"; readonly properties: ReadonlyMap<string, DecoderSpec> }
  | { readonly kind: "array"; readonly items: readonly DecoderSpec[] }
  | { readonly kind: "attr"; readonly name: string; readonly type: Type; readonly required: boolean }
  | { readonly kind: "literal"; readonly value: Value }
  | (BlocksOf & { readonly kind: "block"; readonly required: boolean })
  | (BlocksOf & {
      readonly kind: "block_list" | "block_set" | "block_tuple";
      readonly min: number;
      readonly max: number;
    })
  | (BlocksOf & { readonly kind: "block_map" | "block_object"; readonly labels: readonly string[] })
  | { readonly kind: "block_attrs"; readonly blockType: string; readonly elementType: Type; readonly required: boolean }
  | { readonly kind: "block_label"; readonly index: number; readonly name: string }
  | { readonly kind: "default"; readonly primary: DecoderSpec; readonly fallback: DecoderSpec }
  | { readonly kind: "transform"; readonly nested: DecoderSpec; readonly result: Expr; readonly scope: Scope }
  | { readonly kind: "refine"; readonly nested: DecoderSpec; readonly refinement: Refinement };

/** Specs that look at the same body. */
export function sameBodySpecs(spec: DecoderSpec): readonly DecoderSpec[] {
  switch (spec.kind) {
    case "object":
      return [...spec.properties.values()];
    case "array":
      return spec.items;
    case "default":
      return [spec.primary, spec.fallback];
    case "transform":
    case "refine":
      return [spec.nested];
    default:
      return [];
  }
}

function visitSameBody(spec: DecoderSpec, visit: (spec: DecoderSpec) => void): void {
  visit(spec);
  for (const inner of sameBodySpecs(spec)) visitSameBody(inner, visit);
}

/** Names of the labels that a block's spec reads, in the order of the labels. */
function labelNamesOf(nested: DecoderSpec): readonly string[] {
  const labels = new Map<number, string>();
  visitSameBody(nested, (spec) => {
    if (spec.kind === "block_label") labels.set(spec.index, spec.name);
  });
  return [...labels].toSorted(([a], [b]) => a - b).map(([, name]) => name);
}

/** What a spec asks its body for. */
export function schemaOfSpec(spec: DecoderSpec): BodySchema {
  const attributes = new Map<string, { readonly name: string; readonly required: boolean }>();
  const blocks = new Map<string, { readonly type: string; readonly labelNames: readonly string[] }>();
  visitSameBody(spec, (inner) => {
    if (inner.kind === "attr") attributes.set(inner.name, { name: inner.name, required: inner.required });
    if (inner.kind === "block_attrs") blocks.set(inner.blockType, { type: inner.blockType, labelNames: [] });
    if (!("blockType" in inner) || inner.kind === "block_attrs") return;
    const own = inner.kind === "block_map" || inner.kind === "block_object" ? inner.labels : [];
    blocks.set(inner.blockType, { type: inner.blockType, labelNames: [...own, ...labelNamesOf(inner.nested)] });
  });
  return { attributes: [...attributes.values()], blocks: [...blocks.values()] };
}

/** The type of a spec's results as far as the spec tells. */
export function typeOfSpec(spec: DecoderSpec): Type {
  switch (spec.kind) {
    case "object":
      return objectOf(new Map([...spec.properties].map(([name, inner]) => [name, typeOfSpec(inner)])));
    case "array":
      return tupleOf(spec.items.map(typeOfSpec));
    case "attr":
      return withoutOptional(spec.type);
    case "literal":
      return spec.value.type;
    case "block":
    case "refine":
      return typeOfSpec(spec.nested);
    case "block_list":
      return withElement(listOf, spec.nested);
    case "block_set":
      return withElement(setOf, spec.nested);
    case "block_map":
      return spec.labels.reduce((type: Type) => mapOf(type), typeOfSpec(spec.nested));
    case "block_attrs":
      return mapOf(withoutOptional(spec.elementType));
    case "block_label":
      return stringType;
    case "default":
      return typeOfSpec(spec.primary);
    case "block_tuple":
    case "block_object":
    case "transform":
      return dynamicType;
  }
}

function withElement(make: (element: Type) => Type, nested: DecoderSpec): Type {
  const element = typeOfSpec(nested);
  return hasDynamic(element) ? dynamicType : make(element);
}
