import { resolveLocal, type ComponentInputs, type InputsContext } from "@hclbuild/sdk";
import { type ScriptOptions } from "./prepare.js";

/** The script files that a component of the shell family uploads or runs; `inline` replaces them. */
export function scriptFiles(
  config: Pick<ScriptOptions, "inline" | "script" | "scripts">,
  context: InputsContext,
): readonly string[] {
  if (config.inline !== undefined && config.inline.length > 0) return [];
  return [config.script ?? "", ...(config.scripts ?? [])]
    .filter((script) => script !== "")
    .map((script) => resolveLocal(script, context));
}

/** The inputs of a component that runs its scripts on the machine that is built. */
export function scriptInputs(config: ScriptOptions, context: InputsContext): ComponentInputs {
  return { files: scriptFiles(config, context) };
}

/** The inputs of a component that runs its scripts here. */
export function localScriptInputs(config: ScriptOptions, context: InputsContext): ComponentInputs {
  return { files: scriptFiles(config, context), hostEffect: "it runs commands on this machine" };
}
