import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { createSshAgent, sshArguments, type SshAddress } from "../../src/engine/ssh-tunnel.js";

const address: SshAddress = { kind: "ssh", host: "far.example", display: "ssh://far.example" };

it.each([
  ["/run/podman.sock"],
  ["/run/my docker.sock"],
  ["/run/a;touch b.sock"],
  ["/run/it's.sock"],
  ["/run/$HOME`id`.sock"],
])("the path of the socket is one word of the other side's shell: %s", (socket) => {
  const command = sshArguments({ ...address, socket }).at(-1) ?? "";
  const { stdout } = spawnSync("sh", ["-c", `docker() { printf '%s|' "$@"; }; ${command}`], { encoding: "utf8" });
  expect(stdout).toBe(`--host|unix://${socket}|system|dial-stdio|`);
});

it.skipIf(process.platform === "win32")(
  "signals of the terminal's process group do not reach the ssh program",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "ssh-tunnel-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = `#!/bin/sh
group=$(ps -o pgid= -p $$ | tr -d ' ')
printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n%s %s' "$$" "$group"
`;
    writeFileSync(join(folder, "ssh"), program, { mode: 0o755 });
    const agent = createSshAgent(address, { PATH: `${folder}:${process.env["PATH"]}` });
    onTestFinished(() => agent.destroy());
    const answer = await new Promise<string>((resolve, reject) => {
      get({ agent, host: "localhost" }, (response) => void text(response).then(resolve, reject)).on("error", reject);
    });
    const [own, group] = answer.split(" ");
    expect(group).toBe(own);
  },
);
