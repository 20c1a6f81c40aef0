import { defineComponent, type ComponentSchema } from "@hclbuild/schema";
import { connectFragment, connectRules } from "@hclbuild/sdk/connect-schema";

/** The communicator that reaches machines over SSH. */
export const sshCommunicator = defineComponent({
  kind: "communicator",
  name: "ssh",
  since: "0.1.0",
  summary: "Runs commands and copies files over SSH.",
  body: connectFragment(["ssh", "winrm", "none"]),
  rules: connectRules,
});

/** The components of this package. */
export const schemas: readonly ComponentSchema[] = [sshCommunicator];
