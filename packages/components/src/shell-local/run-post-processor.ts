import type { PostProcessorRuntime } from "@hclbuild/sdk";
import { localScriptInputs } from "../script/inputs.js";
import { prepareScripts } from "../script/prepare.js";
import { runLocalScripts, type ShellLocalConfig } from "./run-scripts.js";

/** The `shell-local` post-processor: runs scripts on this machine, once, and passes the artifact on. */
export const runtime: PostProcessorRuntime<ShellLocalConfig> = {
  prepare: prepareScripts,
  inputs: localScriptInputs,
  async process(context, input, config) {
    const command = config.execute_command ?? [];
    const single = command.length === 1 ? { execute_command: ["sh", "-c", ...command] } : {};
    await runLocalScripts(context, { ...config, ...single });
    // The scripts may have used the artifact in ways that need it to stay.
    return { artifact: input, keepInput: true, forced: true };
  },
};
