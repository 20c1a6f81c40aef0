import type * as sdkModule from "@hclbuild/sdk";
import type { Clock, Host, Random } from "@hclbuild/sdk";
import { join } from "node:path";
import type { CliHost } from "../command.js";
import { readSetting } from "../settings.js";

/** The surroundings in the form in which components see them. */
export interface ComponentSurroundings {
  readonly host: Host;
  readonly clock: Clock;
  readonly random: Random;
}

/** Adapts our host for the executor and components; `sdk` is the loaded package, which is not imported statically. */
export function createComponentSurroundings(host: CliHost, sdk: typeof sdkModule): ComponentSurroundings {
  return {
    host: {
      platform: host.platform,
      hostname: host.hostname,
      pid: host.processId,
      processStartTime: host.processStartTime,
      env: host.env,
      cwd: host.cwd,
      homeDirectory: host.homeDirectory,
      temporaryDirectory: readSetting(host.env, "TMP_DIR") ?? host.temporaryDirectory,
      cacheDirectory: cacheDirectoryOf(host),
    },
    clock: sdk.createClock(host.clock),
    random: sdk.createRandom((size) => host.random.bytes(size)),
  };
}

/** `PACKER_CACHE_DIR`, else a folder of the user's cache, as Packer has it. */
function cacheDirectoryOf(host: CliHost): string {
  const set = readSetting(host.env, "CACHE_DIR");
  if (set !== undefined) return set;
  const base = host.env["XDG_CACHE_HOME"] || join(host.homeDirectory, ".cache");
  return join(base, "packer");
}
