import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { startSshServer, type SshServer } from "../ssh/server.js";
import type { FaultTemplate } from "./kill-at-event.js";

/** A build that needs no machine: a program that is asked, the `file` builder and local scripts. */
export const localTemplate: FaultTemplate = {
  name: "file builder and shell-local",
  files: {
    "local.pkr.hcl": `
data "external" "greeting" {
  program = ["/bin/sh", "-c", "cat > /dev/null; sleep 0.2 & wait; echo '{\\"text\\": \\"hello\\"}'"]
}
source "file" "x" {
  content = data.external.greeting.result.text
  target  = "out.txt"
}
build {
  sources = ["source.file.x"]
  provisioner "shell-local" {
    inline = ["echo one; sleep 0.2; echo two"]
  }
  provisioner "shell-local" {
    inline = ["sleep 300 & long=$!; sh -c 'sleep 0.3; echo child' & wait $!; kill $long; echo three >&2"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning up"]
  }
  post-processor "checksum" {
    output = "out.{{.ChecksumType}}"
  }
  post-processor "shell-local" {
    inline = ["echo after; sleep 0.1"]
  }
}
`,
  },
};

/** Names that the builds leave on the "machine" while they run; it is this one. */
const remoteMark = "hclbuild-fault-remote";

/** A build on a machine over SSH. */
export function sshTemplate(server: SshServer): FaultTemplate {
  return {
    name: "null builder over SSH",
    files: {
      "payload.bin": "x".repeat(2_000_000),
      "ssh.pkr.hcl": `
source "null" "x" {
  ssh_host             = "127.0.0.1"
  ssh_port             = ${server.port}
  ssh_username         = "root"
  ssh_private_key_file = "${server.keyFile}"
}
build {
  sources = ["source.null.x"]
  provisioner "shell" {
    inline = ["echo one; sleep 0.2; echo two"]
  }
  provisioner "file" {
    source      = "payload.bin"
    destination = "${tmpdir()}/${remoteMark}-payload"
  }
  provisioner "shell" {
    inline = ["sh -c 'sleep 0.3; echo child' & wait; rm -f ${tmpdir()}/${remoteMark}-payload"]
  }
  error-cleanup-provisioner "shell" {
    inline = ["rm -f ${tmpdir()}/${remoteMark}-payload"]
  }
}
`,
    },
    left: () => sessionsOf(server),
  };
}

/** The commands that sessions of a server still run. */
export function sessionsOf(server: SshServer): readonly string[] {
  const listing = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const processes = listing
    .trim()
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .map((match) => ({ pid: match?.[1], parent: match?.[2], args: match?.[3] ?? "" }));
  const found: string[] = [];
  const queue = [String(server.pid())];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const { pid, parent, args } of processes) {
      if (parent !== next || pid === undefined) continue;
      found.push(args);
      queue.push(pid);
    }
  }
  return found;
}

/** The server for {@link sshTemplate}. */
export async function startFaultServer(): Promise<SshServer> {
  return await startSshServer();
}
