import { customRule, defineComponent, type RuleSubject } from "@hclbuild/schema";
import { connectFragment, connectRules } from "@hclbuild/sdk/connect-schema";

function checkTarget(config: RuleSubject): readonly { name: string; message: string }[] {
  const communicator = config.value("communicator");
  if (communicator !== "ssh" && communicator !== "winrm") return [];
  const findings: { name: string; message: string }[] = [];
  if (config.presence(`${communicator}_host`) === "unset") {
    findings.push({
      name: "communicator",
      message: `With the ${communicator} communicator, ${communicator}_host must be given.`,
    });
  }
  if (communicator !== "ssh") return findings;
  const ways = ["ssh_agent_auth", "ssh_password", "ssh_private_key_file"].map((name) => config.presence(name));
  if (ways.includes("unknown")) return findings;
  const given = ways.filter((presence) => presence === "set").length;
  if (given === 0) {
    findings.push({
      name: "communicator",
      message: "One of ssh_agent_auth, ssh_password and ssh_private_key_file must be given.",
    });
  } else if (given > 1) {
    findings.push({
      name: "communicator",
      message: "Only one of ssh_agent_auth, ssh_password and ssh_private_key_file may be given.",
    });
  }
  return findings;
}

/** The builder that makes nothing: it connects to a machine that exists already and runs the provisioners there. */
export const nullBuilder = defineComponent({
  kind: "builder",
  name: "null",
  since: "0.1.0",
  summary: "Runs provisioners on a machine that exists already, or on none, and keeps nothing.",
  body: connectFragment(["ssh", "winrm", "none"]),
  rules: [
    ...connectRules,
    customRule(
      "null-target",
      "Unless communicator is none, the host must be given, and for ssh exactly one way to authenticate.",
      checkTarget,
    ),
  ],
});
