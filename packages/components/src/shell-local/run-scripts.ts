import type { Infer } from "@hclbuild/schema";
import { exitCodeOf, startProcess, resolveLocal, type Completion, type Host, type RunContext } from "@hclbuild/sdk";
import { finished } from "node:stream/promises";
import type { shellLocal } from "../schema/shell.js";
import { formatVariables, scriptVariables } from "../script/environment.js";
import { checkExitCode, validExitCodes } from "../script/exit.js";
import { writeInlineScript } from "../script/local-scripts.js";

/** Options of both `shell-local` components. */
export type ShellLocalConfig = Infer<typeof shellLocal>;

/** Names that `only_on` uses for Node's platforms. */
function goPlatform(host: Host): string {
  return host.platform === "win32" ? "windows" : host.platform === "sunos" ? "solaris" : host.platform;
}

/** Runs the configured scripts on this machine, one after another. */
export async function runLocalScripts(context: RunContext, config: ShellLocalConfig): Promise<void> {
  const onlyOn: readonly string[] = config.only_on ?? [];
  if (onlyOn.length > 0 && !onlyOn.includes(goPlatform(context.host))) {
    context.ui.say("Skipping shell-local due to runtime OS");
    return;
  }
  const windows = context.host.platform === "win32";
  const format = config.env_var_format ?? "";
  const vars = formatVariables(
    scriptVariables(context, config),
    format !== "" ? format : windows ? "set %s=%s && " : "%s='%s' ",
  );
  for (const script of await localScripts(context, config)) {
    context.ui.say(`Running local shell script: ${script}`);
    const completion = await runOne(context, commandLine(context, config, { script, vars }));
    checkExitCode(exitCodeOf(completion), { validExitCodes: validExitCodes(config.valid_exit_codes) });
  }
}

async function localScripts(context: RunContext, config: ShellLocalConfig): Promise<readonly string[]> {
  const command = config.command === undefined || config.command === "" ? [] : [config.command];
  const inline = [...command, ...(config.inline ?? [])];
  if (inline.length === 0) {
    return [...(config.script === undefined || config.script === "" ? [] : [config.script]), ...(config.scripts ?? [])];
  }
  const windows = context.host.platform === "win32";
  const shebang = windows ? [] : [`#!${config.inline_shebang}`];
  const extension = config.tempfile_extension ?? (windows ? ".cmd" : "");
  return [await writeInlineScript(context, { lines: [...shebang, ...inline], extension, mode: 0o700 })];
}

function commandLine(
  context: RunContext,
  config: ShellLocalConfig,
  run: { readonly script: string; readonly vars: string },
): readonly string[] {
  const configured = config.execute_command ?? [];
  const template =
    configured.length > 0
      ? configured
      : context.host.platform === "win32"
        ? ["cmd", "/V", "/C", "{{.Vars}}", "call", "{{.Script}}"]
        : ["/bin/sh", "-c", "{{.Vars}} {{.Script}}"];
  const absolute = resolveLocal(run.script, context);
  const script = config.use_linux_pathing ? linuxPath(absolute) : absolute;
  const fields = { Vars: run.vars, Script: script, Command: config.command ?? "" };
  return template.map((part) => context.render(part, fields));
}

/** `C:\a\b` as the Windows Subsystem for Linux sees it. */
function linuxPath(file: string): string {
  return file.replace(/^([A-Za-z]):/, (_, drive: string) => `/mnt/${drive.toLowerCase()}`).replaceAll("\\", "/");
}

async function runOne(context: RunContext, words: readonly string[]): Promise<Completion> {
  const [program = "/bin/sh", ...args] = words;
  const output = context.ui.output();
  const written = Promise.all([finished(output.stdout), finished(output.stderr)]).catch(() => undefined);
  try {
    const { host, clock, ledger, build } = context;
    const record = { ledger, runId: build.runId, name: "shell-local" };
    const running = await startProcess(
      { program, args, env: host.env, cwd: host.cwd, clock, record, ...output },
      context.signal,
    );
    return await running.done;
  } finally {
    if (!output.stdout.writableEnded) output.stdout.end();
    if (!output.stderr.writableEnded) output.stderr.end();
    await written;
  }
}
