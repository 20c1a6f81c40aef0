import type { Type } from "@hclbuild/value";

/** A JSON document as plain readonly data. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The five places in a template where a component can be named. */
export type ComponentKind = "builder" | "provisioner" | "post-processor" | "data-source" | "communicator";

/**
 * What a string or number means beyond its type: a Go duration (`1h5m2s`), a path on the machine that runs hclbuild, a
 * whole number, or a boolean that also remembers that it was not set.
 */
export type AttributeFormat = "duration" | "path" | "integer" | "trilean";

/** One option of a component. */
export interface AttributeSchema {
  readonly type: Type;
  /** The component cannot work without it. */
  readonly required: boolean;
  /**
   * When an absent required option is reported: `decode` as a missing argument of the block, `prepare` together with the
   * component's rules, where an empty value counts as absent too. Packer checks nearly everything in `prepare`.
   */
  readonly requiredBy: "decode" | "prepare";
  /**
   * What the component uses when the option is absent or empty; left out when the default depends on other options.
   * `false` is never empty, and `0` only where the bounds exclude it.
   */
  readonly default?: JsonValue;
  readonly sensitive: boolean;
  /** What to use instead. */
  readonly deprecated?: string;
  readonly doc: string;
  readonly enum?: readonly (string | number)[];
  /** Bounds of a number, or of the length of a string or collection. */
  readonly min?: number;
  readonly max?: number;
  readonly format?: AttributeFormat;
  /** Whether the text is rendered as a Go template before the component gets it. */
  readonly interpolate: boolean;
  /** Set when the component itself renders the text later, with fields of its own. */
  readonly renderedLater?: LateRendering;
}

/** How a component renders an option while it runs. */
export interface LateRendering {
  /** What `{{.Name}}` can give. */
  readonly fields: readonly string[];
  /** Any other field is an error. Else the keys of `build` are there too, and what is not is `<no value>`. */
  readonly isStrict: boolean;
}

/** `single` allows one block, `list` and `set` any number, `map` one for each label. */
export type Nesting = "single" | "list" | "set" | "map";

/** A kind of block inside a component's body. */
export interface NestedBlockSchema {
  readonly nesting: Nesting;
  /** Names of the labels; a `map` is keyed by its only label, other labels become attributes of the decoded object. */
  readonly labels: readonly string[];
  readonly body: BlockSchema;
  readonly min?: number;
  readonly max?: number;
  readonly doc: string;
  readonly deprecated?: string;
}

/** The contents of a block. Keys are in declaration order, which is the order of documentation. */
export interface BlockSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly blocks: Readonly<Record<string, NestedBlockSchema>>;
}

/** The attributes and nested blocks a rule speaks about are named by their key in the body. */
export type Rule =
  | { readonly kind: "exactly-one-of"; readonly names: readonly string[] }
  | { readonly kind: "at-most-one-of"; readonly names: readonly string[] }
  | { readonly kind: "required-with"; readonly name: string; readonly needs: string }
  | { readonly kind: "conflicts-with"; readonly name: string; readonly other: string; readonly when?: RuleCondition }
  | { readonly kind: "required-when"; readonly name: string; readonly when: RuleCondition }
  | { readonly kind: "custom"; readonly name: string; readonly doc: string; readonly check?: CustomCheck };

/** Holds when the option (or its default) is one of the values. */
export interface RuleCondition {
  readonly name: string;
  readonly in: readonly (string | number | boolean)[];
}

/** A pure check of a configuration. Returns what is wrong; the name says which option to point at. */
export type CustomCheck = (config: RuleSubject) => readonly RuleFinding[];

/** What a custom rule found. */
export interface RuleFinding {
  readonly name?: string;
  /** One sentence, ending with a period. */
  readonly message: string;
  readonly severity?: "error" | "warning";
}

/** A configuration as rules see it. */
export interface RuleSubject {
  /**
   * Whether the option was given. An empty string, `false`, `0`, `null` or an empty collection counts as unset, as it
   * does in Packer; `unknown` when that depends on a value that only the run brings.
   */
  presence(name: string): "set" | "unset" | "unknown";
  /** The value, or the option's default when it is unset; `undefined` when there is none or it is not wholly known. */
  value(name: string): JsonValue | undefined;
}

/** Everything that is known about a component without running it. Plain data except for the custom checks. */
export interface ComponentSchema {
  readonly kind: ComponentKind;
  /** As written in a template. */
  readonly name: string;
  /** The hclbuild version that brought it. */
  readonly since: string;
  readonly summary: string;
  readonly body: BlockSchema;
  readonly rules: readonly Rule[];
  /** Data sources: the attributes of `data.TYPE.NAME`; builders: what `build` offers beyond the common keys. */
  readonly output: Readonly<Record<string, AttributeSchema>>;
  /** Fixture folders that use it; each must compile. */
  readonly examples: readonly string[];
}
