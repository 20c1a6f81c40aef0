import { Readable } from "node:stream";
import type { Infer } from "@hclbuild/schema";
import {
  buildError,
  exitCodeOf,
  formatDuration,
  parseDuration,
  runCommand,
  runVisibly,
  sleep,
  type ProvisionerRuntime,
  type StepContext,
} from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";
import type { shell } from "../schema/shell.js";
import { formatVariables, scriptVariables } from "../script/environment.js";
import { checkExitCode, validExitCodes } from "../script/exit.js";
import { scriptInputs } from "../script/inputs.js";
import { writeInlineScript } from "../script/local-scripts.js";
import { prepareScripts } from "../script/prepare.js";
import { retryStart, throwIfDisconnected, uploadScript } from "../script/start.js";

type ShellConfig = Infer<typeof shell>;

const defaultShebang = "/bin/sh -e";

/** The `shell` provisioner: uploads each script, runs it, and removes it again. */
export const runtime: ProvisionerRuntime<ShellConfig> = {
  prepare: prepareScripts,
  inputs: scriptInputs,
  async provision(context, config) {
    const scripts = await localScripts(context, config);
    const variables = scriptVariables(context, config);
    const { vars, envFile } = await placeVariables(context, config, variables);
    for (const script of scripts) {
      context.ui.say(`Provisioning with shell script: ${script}`);
      await runScript(context, config, { script, vars, envFile });
    }
    if (envFile !== "" && !config.skip_clean) await removeRemote(context, config, envFile);
    const pause = parseDuration(config.pause_after) ?? 0;
    if (pause > 0) {
      context.ui.say(`Pausing ${formatDuration(pause)} after this provisioner...`);
      await sleep(context.clock, pause, context.signal);
    }
  },
};

async function localScripts(context: StepContext, config: ShellConfig): Promise<readonly string[]> {
  if (config.inline === undefined || config.inline.length === 0) {
    return [...(config.script === undefined || config.script === "" ? [] : [config.script]), ...(config.scripts ?? [])];
  }
  const shebang = config.inline_shebang ?? "";
  const brings = config.inline[0]?.startsWith("#!") === true;
  const first = shebang !== "" ? [`#!${shebang}`] : brings ? [] : [`#!${defaultShebang}`];
  return [await writeInlineScript(context, { lines: [...first, ...config.inline], mode: 0o600 })];
}

interface PlacedVariables {
  /** What `{{.Vars}}` stands for. */
  readonly vars: string;
  /** What `{{.EnvVarFile}}` stands for; "" when variables are not passed in a file. */
  readonly envFile: string;
}

async function placeVariables(
  context: StepContext,
  config: ShellConfig,
  variables: readonly (readonly [string, string])[],
): Promise<PlacedVariables> {
  const format = config.env_var_format ?? "";
  if (!config.use_env_var_file) return { vars: formatVariables(variables, format || "%s='%s' "), envFile: "" };
  const content = formatVariables(variables, format || "export %s='%s'\n");
  const envFile = `${config.remote_folder}/varfile_${context.random.integer(9999)}.sh`;
  await retryStart(context, config.start_retry_timeout, async () => {
    const bytes = Buffer.from(content, "utf8");
    await context.communicator.uploadFile(Readable.from([bytes]), envFile, {
      signal: context.signal,
      size: bytes.length,
      mode: 0o600,
    });
    if (context.communicator.capabilities.has("exact-modes")) return;
    const changed = await runCommand(context.communicator, { command: `chmod 0600 ${envFile}` }, context.signal);
    throwIfDisconnected(exitCodeOf(changed));
  });
  return { vars: "", envFile };
}

interface ScriptRun extends PlacedVariables {
  readonly script: string;
}

async function runScript(context: StepContext, config: ShellConfig, run: ScriptRun): Promise<void> {
  const remote = remotePath(context, config);
  const command = context.render(executeCommand(config), {
    Vars: run.vars,
    EnvVarFile: run.envFile,
    Path: remote,
  });
  const codes = validExitCodes(config.valid_exit_codes);
  const removing = config.skip_clean ? undefined : removingCommand(context, { command, remote, codes });
  const completion = await retryStart(context, config.start_retry_timeout, async () => {
    await uploadScript(context, { script: run.script, remote, unixLineEnds: !config.binary });
    if (!context.communicator.capabilities.has("exact-modes")) await makeExecutable(context, remote);
    return await runVisibly(context, context.communicator, { command: removing ?? command });
  });
  const code = exitCodeOf(completion);
  const isRemoved = removing !== undefined && codes.includes(code);
  if (removing !== undefined && code === notRemoved) await removeRemote(context, config, remote);
  checkExitCode(code, { validExitCodes: codes, expectDisconnect: config.expect_disconnect });
  if (!config.skip_clean && !isRemoved) await removeRemote(context, config, remote);
}

async function makeExecutable(context: StepContext, remote: string): Promise<void> {
  const chmod = await runCommand(context.communicator, { command: `chmod 0755 ${remote}` }, context.signal);
  throwIfDisconnected(exitCodeOf(chmod));
}

/** Exit code of a command made by {@link removingCommand} that could not remove the script. */
const notRemoved = 254;

interface Removing {
  readonly command: string;
  readonly remote: string;
  readonly codes: readonly number[];
}

/**
 * The command, and in the same call the removal of the script after it succeeded; `undefined` where that needs a call
 * of its own.
 */
function removingCommand(context: StepContext, { command, remote, codes }: Removing): string | undefined {
  if (!context.communicator.capabilities.has("posix-shell") || codes.includes(notRemoved)) return undefined;
  const removal = `rm -f ${remote} 2>/dev/null || exit ${notRemoved}`;
  return `:; (${command}); hclbuild_code=$?; case $hclbuild_code in ${codes.join("|")}) ${removal};; esac; exit $hclbuild_code`;
}

function executeCommand(config: ShellConfig): string {
  if (config.execute_command !== undefined && config.execute_command !== "") return config.execute_command;
  return config.use_env_var_file
    ? "chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}"
    : "chmod +x {{.Path}}; {{.Vars}} {{.Path}}";
}

function remotePath(context: StepContext, config: ShellConfig): string {
  if (config.remote_path !== undefined && config.remote_path !== "") return config.remote_path;
  const file = config.remote_file ?? "";
  return `${config.remote_folder}/${file === "" ? `script_${context.random.integer(9999)}.sh` : file}`;
}

async function removeRemote(context: StepContext, config: ShellConfig, remote: string): Promise<void> {
  await retryStart(context, config.start_retry_timeout, async () => {
    const completion = await runCommand(context.communicator, { command: `rm -f ${remote}` }, context.signal);
    throwIfDisconnected(exitCodeOf(completion));
    const code = exitCodeOf(completion);
    if (code !== 0) throw buildError(scriptCatalog["clean-up-failed"], { path: remote, code });
  });
}
