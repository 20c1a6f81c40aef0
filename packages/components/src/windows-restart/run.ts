import type { Infer } from "@hclbuild/schema";
import {
  BuildError,
  buildError,
  captureCommand,
  deadline,
  exitCodeOf,
  formatDuration,
  parseDuration,
  runVisibly,
  sleep,
  type ProvisionerRuntime,
  type StepContext,
} from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";
import type { windowsRestart } from "../schema/windows.js";

type RestartConfig = Infer<typeof windowsRestart>;

/** Asks for a restart far in the future: refused while one is under way. */
const probeCommand = 'shutdown /r /f /t 60 /c "packer restart test"';
const abortProbeCommand = "shutdown /a";

/** Loads a module that is only there when the system is up, then says so. */
const defaultCheckCommand =
  'powershell.exe -NoProfile -Command "Import-Module Microsoft.PowerShell.Utility; Write-Output \\"${env:COMPUTERNAME} restarted.\\""';

const pendingKeys = [
  String.raw`HKLM:SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending`,
  String.raw`HKLM:SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\PackagesPending`,
  String.raw`HKLM:Software\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress`,
];

/** A restart is under way already, or one was scheduled before. */
const restartPendingCodes = new Set([1115, 1190]);
const stillBusyCodes = new Set([1115, 1190, 1717]);

const checkIntervalMs = 5000;
const busyIntervalMs = 10_000;

/** The `windows-restart` provisioner: restarts the machine and waits until it is back. */
export const runtime: ProvisionerRuntime<RestartConfig> = {
  async provision(context, config) {
    context.ui.say("Restarting Machine");
    const restarted = await runVisibly(context, context.communicator, { command: config.restart_command });
    const code = exitCodeOf(restarted);
    if (restarted.kind !== "disconnected" && code !== 0 && !restartPendingCodes.has(code)) {
      throw buildError(scriptCatalog["restart-failed"], { code });
    }
    const timeoutMs = parseDuration(config.restart_timeout) ?? 300_000;
    using limit = deadline(context.clock, timeoutMs, context.signal);
    try {
      await waitForRestart(context, config, limit.signal);
    } catch (error) {
      if (!limit.expired || context.signal.aborted) throw error;
      throw buildError(scriptCatalog["restart-timeout"], { timeout: formatDuration(timeoutMs) }, { cause: error });
    }
    context.ui.say("Machine successfully restarted, moving on");
  },
};

async function waitForRestart(context: StepContext, config: RestartConfig, signal: AbortSignal): Promise<void> {
  context.ui.say("Waiting for machine to restart...");
  await waitForBegin(context, signal);
  const custom = config.restart_check_command ?? "";
  for (;;) {
    await sleep(context.clock, checkIntervalMs, signal);
    if (custom !== "" && (await outputOf(context, custom, signal)) === undefined) continue;
    const check = await outputOf(context, defaultCheckCommand, signal);
    if (check === undefined || !check.includes("restarted.")) continue;
    context.ui.say(check.trim());
    if (config.check_registry && (await isRestartPending(context, config, signal))) continue;
    return;
  }
}

/** Returns once the restart has begun, which shows in probes being refused or the connection being lost. */
async function waitForBegin(context: StepContext, signal: AbortSignal): Promise<void> {
  for (;;) {
    let code: number;
    try {
      const { completion } = await captureCommand(context.communicator, { command: probeCommand }, signal);
      if (completion.kind === "disconnected") return;
      code = exitCodeOf(completion);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BuildError) return;
      throw error;
    }
    if (code === 0) {
      // The restart is over already: take the one back that the probe asked for.
      await captureCommand(context.communicator, { command: abortProbeCommand }, signal);
      return;
    }
    if (!stillBusyCodes.has(code)) return;
    await sleep(context.clock, busyIntervalMs, signal);
  }
}

/** The output of a command that succeeded; `undefined` when it failed or the machine cannot be reached yet. */
async function outputOf(context: StepContext, command: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { completion, stdout } = await captureCommand(context.communicator, { command }, signal);
    return completion.kind === "exit" && completion.code === 0 ? stdout : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError) return undefined;
    throw error;
  }
}

async function isRestartPending(context: StepContext, config: RestartConfig, signal: AbortSignal): Promise<boolean> {
  const keys =
    config.registry_keys === undefined || config.registry_keys.length === 0 ? pendingKeys : config.registry_keys;
  for (const key of keys) {
    const command = `powershell.exe -NoProfile -Command "Test-Path '${key.replaceAll("'", "''")}'"`;
    if ((await outputOf(context, command, signal))?.includes("True") === true) return true;
  }
  return false;
}
