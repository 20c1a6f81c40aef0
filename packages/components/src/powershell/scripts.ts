/** Options that shape the command line. */
export interface ExecuteOptions {
  readonly inline?: readonly string[];
  readonly execution_policy: string;
  readonly debug_mode: number;
  readonly use_pwsh: boolean;
}

/** Escapes a value inside the double quotes of a PowerShell string. */
export function escapeValue(value: string): string {
  return value.replaceAll(/[`$"']/g, (char) => `\`${char}`);
}

/** The command line that runs an uploaded script, with `{{.Path}}` and `{{.Vars}}` still to be filled. */
export function executeTemplate(options: ExecuteOptions): string {
  const program = options.use_pwsh ? "pwsh" : "powershell";
  const inline = options.inline !== undefined && options.inline.length > 0;
  const none = options.execution_policy === "none";
  if (inline) {
    return none ? "-file {{.Path}}" : `${program} -executionpolicy ${options.execution_policy} -file {{.Path}}`;
  }
  const trace = options.debug_mode > 0 ? `Set-PsDebug -Trace ${options.debug_mode};` : "";
  const body =
    "if (Test-Path variable:global:ProgressPreference){set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'};" +
    `${trace}. {{.Vars}}; &'{{.Path}}'; exit $LastExitCode`;
  if (none) return `"& { ${body} }"`;
  const command = options.use_pwsh ? " -command" : "";
  return `${program} -executionpolicy ${options.execution_policy}${command} "& { ${body} }"`;
}

/** Inline commands as a script that reports the first failure by its exit code. */
export function inlineScript(commands: readonly string[], debugMode: number): readonly string[] {
  return [
    "if (Test-Path variable:global:ProgressPreference) {",
    "  $ProgressPreference = 'SilentlyContinue'",
    "}",
    ...(debugMode > 0 ? [`Set-PSDebug -Trace ${debugMode}`] : []),
    "$LASTEXITCODE = 0",
    "try {",
    ...commands,
    "} catch {",
    "  Write-Error -ErrorRecord $_ -ErrorAction Continue",
    "  exit 1",
    "}",
    "if ($LASTEXITCODE -ne $null -and $LASTEXITCODE -ne 0) { exit $LASTEXITCODE }",
    "exit 0",
  ];
}

/** A script that removes files, its own among them. */
export function cleanUpScript(paths: readonly string[]): string {
  const lines = paths.map(
    (path) => `Remove-Item -LiteralPath '${path.replaceAll("'", "''")}' -Force -ErrorAction SilentlyContinue`,
  );
  return `${lines.join("\r\n")}\r\n`;
}
