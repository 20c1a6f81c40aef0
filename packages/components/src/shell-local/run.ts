import type { ProvisionerRuntime } from "@hclbuild/sdk";
import { localScriptInputs } from "../script/inputs.js";
import { prepareScripts } from "../script/prepare.js";
import { runLocalScripts, type ShellLocalConfig } from "./run-scripts.js";

/** The `shell-local` provisioner: runs scripts on this machine. */
export const runtime: ProvisionerRuntime<ShellLocalConfig> = {
  prepare: prepareScripts,
  inputs: localScriptInputs,
  provision: runLocalScripts,
};
