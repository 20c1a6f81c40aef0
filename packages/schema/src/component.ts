import type { AttributeSchema, ComponentKind, ComponentSchema, Rule } from "./model.js";
import { toBlockSchema, type AttributeDefinition, type BodyDefinition, type InferBody } from "./definition.js";

declare const bodyOf: unique symbol;
declare const outputOf: unique symbol;

type OutputDefinition = Readonly<Record<string, AttributeDefinition>>;

/** A component schema that remembers the TypeScript type of its configuration and output. */
export interface TypedComponentSchema<
  B extends BodyDefinition = BodyDefinition,
  O extends OutputDefinition = OutputDefinition,
> extends ComponentSchema {
  readonly [bodyOf]?: B;
  readonly [outputOf]?: O;
}

/** The configuration a component's runtime receives: readonly, with defaults applied. */
export type Infer<C> = C extends { readonly [bodyOf]?: infer B }
  ? B extends BodyDefinition
    ? InferBody<B>
    : never
  : never;

/** What a component gives to the rest of the template. Every declared output may be missing at run time only if optional. */
export type OutputOf<C> = C extends { readonly [outputOf]?: infer O }
  ? O extends BodyDefinition
    ? { readonly [K in keyof InferBody<O>]-?: NonNullable<InferBody<O>[K]> }
    : never
  : never;

interface ComponentDefinition<B extends BodyDefinition, O extends OutputDefinition> {
  readonly kind: ComponentKind;
  readonly name: string;
  readonly since: string;
  readonly summary: string;
  readonly body: B;
  readonly rules?: readonly Rule[];
  readonly output?: O;
  readonly examples?: readonly string[];
}

/** Defines a component. The result is the single source of truth for everything that is derived from it. */
export function defineComponent<
  const B extends BodyDefinition,
  const O extends OutputDefinition = Record<never, never>,
>(definition: ComponentDefinition<B, O>): TypedComponentSchema<B, O> {
  const output: Record<string, AttributeSchema> = {};
  for (const [name, attribute] of Object.entries(definition.output ?? {})) output[name] = attribute.schema;
  return {
    kind: definition.kind,
    name: definition.name,
    since: definition.since,
    summary: definition.summary,
    body: toBlockSchema(definition.body),
    rules: definition.rules ?? [],
    output,
    examples: definition.examples ?? [],
  };
}
