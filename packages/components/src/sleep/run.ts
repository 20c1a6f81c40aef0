import type { Infer } from "@hclbuild/schema";
import { parseDuration, sleep as wait, type ProvisionerRuntime } from "@hclbuild/sdk";
import type { sleep } from "../schema/windows.js";

/** The `sleep` provisioner: waits, silently. */
export const runtime: ProvisionerRuntime<Infer<typeof sleep>> = {
  inputs: () => ({ files: [] }),
  async provision(context, config) {
    await wait(context.clock, parseDuration(config.duration ?? "0s") ?? 0, context.signal);
  },
};
