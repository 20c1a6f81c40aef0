import { Readable } from "node:stream";
import type { Infer } from "@hclbuild/schema";
import {
  captureCommand,
  exitCodeOf,
  formatDuration,
  parseDuration,
  runVisibly,
  sleep,
  type ProvisionerRuntime,
  type StepContext,
} from "@hclbuild/sdk";
import type { powershell } from "../schema/windows.js";
import { formatVariables, scriptVariables } from "../script/environment.js";
import { checkExitCode, validExitCodes } from "../script/exit.js";
import { scriptInputs } from "../script/inputs.js";
import { writeInlineScript } from "../script/local-scripts.js";
import { prepareScripts } from "../script/prepare.js";
import { retryStart, uploadScript } from "../script/start.js";
import { elevatedCommand } from "./elevated.js";
import { cleanUpScript, escapeValue, executeTemplate, inlineScript } from "./scripts.js";

type PowershellConfig = Infer<typeof powershell>;

const defaultFormat = '$env:%s="%s"; ';

/** The `powershell` provisioner: uploads each script and runs it, as another user when asked to. */
export const runtime: ProvisionerRuntime<PowershellConfig> = {
  prepare: prepareScripts,
  inputs: scriptInputs,
  async provision(context, config) {
    context.ui.say("Provisioning with Powershell...");
    const uploaded: string[] = [];
    for (const script of await localScripts(context, config)) {
      context.ui.say(`Provisioning with powershell script: ${script}`);
      await runScript(context, config, { script, uploaded });
    }
    if (config.skip_clean) return;
    await cleanUp(context, uploaded);
    const pause = parseDuration(config.pause_after) ?? 0;
    if (pause <= 0) return;
    context.ui.say(`Pausing ${formatDuration(pause)} after this provisioner...`);
    await sleep(context.clock, pause, context.signal);
  },
};

async function localScripts(context: StepContext, config: PowershellConfig): Promise<readonly string[]> {
  if (config.inline === undefined || config.inline.length === 0) {
    return [...(config.script === undefined || config.script === "" ? [] : [config.script]), ...(config.scripts ?? [])];
  }
  const lines = inlineScript(config.inline, config.debug_mode);
  return [await writeInlineScript(context, { lines, extension: ".ps1", mode: 0o600 })];
}

interface PowershellRun {
  readonly script: string;
  /** Paths of what has to be removed afterwards. */
  readonly uploaded: string[];
}

async function runScript(context: StepContext, config: PowershellConfig, run: PowershellRun): Promise<void> {
  const remote = remotePath(context, config, run.script);
  const variables = await uploadVariables(context, config);
  run.uploaded.push(remote, variables);
  const elevated = (config.elevated_user ?? "") !== "";
  const own = (elevated ? config.elevated_execute_command : config.execute_command) ?? "";
  const template = own !== "" ? own : executeTemplate(config);
  const plain = context.render(template, { Path: remote, Vars: variables });
  const completion = await retryStart(context, config.start_retry_timeout, async () => {
    await uploadScript(context, { script: run.script, remote, unixLineEnds: false });
    const command = elevated
      ? await elevatedCommand(context, {
          command: plain,
          user: config.elevated_user ?? "",
          password: config.elevated_password ?? "",
        })
      : plain;
    return await runVisibly(context, context.communicator, { command });
  });
  checkExitCode(exitCodeOf(completion), { validExitCodes: validExitCodes(config.valid_exit_codes) });
}

function remotePath(context: StepContext, config: PowershellConfig, script: string): string {
  const path = config.remote_path ?? "";
  if (path === "") return `c:/Windows/Temp/script-${context.random.uuid()}.ps1`;
  return /[/\\]$/.test(path) ? path + script.slice(script.lastIndexOf("/") + 1) : path;
}

/** Uploads the file that sets the variables and returns its path. */
async function uploadVariables(context: StepContext, config: PowershellConfig): Promise<string> {
  const elevated = (config.elevated_user ?? "") !== "";
  const own = (elevated ? config.elevated_env_var_format : config.env_var_format) ?? "";
  const text = formatVariables(scriptVariables(context, config), own === "" ? defaultFormat : own, escapeValue);
  const given = config.remote_env_var_path ?? "";
  const remote = given !== "" ? given : `c:/Windows/Temp/packer-ps-env-vars-${context.random.uuid()}.ps1`;
  const bytes = Buffer.from(text, "utf8");
  await retryStart(context, config.start_retry_timeout, async () =>
    context.communicator.uploadFile(Readable.from([bytes]), remote, { signal: context.signal, size: bytes.length }),
  );
  return remote;
}

/** Removes what was uploaded. The machine may be going away, so that a failure does not matter. */
async function cleanUp(context: StepContext, uploaded: readonly string[]): Promise<void> {
  try {
    const remote = `c:/Windows/Temp/packer-cleanup-${context.random.uuid()}.ps1`;
    const bytes = Buffer.from(cleanUpScript([...uploaded, remote]), "utf8");
    await context.communicator.uploadFile(Readable.from([bytes]), remote, {
      signal: context.signal,
      size: bytes.length,
    });
    const command = `powershell -executionpolicy bypass -file ${remote}`;
    await captureCommand(context.communicator, { command }, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug("powershell clean-up failed", { error: String(error) });
  }
}
