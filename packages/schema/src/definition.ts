import {
  boolType,
  dynamicType,
  listOf,
  mapOf,
  numberType,
  objectOf,
  setOf,
  stringType,
  type Type,
} from "@hclbuild/value";
import type { AttributeSchema, BlockSchema, JsonValue, NestedBlockSchema, Nesting } from "./model.js";

/** Carries the TypeScript type of a definition; never present at run time. */
declare const inferred: unique symbol;

/** Whether a decoded configuration always has the option. */
export type Presence = "optional" | "present";

/** An option under construction. Immutable: every modifier returns a new definition. */
export interface AttributeDefinition<T = unknown, P extends Presence = Presence> {
  readonly kind: "attribute";
  readonly schema: AttributeSchema;
  readonly [inferred]?: readonly [T, P];
  required(): AttributeDefinition<T, "present">;
  default(value: T & JsonValue): AttributeDefinition<T, "present">;
  /** The value is masked wherever values are shown. */
  sensitive(): AttributeDefinition<T, P>;
  deprecated(instead: string): AttributeDefinition<T, P>;
  doc(text: string): AttributeDefinition<T, P>;
  enum<const E extends T & (string | number)>(values: readonly E[]): AttributeDefinition<E, P>;
  min(bound: number): AttributeDefinition<T, P>;
  max(bound: number): AttributeDefinition<T, P>;
  /** The text is not a Go template. */
  noInterpolation(): AttributeDefinition<T, P>;
  /** The component renders the text while it runs, with these fields; see `LateRendering`. */
  renderedLater(fields: readonly string[], options?: { readonly isStrict: boolean }): AttributeDefinition<T, P>;
  requiredBy(moment: "decode" | "prepare"): AttributeDefinition<T, P>;
}

/** A nested block under construction; see {@link AttributeDefinition}. */
export interface BlockDefinition<T = unknown, P extends Presence = Presence> {
  readonly kind: "block";
  readonly schema: NestedBlockSchema;
  readonly [inferred]?: readonly [T, P];
  min(count: number): BlockDefinition<T, P>;
  max(count: number): BlockDefinition<T, P>;
  required(): BlockDefinition<T, "present">;
  doc(text: string): BlockDefinition<T, P>;
  deprecated(instead: string): BlockDefinition<T, P>;
}

/** A block whose nesting is still to be chosen. */
export interface OpenBlockDefinition<B extends BodyDefinition> {
  labels(names: readonly string[]): OpenBlockDefinition<B>;
  single(): BlockDefinition<InferBody<B>, "optional">;
  list(): BlockDefinition<readonly InferBody<B>[], "present">;
  set(): BlockDefinition<readonly InferBody<B>[], "present">;
  map(labelName: string): BlockDefinition<Readonly<Record<string, InferBody<B>>>, "present">;
}

/** The options and blocks of a body, by name. */
export interface BodyDefinition {
  readonly [name: string]: AttributeDefinition | BlockDefinition;
}

type TypeIn<D> = D extends { readonly [inferred]?: readonly [infer T, Presence] } ? T : never;
type PresentKeys<B> = {
  [K in keyof B]: B[K] extends { readonly [inferred]?: readonly [unknown, infer P] }
    ? "optional" extends P
      ? never
      : K
    : never;
}[keyof B];

/** The configuration that a body decodes to, with defaults applied. */
export type InferBody<B extends BodyDefinition> = {
  readonly [K in PresentKeys<B>]: TypeIn<B[K]>;
} & {
  readonly [K in Exclude<keyof B, PresentKeys<B>>]?: TypeIn<B[K]>;
};

function attribute<T, P extends Presence = "optional">(schema: AttributeSchema): AttributeDefinition<T, P> {
  const change = <U = T, Q extends Presence = P>(part: Partial<AttributeSchema>): AttributeDefinition<U, Q> =>
    attribute<U, Q>({ ...schema, ...part });
  return {
    kind: "attribute",
    schema,
    required: () => change<T, "present">({ required: true }),
    default: (value) => change<T, "present">({ default: value }),
    sensitive: () => change({ sensitive: true }),
    deprecated: (instead) => change({ deprecated: instead }),
    doc: (text) => change({ doc: text }),
    enum: <const E extends T & (string | number)>(values: readonly E[]) => change<E>({ enum: values }),
    min: (bound) => change({ min: bound }),
    max: (bound) => change({ max: bound }),
    noInterpolation: () => change({ interpolate: false }),
    renderedLater: (fields, options) =>
      change({ interpolate: false, renderedLater: { fields, isStrict: options?.isStrict === true } }),
    requiredBy: (moment) => change({ requiredBy: moment }),
  };
}

function plain<T>(type: Type, format?: AttributeSchema["format"]): AttributeDefinition<T, "optional"> {
  return attribute<T>({
    type,
    required: false,
    requiredBy: "prepare",
    sensitive: false,
    doc: "",
    interpolate: true,
    ...(format === undefined ? {} : { format }),
  });
}

function collection<T>(type: Type, element: AttributeSchema): AttributeDefinition<T, "optional"> {
  const { schema } = plain<T>(type, element.format);
  return attribute<T>({ ...schema, ...(element.enum === undefined ? {} : { enum: element.enum }) });
}

function block<T, P extends Presence>(schema: NestedBlockSchema): BlockDefinition<T, P> {
  const change = <Q extends Presence = P>(part: Partial<NestedBlockSchema>): BlockDefinition<T, Q> =>
    block<T, Q>({ ...schema, ...part });
  return {
    kind: "block",
    schema,
    min: (count) => change({ min: count }),
    max: (count) => change({ max: count }),
    required: () => change<"present">({ min: 1 }),
    doc: (text) => change({ doc: text }),
    deprecated: (instead) => change({ deprecated: instead }),
  };
}

function openBlock<B extends BodyDefinition>(body: B, labels: readonly string[]): OpenBlockDefinition<B> {
  const nested = <T, P extends Presence>(nesting: Nesting, names: readonly string[]): BlockDefinition<T, P> =>
    block<T, P>({ nesting, labels: names, body: toBlockSchema(body), doc: "" });
  return {
    labels: (names) => openBlock(body, names),
    single: () => nested("single", labels),
    list: () => nested("list", labels),
    set: () => nested("set", labels),
    map: (labelName) => nested("map", [labelName]),
  };
}

/** Splits a body definition into the frozen data model. */
export function toBlockSchema(body: BodyDefinition): BlockSchema {
  const attributes: Record<string, AttributeSchema> = {};
  const blocks: Record<string, NestedBlockSchema> = {};
  for (const [name, definition] of Object.entries(body)) {
    if (definition.kind === "attribute") attributes[name] = definition.schema;
    else blocks[name] = definition.schema;
  }
  return { attributes, blocks };
}

type Fields = Readonly<Record<string, AttributeDefinition>>;

function objectDefinition<F extends Fields>(fields: F): AttributeDefinition<InferBody<F>, "optional"> {
  const attributes: Record<string, Type> = {};
  const optional = new Set<string>();
  for (const [name, field] of Object.entries(fields)) {
    attributes[name] = field.schema.type;
    if (!field.schema.required) optional.add(name);
  }
  return plain(objectOf(attributes, optional));
}

/**
 * The vocabulary of component schemas. Every call starts an option or a block that modifiers refine; an option is
 * optional until `required` or `default` says otherwise.
 */
export const s = {
  string: (): AttributeDefinition<string, "optional"> => plain(stringType),
  bool: (): AttributeDefinition<boolean, "optional"> => plain(boolType),
  /** A boolean whose absence means something else than `false`. */
  trilean: (): AttributeDefinition<boolean, "optional"> => plain(boolType, "trilean"),
  int: (): AttributeDefinition<number, "optional"> => plain(numberType, "integer"),
  number: (): AttributeDefinition<number, "optional"> => plain(numberType),
  /** Text such as `1h5m2s`, in Go's notation. */
  duration: (): AttributeDefinition<string, "optional"> => plain(stringType, "duration"),
  /** A path on the machine that runs hclbuild. */
  path: (): AttributeDefinition<string, "optional"> => plain(stringType, "path"),
  /** Choices and format of the element hold for each element. */
  list: <T>(element: AttributeDefinition<T>): AttributeDefinition<readonly T[], "optional"> =>
    collection(listOf(element.schema.type), element.schema),
  set: <T>(element: AttributeDefinition<T>): AttributeDefinition<readonly T[], "optional"> =>
    collection(setOf(element.schema.type), element.schema),
  /** Only the type of the element holds for each element, not its choices and format. */
  map: <T>(element: AttributeDefinition<T>): AttributeDefinition<Readonly<Record<string, T>>, "optional"> =>
    plain(mapOf(element.schema.type)),
  object: objectDefinition,
  /** A value of any type. */
  any: (): AttributeDefinition<JsonValue, "optional"> => plain(dynamicType),
  block: <const B extends BodyDefinition>(body: B): OpenBlockDefinition<B> => openBlock(body, []),
} as const;
