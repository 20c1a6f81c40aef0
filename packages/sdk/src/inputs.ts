import type { Host } from "./host.js";
import type { Json } from "./json.js";

/** What a component reads on this machine besides its configuration, and what it does there. */
export interface ComponentInputs {
  /**
   * Files and folders whose content counts: names, types, permission bits, link targets and bytes. A folder stands for
   * everything below it. Absolute paths.
   */
  readonly files: readonly string[];
  /** Tells what below one of the folders does not count after all: an absolute path, and whether it is a folder. */
  readonly leavesOut?: (path: string, isFolder: boolean) => boolean;
  /**
   * What else of this machine counts, such as variables that are handed on. Goes into digests only with a secret, so that
   * nobody can guess it from one.
   */
  readonly values?: Json;
  /**
   * Set when running the component changes something outside of the machine that is built, or asks somebody: such a
   * step is run in every build. What it does, as a part of a sentence, such as `it runs commands on this machine`.
   */
  readonly hostEffect?: string;
}

/** What the declaration may look at. */
export interface InputsContext {
  readonly host: Host;
  readonly signal: AbortSignal;
}

/**
 * Declares what the result depends on besides the configuration. A component without this method may depend on
 * anything: its steps run in every build, and nothing after them is restored.
 */
export type ReadInputs<C> = (config: C, context: InputsContext) => ComponentInputs | Promise<ComponentInputs>;
