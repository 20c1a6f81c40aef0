import type { CliHost } from "./command.js";

type Environment = CliHost["env"];

/** A setting of the environment: `HCLBUILD_NAME` when set, else `PACKER_NAME`. An empty value counts as unset. */
export function readSetting(env: Environment, name: string): string | undefined {
  return env[`HCLBUILD_${name}`] || env[`PACKER_${name}`] || undefined;
}

// Services whose log viewers show colours and that announce themselves by these variables.
const colorfulServices = ["GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE", "TRAVIS", "DRONE", "APPVEYOR"];

/**
 * Whether human output is coloured. `-color` wins, then NO_COLOR and PACKER_NO_COLOR, then FORCE_COLOR, then a known
 * CI service; otherwise a terminal decides.
 */
export function wantsColor(host: Pick<CliHost, "env" | "stdout">, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  const { env } = host;
  if (env["NO_COLOR"] || readSetting(env, "NO_COLOR") !== undefined) return false;
  if (env["FORCE_COLOR"] !== undefined) return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  if (colorfulServices.some((name) => env[name])) return true;
  return host.stdout.isTerminal && env["TERM"] !== "dumb";
}
