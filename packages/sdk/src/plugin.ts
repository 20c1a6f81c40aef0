import type { Report, Span } from "@hclbuild/diagnostics";
import type { ComponentKind, ComponentSchema } from "@hclbuild/schema";
import type { ArtifactHandle } from "./artifact.js";
import type { ArtifactExists, BuilderRuntime } from "./builder.js";
import type { CommunicatorRuntime } from "./communicator.js";
import type { DataSourceContext, PostProcessContext, StepContext } from "./context.js";
import type { Host } from "./host.js";
import type { ReadInputs } from "./inputs.js";
import type { Json, MaybeUnknown } from "./json.js";

/** What `prepare` may look at. */
export interface PrepareContext {
  readonly host: Host;
  readonly signal: AbortSignal;
  /** Where the template gives an option of this component, for `report`; `undefined` when it does not. */
  readonly spanOf: (option: string) => Span | undefined;
}

/**
 * Checks a configuration before anything runs: what the schema cannot say, such as whether a file exists. Values may
 * still be unknown. Reports; does not throw for a user's mistake.
 */
export type Prepare<C> = (config: MaybeUnknown<C>, report: Report, context: PrepareContext) => void | Promise<void>;

/** A provisioner's implementation. */
export interface ProvisionerRuntime<C> {
  readonly prepare?: Prepare<C>;
  readonly inputs?: ReadInputs<C>;
  /** Rejects with a `BuildError` when the step failed. May be called again for a retry. */
  provision(context: StepContext, config: C): Promise<void>;
}

/** What a post-processor returns. */
export interface PostProcessResult {
  /** Absent: the chain ends here without an artifact. May be the input itself. */
  readonly artifact?: ArtifactHandle | undefined;
  /** Whether the input stays by default. */
  readonly keepInput: boolean;
  /** Whether the user's `keep_input_artifact = false` is overruled, because the result depends on the input. */
  readonly forced: boolean;
}

/** A post-processor's implementation. */
export interface PostProcessorRuntime<C> {
  readonly prepare?: Prepare<C>;
  /** Without it the configuration and the artifact count alone. */
  readonly inputs?: ReadInputs<C>;
  readonly artifactExists?: ArtifactExists;
  process(context: PostProcessContext, input: ArtifactHandle, config: C): Promise<PostProcessResult>;
}

/** A data source's implementation. */
export interface DataSourceRuntime<C, O extends object = Record<string, Json>> {
  readonly prepare?: Prepare<C>;
  read(context: DataSourceContext, config: C): Promise<O>;
}

/** The runtime of a component, by its kind. */
export interface RuntimeByKind {
  readonly builder: BuilderRuntime<never>;
  readonly provisioner: ProvisionerRuntime<never>;
  readonly "post-processor": PostProcessorRuntime<never>;
  readonly "data-source": DataSourceRuntime<never, object>;
  readonly communicator: CommunicatorRuntime<never>;
}

/** A module that `load` imports: it exports the implementation as `runtime`. */
export interface RuntimeModule {
  readonly runtime: RuntimeByKind[ComponentKind];
}

/** One component of a plugin: its schema, and how to get its implementation when a graph names it. */
export interface PluginComponent {
  readonly schema: ComponentSchema;
  readonly load: () => Promise<RuntimeModule>;
}

/** A set of components that are released together. */
export interface Plugin {
  readonly name: string;
  /** Address that `required_plugins` knows it by, such as `github.com/hashicorp/docker`. */
  readonly source: string;
  /** The version it declares itself compatible with. */
  readonly version: string;
  readonly apiVersion: 1;
  readonly components: readonly PluginComponent[];
}

/** Declares a plugin. Nothing heavy may be imported where this is called: implementations load on demand. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
