import type { Infer } from "@hclbuild/schema";
import { createArtifact, type PhasedBuilder } from "@hclbuild/sdk";
import type { nullBuilder } from "./schema/index.js";

type NullConfig = Infer<typeof nullBuilder>;

/** What `build.ID` and the artifact's id are. */
const machineId = "Null";

/** Launches nothing, connects to the configured machine, and captures nothing. */
export const runtime: PhasedBuilder<NullConfig, { readonly ID: string }> = {
  form: "phased",
  async launch(_context, config) {
    const { communicator } = config;
    const output = { ID: "Null" };
    if (communicator === "none") return { output, connect: { communicator, host: "" } };
    const host = (communicator === "winrm" ? config.winrm_host : config.ssh_host) ?? "";
    // A port of 0 is the default one, as in Packer.
    const port = communicator === "winrm" ? config.winrm_port : config.ssh_port || 22;
    return { output, connect: { communicator, host, port } };
  },
  async capture() {
    return createArtifact({
      builderId: "fnoeding.null",
      id: machineId,
      description: "Did not export anything. This is the null builder",
      files: [],
    });
  },
};
