import { definePlugin } from "@hclbuild/sdk";
import { sshCommunicator } from "./schema/index.js";

export { catalog } from "./catalog.js";

/** The SSH communicator. */
export const plugin = definePlugin({
  name: "ssh",
  source: "hclbuild.builtin/core/ssh",
  version: "0.1.0",
  apiVersion: 1,
  components: [{ schema: sshCommunicator, load: () => import("./run.js") }],
});
