import { customRule, defineComponent, requiredWith, s } from "@hclbuild/schema";
import { scriptEnvironment, scriptRules, scriptSources, startRetryTimeout, validExitCodes } from "./script.js";

const executionPolicies = [
  "bypass",
  "allsigned",
  "default",
  "remotesigned",
  "restricted",
  "undefined",
  "unrestricted",
  "none",
] as const;

/** Runs PowerShell scripts on the machine. */
export const powershell = defineComponent({
  kind: "provisioner",
  name: "powershell",
  since: "0.1.0",
  summary: "Uploads PowerShell scripts to the machine and runs them there.",
  body: {
    ...scriptSources,
    ...scriptEnvironment,
    binary: s.bool().default(false).doc("Upload scripts unchanged."),
    env_var_format: s.string().doc("How one variable is written, with %s for the name and %s for the value."),
    elevated_env_var_format: s.string().doc("The same for scripts that run elevated."),
    execute_command: s
      .string()
      .renderedLater(["Path", "Vars"])
      .doc("How a script is run; {{.Path}} and {{.Vars}} stand for the script and the file that sets its variables."),
    elevated_execute_command: s.string().renderedLater(["Path", "Vars"]).doc("The same for scripts that run elevated."),
    remote_path: s.string().doc("Path of the uploaded script; a file under c:/Windows/Temp by default."),
    remote_env_var_path: s.string().doc("Path of the file that sets the variables; under c:/Windows/Temp by default."),
    execution_policy: s
      .string()
      .enum(executionPolicies)
      .default("bypass")
      .doc("PowerShell execution policy; none leaves the PowerShell call to execute_command."),
    elevated_user: s.string().doc("Run scripts as this user through a scheduled task."),
    elevated_password: s.string().sensitive().doc("Password of elevated_user."),
    debug_mode: s.int().min(0).max(2).default(0).doc("Level of Set-PSDebug -Trace."),
    use_pwsh: s.bool().default(false).doc("Run pwsh instead of powershell."),
    skip_clean: s.bool().default(false).doc("Leave the uploaded files on the machine; pause_after is skipped as well."),
    start_retry_timeout: startRetryTimeout,
    valid_exit_codes: validExitCodes,
    pause_after: s.duration().default("0s").doc("Time to wait after the last script."),
  },
  rules: [...scriptRules, requiredWith("elevated_password", "elevated_user")],
});

/** Runs batch files on the machine. */
export const windowsShell = defineComponent({
  kind: "provisioner",
  name: "windows-shell",
  since: "0.1.0",
  summary: "Uploads batch files to the machine and runs them with cmd.",
  body: {
    ...scriptSources,
    ...scriptEnvironment,
    binary: s.bool().default(false).doc("Upload scripts unchanged."),
    env_var_format: s
      .string()
      .default('set "%s=%s" && ')
      .doc("How one variable is written, with %s for the name and %s for the value."),
    execute_command: s
      .string()
      .renderedLater(["Path", "Vars"])
      .default('{{.Vars}}"{{.Path}}"')
      .doc("How a script is run; {{.Path}} and {{.Vars}} stand for the script and its variables."),
    remote_path: s.string().default("c:/Windows/Temp/script.bat").doc("Path of the uploaded script."),
    start_retry_timeout: startRetryTimeout,
    valid_exit_codes: validExitCodes,
  },
  rules: scriptRules,
});

/** Restarts the machine and waits until it is back. */
export const windowsRestart = defineComponent({
  kind: "provisioner",
  name: "windows-restart",
  since: "0.1.0",
  summary: "Restarts a Windows machine and waits until it is back.",
  body: {
    restart_command: s
      .string()
      .default('shutdown /r /f /t 0 /c "packer restart"')
      .doc("The command that restarts the machine."),
    restart_check_command: s.string().doc("A command that succeeds once the machine is back."),
    restart_timeout: s.duration().default("5m").doc("How long to wait for the machine."),
    check_registry: s.bool().default(false).doc("Wait until no registry key announces another restart."),
    registry_keys: s.list(s.string()).doc("Registry keys that announce a restart."),
  },
});

/** Stops until somebody presses enter. */
export const breakpoint = defineComponent({
  kind: "provisioner",
  name: "breakpoint",
  since: "0.1.0",
  summary: "Waits until enter is pressed, so that the machine can be inspected.",
  body: {
    note: s.string().doc("Text shown while waiting."),
    disable: s.bool().default(false).doc("Go on without waiting."),
  },
});

/** Waits. */
export const sleep = defineComponent({
  kind: "provisioner",
  name: "sleep",
  since: "0.1.0",
  summary: "Waits for some time.",
  body: { duration: s.duration().doc("How long to wait.") },
  rules: [
    customRule("sleep-positive", "A negative duration does not wait.", (config) => {
      const duration = config.value("duration");
      return typeof duration === "string" && duration.startsWith("-")
        ? [{ name: "duration", message: "A negative duration does not wait.", severity: "warning" }]
        : [];
    }),
  ],
});
