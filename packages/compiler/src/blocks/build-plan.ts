import type { Span } from "@hclbuild/diagnostics";
import type { RegisteredComponent } from "@hclbuild/schema";
import type { Body, BodyBlock } from "@hclbuild/syntax";
import type { Value } from "@hclbuild/value";
import type { NamedBlockSymbol } from "./symbols.js";

/** A source as one build uses it. */
export interface SourceUse {
  readonly type: string;
  /** The name inside the build: that of the source block unless the build gives it another one. */
  readonly localName: string;
  readonly symbol: NamedBlockSymbol;
  /** The source's body, and what the build adds to it. */
  readonly bodies: readonly Body[];
  readonly span: Span;
}

/** Which sources of its build a step or post-processor runs for: exact `TYPE.NAME`. */
export interface SourceFilter {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** A provisioner block, with its meta-arguments taken out of the body. */
export interface ProvisionerPlan extends SourceFilter {
  readonly block: BodyBlock;
  readonly type: string;
  readonly component: RegisteredComponent | undefined;
  readonly body: Body;
  /** It stands for a number of blocks that is not known yet: checked, and left out of the graph. */
  readonly isDeferred: boolean;
  readonly name?: string;
  /** By the name of a source, options that replace those of the body. */
  readonly override?: Value;
  readonly overrideSpan?: Span;
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
  readonly retry?: number;
  readonly continueOnError?: boolean;
  /** Our own argument: whether the step may be skipped because its result is kept from an earlier build. */
  readonly cache?: boolean;
}

/** A post-processor block, likewise. */
export interface PostProcessorPlan extends SourceFilter {
  readonly block: BodyBlock;
  readonly type: string;
  readonly component: RegisteredComponent | undefined;
  readonly body: Body;
  /** It stands for a number of blocks that is not known yet: checked, and left out of the graph. */
  readonly isDeferred: boolean;
  readonly name?: string;
  readonly keepInput?: boolean;
}

/** A build block, read. */
export interface BuildPlan {
  readonly block: BodyBlock;
  /** Empty when the build has no name. */
  readonly name: string;
  readonly description: string;
  readonly uses: readonly SourceUse[];
  /** The sources as the build names them, those that do not exist included: `TYPE.NAME`. */
  readonly references: readonly string[];
  /** Nothing about which builds and steps there are is left to a data source, or to the repair of a mistake. */
  readonly isComplete: boolean;
  readonly registryBlocks: readonly BodyBlock[];
  readonly provisioners: readonly ProvisionerPlan[];
  readonly errorCleanup?: ProvisionerPlan;
  readonly chains: readonly (readonly PostProcessorPlan[])[];
}

/** Whether a filter lets a source through. Names are compared exactly, as in Packer. */
export function passesFilter(filter: SourceFilter, use: SourceUse): boolean {
  const name = `${use.type}.${use.localName}`;
  if (filter.only !== undefined && filter.only.length > 0) return filter.only.includes(name);
  return filter.except === undefined || !filter.except.includes(name);
}

/** The name that users see and `-only` matches. */
export function fullBuildName(plan: BuildPlan, use: SourceUse): string {
  return `${plan.name === "" ? "" : `${plan.name}.`}${use.type}.${use.localName}`;
}
