import type { Infer } from "@hclbuild/schema";
import { exitCodeOf, runVisibly, type ProvisionerRuntime, type StepContext } from "@hclbuild/sdk";
import type { windowsShell } from "../schema/windows.js";
import { formatVariables, scriptVariables } from "../script/environment.js";
import { checkExitCode, validExitCodes } from "../script/exit.js";
import { scriptInputs } from "../script/inputs.js";
import { writeInlineScript } from "../script/local-scripts.js";
import { prepareScripts } from "../script/prepare.js";
import { retryStart, uploadScript } from "../script/start.js";

type WindowsShellConfig = Infer<typeof windowsShell>;

/** The `windows-shell` provisioner: uploads each batch file and runs it. */
export const runtime: ProvisionerRuntime<WindowsShellConfig> = {
  prepare: prepareScripts,
  inputs: scriptInputs,
  async provision(context, config) {
    context.ui.say("Provisioning with windows-shell...");
    const Vars = formatVariables(scriptVariables(context, config), config.env_var_format, (value) => value);
    for (const script of await localScripts(context, config)) {
      context.ui.say(`Provisioning with shell script: ${script}`);
      const command = context.render(config.execute_command, { Vars, Path: config.remote_path });
      const completion = await retryStart(context, config.start_retry_timeout, async () => {
        await uploadScript(context, { script, remote: config.remote_path, unixLineEnds: false });
        return await runVisibly(context, context.communicator, { command });
      });
      checkExitCode(exitCodeOf(completion), { validExitCodes: validExitCodes(config.valid_exit_codes) });
    }
  },
};

async function localScripts(context: StepContext, config: WindowsShellConfig): Promise<readonly string[]> {
  if (config.inline === undefined || config.inline.length === 0) {
    return [...(config.script === undefined || config.script === "" ? [] : [config.script]), ...(config.scripts ?? [])];
  }
  return [await writeInlineScript(context, { lines: config.inline, mode: 0o600 })];
}
