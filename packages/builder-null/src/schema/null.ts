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
  const names = ["ssh_agent_auth", `${communicator}_password`, "ssh_private_key_file"];
  const ways = names.map((name) => config.presence(name));
  if (ways.includes("unknown")) return findings;
  const given = ways.filter((presence) => presence === "set").length;
  if (given !== 1) {
    const count = given === 0 ? "One of" : "Only one of";
    const verb = given === 0 ? "must" : "may";
    findings.push({ name: "communicator", message: `${count} ${names.join(", ")} ${verb} be given.` });
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
      "Unless communicator is none, the host must be given, and exactly one of agent, password and key to authenticate with.",
      checkTarget,
    ),
  ],
});
