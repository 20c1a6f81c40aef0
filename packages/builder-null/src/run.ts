import type { Infer } from "@hclbuild/schema";
import { createArtifact, type PhasedBuilder } from "@hclbuild/sdk";
import type { nullBuilder } from "./schema/index.js";

type NullConfig = Infer<typeof nullBuilder>;

/** Launches nothing, connects to the configured machine, and captures nothing. */
export const runtime: PhasedBuilder<NullConfig> = {
  form: "phased",
  async launch(_context, config) {
    const { communicator } = config;
    const host = (communicator === "winrm" ? config.winrm_host : config.ssh_host) ?? "";
    const port = communicator === "winrm" ? config.winrm_port : config.ssh_port;
    return { output: {}, connect: { communicator, host, port } };
  },
  async capture() {
    return createArtifact({
      builderId: "fnoeding.null",
      id: "Null",
      description: "Did not export anything. This is the null builder",
      files: [],
    });
  },
};
