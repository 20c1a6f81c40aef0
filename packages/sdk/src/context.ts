import type { Report } from "@hclbuild/diagnostics";
import type { Communicator } from "./communicator.js";
import type { Clock, Host, Random } from "./host.js";
import type { Json } from "./json.js";
import type { Ledger } from "./ledger.js";
import type { Scope } from "./scope.js";
import type { Logger, StepUi } from "./ui.js";

/** What a build does with its machine when a step fails. */
export type OnError = "cleanup" | "abort" | "ask" | "run-cleanup-provisioner" | "shell";

/** Facts about the build that a component may use. */
export interface BuildInfo {
  /** Full name, such as `web.docker.base`. */
  readonly name: string;
  /** The source block's own name: what `PACKER_BUILD_NAME` and `build_name` hold. */
  readonly sourceName: string;
  /** Type of the builder, such as `docker`. */
  readonly builderType: string;
  /** The level of compatibility: what `packer_version` renders to. */
  readonly coreVersion: string;
  readonly runId: string;
  readonly debug: boolean;
  readonly force: boolean;
  readonly onError: OnError;
  /** What the machine's builder made known so far: `ID`, `Host`, `PackerHTTPAddr` and its own outputs. */
  readonly data: Readonly<Record<string, Json>>;
}

/** What every running component gets. */
export interface RunContext {
  /** Check it before starting work, and pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** Register here what must be undone; closes when the component's part of the build ends. */
  readonly scope: Scope;
  readonly ui: StepUi;
  /** Reports what the user should know about, such as a warning; does not by itself fail the build. */
  readonly report: Report;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: Host;
  /** A folder of this build's own for temporary files; removed with the run. */
  readonly workDir: string;
  readonly ledger: Ledger;
  readonly build: BuildInfo;
  /**
   * Renders a Go template with the build's functions and data and the given fields (`.Name`). A field without a value
   * gives `<no value>`.
   * @throws BuildError `gotemplate/…` when it is malformed or a function fails, and, with `isStrict`, when a field has no
   * value.
   */
  render(template: string, fields?: Readonly<Record<string, Json>>, options?: { readonly isStrict?: boolean }): string;
}

/** What a builder gets. */
export interface BuildContext extends RunContext {
  /** The machine must be thrown away again: set by an interrupted or failed build before clean-ups run. */
  readonly failed: () => boolean;
}

/** What a provisioner gets. */
export interface StepContext extends RunContext {
  readonly communicator: Communicator;
}

/** What a post-processor gets. */
export type PostProcessContext = RunContext;

/** What a data source gets; there is no build yet, `build.name` is empty. */
export type DataSourceContext = RunContext;
