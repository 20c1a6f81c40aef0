import type { ComponentKind, JsonValue } from "@hclbuild/schema";
import type { TypeJson } from "@hclbuild/value";
import type { NodeId } from "./expr.js";

/**
 * A value or an expression as JSON. Plain JSON stands for itself; an object with a key that starts with `$` is an
 * expression. See `encodeTemplate` for the forms.
 */
export type Template = JsonValue;

/** A configuration: option names to values or expressions. Options that were not written are absent. */
export type ConfigTemplate = Readonly<Record<string, Template>>;

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string;

/** Which component a node runs. */
export interface ComponentRef {
  /** The source address of a plugin, or `core`. */
  readonly plugin: string;
  readonly kind: ComponentKind;
  readonly name: string;
  /** Digest of the component's schema, so that a plan is not run against another version. */
  readonly schema: Digest;
}

/** Reads something from outside: a data source, or a function that asks a service. */
export interface EffectNode {
  readonly kind: "effect";
  readonly id: NodeId;
  readonly component: ComponentRef;
  readonly config: ConfigTemplate;
  readonly out: TypeJson;
}

/** How a machine is reached. The options are part of the machine's configuration. */
export interface ConnectSpec {
  readonly communicator: Template;
}

/** One action on a machine, in order; it has no life of its own outside its machine. */
export interface StepNode {
  readonly id: NodeId;
  readonly name?: string;
  readonly component: ComponentRef;
  /** With the step's `override` for this machine already merged. */
  readonly config: ConfigTemplate;
  /** Further attempts after a failure. */
  readonly retry?: number;
  readonly timeoutMs?: number;
  readonly pauseMs?: number;
  readonly continueOnError?: boolean;
  /** `false`: run in every build, even when its result is kept from an earlier one. */
  readonly cache?: boolean;
}

/** One build of one source: a machine is made, provisioned in order, and turned into an artifact. */
export interface MachineNode {
  readonly kind: "machine";
  readonly id: NodeId;
  /** The full build name, such as `web.docker.base`: what users see and `-only` matches. */
  readonly name: string;
  /** The name of the source block, which is what components know as the build's name. */
  readonly sourceName: string;
  readonly component: ComponentRef;
  readonly config: ConfigTemplate;
  readonly connect?: ConnectSpec;
  readonly steps: readonly StepNode[];
  /** Run when provisioning failed or was cancelled. */
  readonly onError: readonly StepNode[];
  /** Machines whose artifacts must exist first. */
  readonly after: readonly NodeId[];
  /** The type of the object that `build` names. */
  readonly out: TypeJson;
}

/** One post-processor of a chain. */
export interface PostNode {
  readonly kind: "post";
  readonly id: NodeId;
  readonly name?: string;
  /** Number of the chain within its build block, from 0. */
  readonly chain: number;
  readonly component: ComponentRef;
  readonly config: ConfigTemplate;
  /** The node whose artifact it takes. */
  readonly from: NodeId;
  /** The machine the chain belongs to. */
  readonly machine: NodeId;
  /** What the template says; absent when it says nothing, which leaves the choice to the component. */
  readonly keepInput?: boolean;
}

/** A local that is not known before the run; evaluated once per run and shared by all its uses. */
export interface ValueNode {
  readonly kind: "value";
  readonly id: NodeId;
  readonly expr: Template;
  readonly out: TypeJson;
  /** The value is to be masked although its parts are not. */
  readonly sensitive?: boolean;
}

/** A block whose number of copies is not known before data sources have run. Only in graphs of the first phase. */
export interface DeferredNode {
  readonly kind: "deferred";
  readonly id: NodeId;
  readonly block: Template;
}

/** A node of any kind. */
export type GraphNode = EffectNode | MachineNode | PostNode | ValueNode | DeferredNode;

/** `[file, start, end]`: offsets in UTF-16 code units. */
export type SpanEntry = readonly [file: string, start: number, end: number];

/** Where parts of nodes and steps come from: node or step id, then JSON pointer into its configuration. */
export type SpanTable = Readonly<Record<NodeId, Readonly<Record<string, SpanEntry>>>>;

/** What a program must support to run the graph. None is needed yet; reserved for later formats. */
export type Capability = string;

/**
 * A template compiled to data: what will be read, which machines will run, and what happens to their artifacts.
 *
 * Holds no sensitive value: such values are `{"$input": address}`. Node order is deterministic and dependencies come
 * first; file names are relative to the template's root. Ids reserve `[key]` (matrix), `module.x.` (modules) and `#2` (a
 * second build with the same full name).
 */
export interface BuildGraph {
  readonly format: "hclbuild.graph/1";
  readonly requires: readonly Capability[];
  readonly nodes: readonly GraphNode[];
  /** The nodes that are wanted for their own sake: the selected machines and the ends of their chains. */
  readonly roots: readonly NodeId[];
  readonly spans: SpanTable;
}
