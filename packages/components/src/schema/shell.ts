import { conflictsWith, defineComponent, exactlyOneOf, s } from "@hclbuild/schema";
import { scriptEnvironment, scriptRules, scriptSources, startRetryTimeout, validExitCodes } from "./script.js";

/** Runs shell scripts on the machine. */
export const shell = defineComponent({
  kind: "provisioner",
  name: "shell",
  since: "0.1.0",
  summary: "Uploads shell scripts to the machine and runs them there.",
  body: {
    ...scriptSources,
    ...scriptEnvironment,
    binary: s.bool().default(false).doc("Upload scripts unchanged instead of turning CRLF line ends into LF."),
    env_var_format: s
      .string()
      .doc("How one variable is written, with %s for the name and %s for the value; depends on use_env_var_file."),
    execute_command: s
      .string()
      .renderedLater(["Path", "Vars", "EnvVarFile"])
      .doc("How a script is run; {{.Path}}, {{.Vars}} and {{.EnvVarFile}} stand for the script and its variables."),
    inline_shebang: s
      .string()
      .doc("First line of an inline script, without the #!; /bin/sh -e unless the commands bring their own."),
    remote_folder: s.string().default("/tmp").doc("Folder of the machine to upload to."),
    remote_file: s.string().doc("File name of the uploaded script; script_ and a random number by default."),
    remote_path: s.string().doc("Full path of the uploaded script; wins over remote_folder and remote_file."),
    skip_clean: s.bool().default(false).doc("Leave the uploaded scripts on the machine."),
    expect_disconnect: s.bool().default(false).doc("A script may end the connection, for instance by a reboot."),
    start_retry_timeout: startRetryTimeout,
    use_env_var_file: s.bool().default(false).doc("Pass the variables in a file that the script sources."),
    valid_exit_codes: validExitCodes,
    pause_after: s.duration().default("0s").doc("Time to wait after the last script."),
  },
  rules: scriptRules,
});

const shellLocalBody = {
  command: s.string().deprecated("inline").doc("One command; the old form of inline."),
  ...scriptSources,
  ...scriptEnvironment,
  env_var_format: s.string().doc("How one variable is written, with %s for the name and %s for the value."),
  execute_command: s
    .list(s.string())
    .renderedLater(["Vars", "Script", "Command"])
    .doc("Program and arguments that run a script; {{.Vars}}, {{.Script}} and {{.Command}} are replaced."),
  inline_shebang: s.string().default("/bin/sh -e").doc("First line of an inline script, without the #!."),
  only_on: s
    .list(s.string().enum(["darwin", "freebsd", "linux", "openbsd", "solaris", "windows"]))
    .doc("Operating systems to run on; elsewhere it is skipped."),
  tempfile_extension: s.string().doc("File name extension of the inline script."),
  use_linux_pathing: s.bool().default(false).doc("Write script paths as the Windows Subsystem for Linux sees them."),
  valid_exit_codes: validExitCodes,
};

const shellLocalRules = [
  exactlyOneOf("command", "inline", "script", "scripts"),
  ...scriptRules.filter((rule) => rule.kind === "custom"),
  conflictsWith("use_linux_pathing", "inline"),
];

/** Runs scripts on this machine while another one is provisioned. */
export const shellLocal = defineComponent({
  kind: "provisioner",
  name: "shell-local",
  since: "0.1.0",
  summary: "Runs scripts on the machine that runs hclbuild.",
  body: shellLocalBody,
  rules: shellLocalRules,
});

/** Runs scripts on this machine once a build is done, and passes its artifact on. */
export const shellLocalPostProcessor = defineComponent({
  kind: "post-processor",
  name: "shell-local",
  since: "0.1.0",
  summary: "Runs scripts on the machine that runs hclbuild and passes the artifact on.",
  body: shellLocalBody,
  rules: shellLocalRules,
});
