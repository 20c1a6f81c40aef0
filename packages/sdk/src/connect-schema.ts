import { conflictsWith, customRule, requiredWhen, s, type Rule, type RuleCondition } from "@hclbuild/schema";

/** The ways to reach a machine. Builders list those they offer, their default first. */
export type CommunicatorName = "ssh" | "winrm" | "docker" | "dockerWindowsContainer" | "none";

const general = {
  pause_before_connecting: s
    .duration()
    .doc("Time to wait after the first successful connection before connecting again for provisioning."),
};

const sshBasics = {
  ssh_host: s.string().doc("Address to connect to, where the builder does not supply it."),
  ssh_port: s.int().default(22).min(1).max(65535).doc("Port of the SSH server."),
  ssh_username: s.string().doc("User to log in as; needed with the ssh communicator."),
  ssh_password: s.string().sensitive().doc("Password, also given as the answer to every keyboard-interactive prompt."),
  ssh_private_key_file: s.path().doc("Private key to log in with; a leading ~ means the home folder."),
  ssh_private_key_passphrase: s.string().sensitive().doc("Passphrase of an encrypted private key (not in Packer)."),
  ssh_certificate_file: s.path().doc("Certificate that belongs to the private key."),
  ssh_keypair_name: s.string().doc("Name of a key pair that the cloud provider holds."),
  ssh_agent_auth: s.bool().default(false).doc("Authenticate with the keys of the running SSH agent."),
  ssh_disable_agent_forwarding: s.bool().default(false).doc("Do not forward the SSH agent to the machine."),
  ssh_pty: s.bool().default(false).doc("Request a terminal for every command."),
  ssh_timeout: s
    .duration()
    .doc("Time to wait for SSH to become available; 5m unless ssh_handshake_attempts is set, 0 for no limit."),
  ssh_wait_timeout: s.duration().deprecated("ssh_timeout").doc("Old name of ssh_timeout, which it overrides."),
  ssh_handshake_attempts: s
    .int()
    .min(0)
    .doc("Failed authentications to accept; 10 unless ssh_timeout is set, 0 for no limit."),
  ssh_file_transfer_method: s.string().enum(["scp", "sftp"]).default("scp").doc("How files are copied."),
  ssh_keep_alive_interval: s.duration().default("5s").doc("Time between keep-alive messages; negative for none."),
  ssh_read_write_timeout: s
    .duration()
    .default("0s")
    .doc("Time without traffic after which the connection counts as lost, so that reboots are noticed; 0 for never."),
  ssh_ciphers: s.list(s.string()).doc("Ciphers to offer instead of the usual ones."),
  ssh_key_exchange_algorithms: s.list(s.string()).doc("Key exchange algorithms to offer instead of the usual ones."),
  ssh_clear_authorized_keys: s
    .bool()
    .default(false)
    .doc("Remove the temporary public key from the machine after provisioning."),
  ssh_local_tunnels: s.list(s.string()).doc("Tunnels from this host through the machine, each as PORT:HOST:PORT."),
  ssh_remote_tunnels: s
    .list(s.string())
    .doc("Tunnels from the machine to hosts reachable here, each as PORT:HOST:PORT."),
  ssh_host_key: s
    .list(s.string())
    .doc(
      "Accept the machine only with one of these host keys, each a public key line or a SHA256: fingerprint (not in Packer).",
    ),
  ssh_known_hosts_file: s
    .path()
    .doc(
      "Accept the machine, and a bastion before it, only with a host key that this known_hosts file holds for it (not in Packer).",
    ),
  ssh_interface: s.string().doc("Which of the machine's addresses to use; the builder says which values it knows."),
  ssh_ip_version: s.string().doc("Which IP version to use, where the builder lets you choose."),
};

const sshKeys = {
  temporary_key_pair_name: s.string().doc("Name of the key pair made for this build; packer_ and a UUID by default."),
  temporary_key_pair_type: s
    .string()
    .enum(["dsa", "ecdsa", "ed25519", "rsa"])
    .doc("Kind of the key pair made for this build; rsa by default."),
  temporary_key_pair_bits: s
    .int()
    .min(0)
    .doc("Size of the key made for this build; 4096 for rsa and 521 for ecdsa by default."),
  ssh_public_key: s.string().doc("Public key that goes with ssh_private_key; usually filled in by the builder."),
  ssh_private_key: s.string().sensitive().doc("Text of the private key; usually filled in by the builder."),
};

const bastion = {
  ssh_bastion_host: s.string().doc("Host to connect through."),
  ssh_bastion_port: s.int().default(22).min(1).max(65535).doc("Port of the bastion's SSH server."),
  ssh_bastion_username: s.string().doc("User to log in to the bastion as."),
  ssh_bastion_password: s.string().sensitive().doc("Password for the bastion."),
  ssh_bastion_agent_auth: s.bool().default(false).doc("Authenticate to the bastion with the SSH agent."),
  ssh_bastion_interactive: s.bool().default(false).doc("Let the bastion ask for its password."),
  ssh_bastion_private_key_file: s.path().doc("Private key for the bastion; ssh_private_key_file by default."),
  ssh_bastion_certificate_file: s.path().doc("Certificate for the bastion."),
  ssh_proxy_host: s.string().doc("Proxy to connect through."),
  ssh_proxy_type: s.string().enum(["socks5", "http"]).default("socks5").doc("Protocol of the proxy (not in Packer)."),
  ssh_proxy_port: s.int().default(1080).min(1).max(65535).doc("Port of the proxy."),
  ssh_proxy_username: s.string().doc("User of the proxy."),
  ssh_proxy_password: s.string().sensitive().doc("Password for the proxy."),
};

const winrm = {
  winrm_username: s.string().doc("User to log in as; needed with the winrm communicator."),
  winrm_password: s.string().sensitive().doc("Password of the WinRM user."),
  winrm_host: s.string().doc("Address to connect to, where the builder does not supply it."),
  winrm_no_proxy: s.bool().default(false).doc("Reach the machine without the proxy of the environment."),
  winrm_port: s.int().min(1).max(65535).doc("Port of the WinRM service; 5985, or 5986 with winrm_use_ssl, by default."),
  winrm_timeout: s.duration().default("30m").doc("Time to wait for WinRM to become available."),
  winrm_use_ssl: s.bool().default(false).doc("Connect with HTTPS."),
  winrm_insecure: s.bool().default(false).doc("Accept any server certificate."),
  winrm_use_ntlm: s.trilean().doc("Authenticate with NTLM instead of basic authentication."),
};

const connectOptions = { ...general, ...sshBasics, ...sshKeys, ...bastion, ...winrm };

/**
 * The options for reaching a machine, as every builder that connects to one embeds them. `communicators` are the
 * values that the builder accepts, its default first.
 */
export function connectFragment<const Names extends readonly [CommunicatorName, ...CommunicatorName[]]>(
  communicators: Names,
) {
  return {
    communicator: s
      .string()
      .enum<Names[number]>(communicators)
      .default(communicators[0] as Names[number])
      .doc("How to reach the machine."),
    ...connectOptions,
  };
}

const usesSsh: RuleCondition = { name: "communicator", in: ["ssh"] };
const usesWinrm: RuleCondition = { name: "communicator", in: ["winrm"] };

/** Port, host and port; an IPv6 address stands in brackets. */
const tunnelPattern = /^(\d+):(?:[^:[\]]+|\[[^[\]]+\]):(\d+)$/;

function isTunnel(text: unknown): boolean {
  const [, ...ports] = tunnelPattern.exec(String(text)) ?? [];
  return ports.length > 0 && ports.every((port) => Number(port) >= 1 && Number(port) <= 65535);
}

/** A fingerprint as `ssh-keygen -l` prints it, or a public key line, which may begin with options or a host. */
const hostKeyPattern = /^SHA256:[A-Za-z0-9+/]{43}=?$|(?:^|\s)(?:ssh|ecdsa|sk)-[\w@.-]+\s+AAAA[A-Za-z0-9+/]+=*(?:\s|$)/;

/** The rules that go with {@link connectFragment}. */
export const connectRules: readonly Rule[] = [
  requiredWhen("ssh_username", usesSsh),
  requiredWhen("winrm_username", usesWinrm),
  customRule(
    "ssh-certificate-needs-key",
    "With the ssh communicator, ssh_certificate_file needs ssh_private_key_file.",
    (config) =>
      config.value("communicator") === "ssh" &&
      config.presence("ssh_certificate_file") === "set" &&
      config.presence("ssh_private_key_file") === "unset"
        ? [
            {
              name: "ssh_certificate_file",
              message: "A certificate has no effect without ssh_private_key_file, the key it belongs to.",
              severity: "warning" as const,
            },
          ]
        : [],
  ),
  conflictsWith("ssh_bastion_host", "ssh_proxy_host", usesSsh),
  customRule("ssh-tunnel-form", "Every tunnel is written PORT:HOST:PORT.", (config) =>
    ["ssh_local_tunnels", "ssh_remote_tunnels"].flatMap((name) => {
      const tunnels = config.value(name);
      const wrong = Array.isArray(tunnels) && tunnels.some((tunnel) => !isTunnel(tunnel));
      return wrong ? [{ name, message: "A tunnel is written PORT:HOST:PORT, with ports from 1 to 65535." }] : [];
    }),
  ),
  customRule("ssh-host-key-form", "Every ssh_host_key is a public key line or a SHA256: fingerprint.", (config) => {
    const keys = config.value("ssh_host_key");
    const wrong = Array.isArray(keys) && keys.some((key) => !hostKeyPattern.test(String(key).trim()));
    const message = "A host key is written as a public key line (ssh-ed25519 AAAA…) or as a fingerprint (SHA256:…).";
    return wrong ? [{ name: "ssh_host_key", message }] : [];
  }),
  customRule(
    "ssh-bastion-authentication",
    "With ssh_bastion_host, one of ssh_bastion_password, ssh_bastion_private_key_file (or ssh_private_key_file) and ssh_bastion_agent_auth is needed.",
    (config) => {
      if (config.value("communicator") !== "ssh" || config.presence("ssh_bastion_host") !== "set") return [];
      const ways = [
        "ssh_bastion_password",
        "ssh_bastion_private_key_file",
        "ssh_private_key_file",
        "ssh_bastion_agent_auth",
        "ssh_bastion_interactive",
      ];
      if (ways.some((way) => config.presence(way) !== "unset")) return [];
      return [
        { name: "ssh_bastion_host", message: "A bastion needs a password, a private key or agent authentication." },
      ];
    },
  ),
];
