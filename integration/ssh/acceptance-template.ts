import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the template of the acceptance test is made for. */
export interface AcceptanceRequest {
  readonly port: number;
  /** Lines of the source block that say how to log in. */
  readonly login: string;
  /** Folder that plays the machine's disk. */
  readonly remote: string;
  readonly fileCount: number;
  readonly bigSize: number;
}

/** Writes the template and the files that it copies into a folder. Packer 1.6.6 knows everything in it. */
export function writeAcceptance(folder: string, request: AcceptanceRequest): void {
  mkdirSync(join(folder, "tree/deep/er"), { recursive: true });
  for (let n = 0; n < request.fileCount; n++) writeFileSync(join(folder, `tree/deep/file-${n}.txt`), `content ${n}\n`);
  writeFileSync(join(folder, "tree/deep/er/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(folder, "big.bin"), Buffer.alloc(request.bigSize, "0123456789abcdef"));
  writeFileSync(join(folder, "hello.sh"), '#!/bin/sh -e\necho "script says $GREETING to $PACKER_BUILD_NAME"\n');
  writeFileSync(join(folder, "ssh.pkr.hcl"), template(request));
}

function template({ port, login, remote }: AcceptanceRequest): string {
  return `
source "null" "machine" {
  ssh_host     = "127.0.0.1"
  ssh_port     = ${port}
  ssh_username = "root"
  ssh_timeout  = "1m"
  ${login.replaceAll("\n", "\n  ")}
}

build {
  sources = ["source.null.machine"]

  provisioner "shell" {
    inline = ["mkdir -p ${remote}/whole ${remote}/content", "echo inline on $(basename $SHELL)"]
  }
  provisioner "shell" {
    script           = "hello.sh"
    environment_vars = ["GREETING=good morning"]
  }
  provisioner "shell" {
    environment_vars = ["GREETING=quoted 'text' $HOME"]
    execute_command  = "sudo -n env {{ .Vars }} sh {{ .Path }}"
    inline           = ["echo as $(id -un): $GREETING"]
  }
  provisioner "file" {
    source      = "tree"
    destination = "${remote}/whole"
  }
  provisioner "file" {
    source      = "tree/"
    destination = "${remote}/content"
  }
  provisioner "file" {
    source      = "big.bin"
    destination = "${remote}/big.bin"
  }
  provisioner "shell" {
    inline = [
      "cd ${remote}",
      "find whole content -type f | wc -l",
      "find whole content -type f -perm -100 | sort",
      "md5sum < big.bin",
    ]
  }
  provisioner "file" {
    direction   = "download"
    source      = "${remote}/big.bin"
    destination = "back.bin"
  }
  provisioner "shell" {
    expect_disconnect = true
    inline            = ["echo rebooting", "sleep 30"]
  }
  provisioner "shell" {
    pause_before = "2s"
    inline       = ["echo back again"]
  }
  provisioner "shell" {
    valid_exit_codes = [0, 7]
    inline           = ["echo 'to stderr' >&2", "exit 7"]
  }
}
`;
}
