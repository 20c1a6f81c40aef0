import { Readable } from "node:stream";
import type { StepContext } from "@hclbuild/sdk";

/** A command to run as another user. */
export interface ElevatedCommand {
  readonly command: string;
  readonly user: string;
  /** "" for accounts that have none, such as SYSTEM. */
  readonly password: string;
}

/**
 * Uploads a script that runs the command through a scheduled task of the user, shows its output, and ends with its exit
 * code. Returns the command line that runs that script.
 */
export async function elevatedCommand(context: StepContext, elevated: ElevatedCommand): Promise<string> {
  const id = context.random.uuid();
  const remote = `C:/Windows/Temp/packer-elevated-shell-${id}.ps1`;
  const bytes = Buffer.from(elevatedScript(`packer-${id}`, elevated), "utf8");
  await context.communicator.uploadFile(Readable.from([bytes]), remote, { signal: context.signal, size: bytes.length });
  return `powershell -executionpolicy bypass -file "${remote}"`;
}

/** Text inside single quotes of PowerShell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The script that registers, runs, follows and removes the task. */
export function elevatedScript(task: string, elevated: ElevatedCommand): string {
  const { command, user, password } = elevated;
  const credentials =
    password === "" ? "-User $user -RunLevel Highest" : `-User $user -Password ${quote(password)} -RunLevel Highest`;
  const lines = [
    "$ErrorActionPreference = 'Stop'",
    `$task = ${quote(task)}`,
    `$user = ${quote(user)}`,
    `$command = ${quote(command)}`,
    '$log = Join-Path $env:SystemRoot "Temp\\$task.out"',
    "if (Test-Path $log) { Remove-Item $log -Force }",
    "$arguments = '/c ' + $command + ' > \"' + $log + '\" 2>&1'",
    "$action = New-ScheduledTaskAction -Execute 'cmd.exe' -Argument $arguments",
    "$settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -ExecutionTimeLimit ([TimeSpan]::Zero)",
    `Register-ScheduledTask -TaskName $task -Action $action -Settings $settings ${credentials} -Force | Out-Null`,
    "try {",
    "  Start-ScheduledTask -TaskName $task",
    "  $line = 0",
    "  do {",
    "    Start-Sleep -Milliseconds 500",
    "    $state = (Get-ScheduledTask -TaskName $task).State",
    "    if (Test-Path $log) {",
    "      $text = @(Get-Content -LiteralPath $log -ErrorAction SilentlyContinue)",
    "      for (; $line -lt $text.Count; $line++) { Write-Output $text[$line] }",
    "    }",
    "  } while ($state -eq 'Running' -or $state -eq 'Queued')",
    "  $code = (Get-ScheduledTaskInfo -TaskName $task).LastTaskResult",
    "} finally {",
    "  Unregister-ScheduledTask -TaskName $task -Confirm:$false",
    "  Remove-Item $log -Force -ErrorAction SilentlyContinue",
    "  Remove-Item -LiteralPath $PSCommandPath -Force -ErrorAction SilentlyContinue",
    "}",
    "exit $code",
  ];
  return `${lines.join("\r\n")}\r\n`;
}
