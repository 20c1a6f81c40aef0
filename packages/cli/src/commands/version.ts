import type { Invocation } from "../command.js";
import { renderMachineVersion, renderVersion } from "../version.js";

/** Reached only by unusual spellings; the entry answers the usual ones before anything loads. */
export async function run({ host, machineReadable }: Invocation): Promise<number> {
  host.stdout.write(machineReadable ? renderMachineVersion(Math.floor(host.clock.now() / 1000)) : renderVersion());
  return 0;
}
