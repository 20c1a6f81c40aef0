import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong between us and an SSH server. */
export const catalog = defineCatalog("ssh", {
  timeout: {
    severity: "error",
    message: msg`Timeout waiting for SSH.`,
    detail: [
      msg`${"host"} did not become reachable within ${"timeout"}.`,
      msg`The last attempt failed with: ${"reason?"}.`,
      msg`Check the address, the firewall and that the SSH server runs; "ssh_timeout" sets how long to wait.`,
    ],
  },
  "authentication-failed": {
    severity: "error",
    message: msg`The SSH server at ${"host"} refused the login of ${"user"}.`,
    detail: [
      msg`Tried ${"attempts"} time(s) with: ${"methods"}.`,
      msg`Check the user name, the password or key, and what the server's log says.`,
    ],
  },
  "host-key-mismatch": {
    severity: "error",
    message: msg`The SSH server at ${"host"} presented a host key that is not accepted.`,
    detail: [
      msg`Its key is ${"type"} ${"fingerprint"}.`,
      msg`If this is the right machine, add the key to ${"where"}; if not, somebody else answers at this address.`,
    ],
  },
  "known-hosts-unreadable": {
    severity: "error",
    message: msg`The known_hosts file ${"path"} cannot be read: ${"reason"}.`,
    detail: [
      msg`Without it no host key can be accepted.`,
      msg`"ssh-keyscan HOST" prints the line of a host; compare its fingerprint with the one that the machine's console or provider shows before you trust it.`,
    ],
  },
  "unknown-algorithm": {
    severity: "error",
    message: msg`The algorithm ${"name"} is not known.`,
    detail: msg`"ssh_ciphers" takes names such as aes256-gcm@openssh.com and aes128-ctr, "ssh_key_exchange_algorithms" names such as curve25519-sha256 and ecdh-sha2-nistp256; "ssh -Q cipher" and "ssh -Q kex" list more.`,
  },
  "no-common-algorithm": {
    severity: "error",
    message: msg`The SSH server at ${"host"} and hclbuild have no ${"subject"} in common.`,
    detail: msg`"ssh_ciphers" and "ssh_key_exchange_algorithms" set what is offered; old servers may need names such as aes128-cbc or diffie-hellman-group1-sha1. "ssh -vv" shows what the server has.`,
  },
  "connection-failed": {
    severity: "error",
    message: msg`The SSH connection to ${"host"} failed.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "bastion-failed": {
    severity: "error",
    message: msg`The bastion ${"host"} could not be used.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "proxy-failed": {
    severity: "error",
    message: msg`The proxy ${"host"} could not be used.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "key-unreadable": {
    severity: "error",
    message: msg`The private key ${"path"} cannot be used: ${"reason"}.`,
    detail: msg`It must be an OpenSSH or PEM private key; an encrypted one needs "ssh_private_key_passphrase".`,
  },
  "certificate-unreadable": {
    severity: "error",
    message: msg`The certificate ${"path"} cannot be used: ${"reason"}.`,
    detail: msg`It must be the line that "ssh-keygen -s" writes, and belong to the private key.`,
  },
  "no-agent": {
    severity: "error",
    message: msg`There is no SSH agent to authenticate with.`,
    detail: msg`"ssh_agent_auth" needs a running agent; SSH_AUTH_SOCK must name its socket.`,
  },
  "exec-refused": {
    severity: "error",
    message: msg`The SSH server at ${"host"} refused to run a command.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "tunnel-failed": {
    severity: "error",
    message: msg`The tunnel ${"tunnel"} could not be set up.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "upload-failed": {
    severity: "error",
    message: msg`The upload to ${"path"} failed.`,
    detail: [
      msg`The reason was: ${"reason"}.`,
      msg`The folder must exist, be writable for the user, and have space left.`,
    ],
  },
  "download-failed": {
    severity: "error",
    message: msg`The download of ${"path"} failed.`,
    detail: msg`The reason was: ${"reason"}.`,
  },
  "scp-missing": {
    severity: "error",
    message: msg`The machine has no scp program.`,
    detail: msg`Install it there, or set "ssh_file_transfer_method" to "sftp".`,
  },
  "sftp-missing": {
    severity: "error",
    message: msg`The SSH server offers no sftp subsystem.`,
    detail: [
      msg`The reason was: ${"reason"}.`,
      msg`Enable it in the server's configuration, or set "ssh_file_transfer_method" to "scp".`,
    ],
  },
});
