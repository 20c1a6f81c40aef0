import { customRule, exactlyOneOf, s, type Rule } from "@hclbuild/schema";

/** The three ways to say which scripts run. */
export const scriptSources = {
  inline: s.list(s.string()).doc("Commands that are joined into one script."),
  script: s.path().doc("A script file on this machine."),
  scripts: s.list(s.path()).doc("Script files on this machine, run in order."),
};

/** Environment variables for the scripts. */
export const scriptEnvironment = {
  environment_vars: s.list(s.string()).doc("Environment variables, each as NAME=value."),
  env: s.map(s.string()).doc("Environment variables by name; they win over environment_vars."),
};

export const validExitCodes = s.list(s.int()).default([0]).doc("Exit codes that count as success.");

export const startRetryTimeout = s
  .duration()
  .default("5m")
  .doc("How long to go on trying to upload and start a script, for instance while the machine reboots.");

/** The rules that go with the options above. */
export const scriptRules: readonly Rule[] = [
  exactlyOneOf("inline", "script", "scripts"),
  customRule("environment-form", "Every entry of environment_vars is NAME=value.", (config) => {
    const entries = config.value("environment_vars");
    const wrong = Array.isArray(entries) && entries.some((entry) => !/^[^=]+=/s.test(String(entry)));
    return wrong ? [{ name: "environment_vars", message: "An environment variable is written NAME=value." }] : [];
  }),
];
