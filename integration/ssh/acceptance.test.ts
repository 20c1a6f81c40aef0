import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { makeFolder, printCost, runBuild, sshBuild } from "../faults/run-build.js";
import { writeAcceptance } from "./acceptance-template.js";
import { freePort, generateKey, startSshServer, type SshServer } from "./server.js";

const full = process.env["HCLBUILD_FULL"] === "1";
const bigSize = full ? 1024 ** 3 : 64 * 1024 ** 2;
const fileCount = 5000;

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ password: "s3cret pass'word" });
});
afterAll(() => server.stop());

it("a template of everything builds on a machine that restarts in its middle", async () => {
  const own = await startSshServer();
  onTestFinished(() => own.stop());
  const remote = makeFolder({});
  const build = await runBuild({
    files: {},
    before: (folder) =>
      writeAcceptance(folder, {
        port: own.port,
        login: `ssh_private_key_file = "${own.keyFile}"\nssh_read_write_timeout = "1m"`,
        remote,
        fileCount,
        bigSize,
      }),
    onEvent: (event) => void (event.text === "rebooting" && own.restart()),
  });
  expect({ code: build.code, errors: build.errors, lines: build.lines }).toEqual({
    code: 0,
    errors: [],
    lines: [
      "inline on bash",
      "script says good morning to machine",
      expect.stringMatching(/^as root: /),
      String(2 * (fileCount + 1)),
      "content/deep/er/run.sh",
      "whole/tree/deep/er/run.sh",
      expect.stringMatching(/^[0-9a-f]{32} {2}-$/),
      "rebooting",
      "back again",
      "to stderr",
    ],
  });
  expect(statSync(join(build.folder, "back.bin")).size).toBe(bigSize);
  execFileSync("cmp", [join(build.folder, "back.bin"), join(build.folder, "big.bin")]);
  expect(readdirSync(join(remote, "whole/tree/deep"))).toHaveLength(fileCount + 1);
  if (full) printCost("1 GiB up and down and twice 5 001 files up", build);
  expect(build.peakMemory).toBeLessThan(200_000_000);
}, 600_000);

describe("logging in from a template", () => {
  const step = `provisioner "shell" {\n  inline = ["echo hello from $(id -un)"]\n}`;

  async function expectLogin(options: string, env: Record<string, string> = {}, port = server.port): Promise<void> {
    const template = sshBuild({ port, keyFile: "" }, step, options).replace(/ssh_private_key_file = ""\n/, "");
    const build = await runBuild({ files: { "x.pkr.hcl": template }, env });
    expect({ code: build.code, errors: build.errors, lines: build.lines }).toEqual({
      code: 0,
      errors: [],
      lines: ["hello from root"],
    });
  }

  it("with a password", async () => expectLogin(`ssh_password = "s3cret pass'word"`));

  it.each([
    ["rsa", ["-t", "rsa", "-b", "2048"], ""],
    ["ecdsa", ["-t", "ecdsa"], ""],
    ["ed25519", ["-t", "ed25519"], ""],
    ["locked", ["-t", "ed25519"], "open sesame"],
  ])("with a key: %s", async (name, args, passphrase) => {
    const key = generateKey(server.folder, `accept-${name}`, args);
    if (passphrase !== "") execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]);
    writeFileSync(join(server.folder, "authorized_keys"), `${readFileSync(`${key}.pub`, "utf8")}${server.publicKey}\n`);
    const option = passphrase === "" ? "" : `\nssh_private_key_passphrase = "${passphrase}"`;
    await expectLogin(`ssh_private_key_file = "${key}"${option}`);
  });

  it("with an agent", async () => {
    const socket = join(makeFolder({}), "agent.sock");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    onTestFinished(() => void agent.kill());
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
    execFileSync("ssh-add", ["-q", server.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    await expectLogin("ssh_agent_auth = true", { SSH_AUTH_SOCK: socket });
  });

  it("with a certificate", async () => {
    const folder = makeFolder({});
    const authority = generateKey(folder, "authority");
    const certified = await startSshServer({
      userAuthority: readFileSync(`${authority}.pub`, "utf8"),
      config: ["AuthorizedKeysFile none"],
    });
    onTestFinished(() => certified.stop());
    const key = generateKey(folder, "certified");
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "test", "-n", "root", `${key}.pub`]);
    await expectLogin(`ssh_private_key_file = "${key}"\nssh_certificate_file = "${key}-cert.pub"`, {}, certified.port);
  });

  it("through a bastion", async () => {
    const bastion = await startSshServer();
    onTestFinished(() => bastion.stop());
    await expectLogin(`ssh_private_key_file = "${server.keyFile}"
ssh_bastion_host = "127.0.0.1"
ssh_bastion_port = ${bastion.port}
ssh_bastion_username = "root"
ssh_bastion_private_key_file = "${bastion.keyFile}"`);
    expect(bastion.log()).toContain("Accepted publickey");
  });

  it("through a SOCKS5 proxy, which is OpenSSH's own", async () => {
    const port = await freePort();
    const options = ["-i", server.keyFile, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
    const args = ["-q", "-N", "-D", `127.0.0.1:${port}`, ...options, "-p", String(server.port), "root@127.0.0.1"];
    const proxy = spawn("ssh", args, { stdio: "ignore" });
    onTestFinished(() => void proxy.kill());
    await listens(port);
    await expectLogin(
      `ssh_private_key_file = "${server.keyFile}"\nssh_proxy_host = "127.0.0.1"\nssh_proxy_port = ${port}`,
    );
  });
});

async function listens(port: number): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on port ${port}`);
}
