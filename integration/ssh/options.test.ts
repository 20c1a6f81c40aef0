import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { makeFolder, runBuild, sshBuild, type FinishedBuild } from "../faults/run-build.js";
import { connected, runOn } from "./connect.js";
import { listening, startHttpProxy, startSocksProxy } from "./proxies.js";
import { freePort, generateKey, startSshServer, type SshServer, type SshServerOptions } from "./server.js";

const password = "s3cret pass'word";

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ config: ["LogLevel DEBUG1"] });
});
afterAll(() => server.stop());

/** A server of one test's own. */
async function startOwn(options: SshServerOptions): Promise<SshServer> {
  const own = await startSshServer(options);
  onTestFinished(() => own.stop());
  return own;
}

const hello = `provisioner "shell" {\n  inline = ["echo hello from $(id -un)"]\n}`;

/** Builds a template whose `null` source has the options; says no more of how to log in. */
async function build(
  options: string,
  { to = server, steps = hello, env = {} }: { to?: SshServer; steps?: string; env?: Record<string, string> } = {},
): Promise<FinishedBuild> {
  const template = sshBuild({ port: to.port, keyFile: "" }, steps, options).replace(/ssh_private_key_file = ""\n/, "");
  return await runBuild({ files: { "x.pkr.hcl": template }, env });
}

function expectLines(finished: FinishedBuild, lines: readonly unknown[]): void {
  expect({ code: finished.code, errors: finished.errors, lines: finished.lines }).toEqual({
    code: 0,
    errors: [],
    lines,
  });
}

const expectHello = (finished: FinishedBuild): void => expectLines(finished, ["hello from root"]);
const withKey = (): string => `ssh_private_key_file = "${server.keyFile}"`;

/** What the build said and reported, as text. */
const told = (finished: FinishedBuild): string => JSON.stringify(finished.events);

/** An agent of the test's own that holds the key; returns its socket. */
async function startAgent(key: string): Promise<string> {
  const socket = join(makeFolder({}), "agent.sock");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  onTestFinished(() => void agent.kill());
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
  execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

describe("keyboard-interactive", () => {
  const onlyPrompts = { pam: true, password, config: ["PasswordAuthentication no", "PubkeyAuthentication no"] };

  it("answers the prompts with the password where the server takes nothing else", async () => {
    const own = await startOwn(onlyPrompts);
    expectHello(await build(`ssh_password = "${password}"`, { to: own }));
    expect(own.log()).toContain("Accepted keyboard-interactive/pam for root");
  });

  it("is refused with a wrong password", async () => {
    const own = await startOwn(onlyPrompts);
    const finished = await build(`ssh_password = "wrong"\nssh_handshake_attempts = 1`, { to: own });
    expect({ code: finished.code, errors: finished.errors }).toEqual({
      code: 1,
      errors: ["ssh/authentication-failed"],
    });
  });
});

describe("a proxy", () => {
  it("that speaks HTTP and wants a user", async () => {
    const { port, seen } = await startHttpProxy("user", "open sesame");
    const proxy = `${withKey()}\nssh_proxy_type = "http"\nssh_proxy_host = "127.0.0.1"\nssh_proxy_port = ${port}`;
    expectHello(await build(`${proxy}\nssh_proxy_username = "user"\nssh_proxy_password = "open sesame"`));
    expect(seen).toEqual([`127.0.0.1:${server.port}`]);
    const refused = await build(`${proxy}\nssh_timeout = "5s"`);
    expect({ code: refused.code, errors: refused.errors }).toEqual({ code: 1, errors: ["ssh/timeout"] });
    expect(told(refused)).toContain(`The proxy 127.0.0.1:${port} could not be used`);
  });

  it("that speaks SOCKS5 and wants a user", async () => {
    const { port, seen } = await startSocksProxy("user", "open sesame");
    const proxy = `${withKey()}\nssh_proxy_host = "127.0.0.1"\nssh_proxy_port = ${port}`;
    expectHello(await build(`${proxy}\nssh_proxy_username = "user"\nssh_proxy_password = "open sesame"`));
    expect(seen).toEqual([`127.0.0.1:${server.port}`]);
    const refused = await build(`${proxy}\nssh_timeout = "5s"`);
    expect({ code: refused.code, errors: refused.errors }).toEqual({ code: 1, errors: ["ssh/timeout"] });
  });
});

describe("a bastion", () => {
  const through = (bastion: SshServer): string =>
    `${withKey()}\nssh_bastion_host = "127.0.0.1"\nssh_bastion_port = ${bastion.port}\nssh_bastion_username = "root"`;

  it("with a password", async () => {
    const bastion = await startOwn({ password, config: ["PubkeyAuthentication no"] });
    expectHello(await build(`${through(bastion)}\nssh_bastion_password = "${password}"`));
    expect(bastion.log()).toContain("Accepted password");
  });

  it("with an agent", async () => {
    const bastion = await startOwn({});
    const socket = await startAgent(bastion.keyFile);
    const env = { SSH_AUTH_SOCK: socket };
    expectHello(await build(`${through(bastion)}\nssh_bastion_agent_auth = true`, { env }));
    expect(bastion.log()).toContain("Accepted publickey");
  });

  it("with a certificate", async () => {
    const folder = makeFolder({});
    const authority = generateKey(folder, "authority");
    const bastion = await startOwn({
      userAuthority: readFileSync(`${authority}.pub`, "utf8"),
      config: ["AuthorizedKeysFile none"],
    });
    const key = generateKey(folder, "certified");
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "test", "-n", "root", `${key}.pub`]);
    const options = `ssh_bastion_private_key_file = "${key}"\nssh_bastion_certificate_file = "${key}-cert.pub"`;
    expectHello(await build(`${through(bastion)}\n${options}`));
    expect(bastion.log()).toContain("Accepted publickey for root from 127.0.0.1");
  });

  it("takes the machine's key and user when it has none of its own, and names its refusal", async () => {
    const bastion = await startOwn({});
    const options = `${withKey()}\nssh_bastion_host = "127.0.0.1"\nssh_bastion_port = ${bastion.port}`;
    const refused = await build(`${options}\nssh_timeout = "2s"`);
    expect({ code: refused.code, errors: refused.errors }).toEqual({ code: 1, errors: ["ssh/bastion-failed"] });
    writeFileSync(join(bastion.folder, "authorized_keys"), `${server.publicKey}\n`);
    expectHello(await build(options));
  });
});

describe("the connection", () => {
  it("is made anew after pause_before_connecting", async () => {
    const own = await startOwn({});
    const finished = await build(`ssh_private_key_file = "${own.keyFile}"\npause_before_connecting = "1s"`, {
      to: own,
    });
    expectHello(finished);
    expect(own.log().match(/Accepted publickey/g)).toHaveLength(2);
    expect(told(finished)).toContain("Pausing 1s before connecting...");
  });

  it("forwards the agent unless told not to", async () => {
    const socket = await startAgent(server.keyFile);
    const steps = `provisioner "shell" {\n  inline = ["ssh-add -l >/dev/null 2>&1 && echo forwarded || echo none"]\n}`;
    const env = { SSH_AUTH_SOCK: socket };
    expectLines(await build("ssh_agent_auth = true", { steps, env }), ["forwarded"]);
    const off = "ssh_agent_auth = true\nssh_disable_agent_forwarding = true";
    expectLines(await build(off, { steps, env }), ["none"]);
  });

  it("uses the ciphers and key exchanges that are listed", async () => {
    const own = await startOwn({ config: ["LogLevel DEBUG1"] });
    const lists = `ssh_ciphers = ["aes192-ctr"]\nssh_key_exchange_algorithms = ["ecdh-sha2-nistp384"]`;
    expectHello(await build(`ssh_private_key_file = "${own.keyFile}"\n${lists}`, { to: own }));
    expect(own.log()).toContain("kex: algorithm: ecdh-sha2-nistp384");
    expect(own.log()).toContain("kex: client->server cipher: aes192-ctr");
  });

  it("gives each command a terminal with ssh_pty", async () => {
    const steps = `provisioner "shell" {\n  inline = ["test -t 0 && test -t 1 && echo $TERM $(stty size)"]\n}`;
    expectLines(await build(`${withKey()}\nssh_pty = true`, { steps }), ["xterm 40 80"]);
  });

  // The server hangs up on what runs in the terminal when it is told so at a bad moment.
  it("never tells a terminal that its input has ended", async () => {
    const own = await startOwn({ config: ["LogLevel DEBUG2"] });
    const ended = (): number => own.log().match(/channel \d+: rcvd eof/g)?.length ?? 0;
    await connected({ ssh_port: own.port, ssh_private_key_file: own.keyFile }, async (communicator) => {
      expect(await runOn(communicator, "cat; echo plain")).toMatchObject({ stdout: "plain\n" });
    });
    const before = ended();
    await connected({ ssh_port: own.port, ssh_private_key_file: own.keyFile, ssh_pty: true }, async (communicator) => {
      expect(await runOn(communicator, "sleep 1; echo terminal")).toMatchObject({ stdout: "terminal\r\n" });
    });
    expect({ before, after: ended() }).toEqual({ before: 1, after: 1 });
  });

  it.each([
    ["1s", true],
    ["-1s", false],
  ])("sends keep-alive messages: ssh_keep_alive_interval = %s", async (interval, sent) => {
    const own = await startOwn({ config: ["LogLevel DEBUG1"] });
    const steps = `provisioner "shell" {\n  inline = ["sleep 3"]\n}`;
    const options = `ssh_private_key_file = "${own.keyFile}"\nssh_keep_alive_interval = "${interval}"`;
    expectLines(await build(options, { to: own, steps }), []);
    expect(/rtype keepalive@openssh\.com/.test(own.log())).toBe(sent);
  });

  // What stops are the processes that carry the sessions, as when a machine hangs.
  const hang = (own: SshServer): string => `pkill -STOP -P ${own.pid()}`;
  const expectLost = (finished: FinishedBuild): void =>
    expect({ code: finished.code, errors: finished.errors, lines: finished.lines }).toEqual({
      code: 1,
      errors: ["script/disconnected"],
      lines: ["begun"],
    });

  it("counts as lost after ssh_read_write_timeout without a word from the machine", async () => {
    const own = await startOwn({});
    const steps = `provisioner "shell" {\n  inline = ["echo begun", "${hang(own)}", "sleep 60"]\n}`;
    // Keep-alive messages, which nobody answers, do not count.
    const options = `ssh_private_key_file = "${own.keyFile}"\nssh_keep_alive_interval = "1s"\nssh_read_write_timeout = "3s"\nssh_timeout = "3s"`;
    expectLost(await build(options, { to: own, steps }));
  });

  it("counts as lost behind a bastion, too", async () => {
    const own = await startOwn({});
    writeFileSync(join(own.folder, "authorized_keys"), `${server.publicKey}\n`);
    const steps = `provisioner "shell" {\n  inline = ["echo begun", "${hang(own)}", "sleep 60"]\n}`;
    const bastion = `ssh_bastion_host = "127.0.0.1"\nssh_bastion_port = ${server.port}`;
    const options = `${withKey()}\n${bastion}\nssh_read_write_timeout = "3s"\nssh_timeout = "3s"`;
    expectLost(await build(options, { to: own, steps }));
  });

  it("does not hold up a build that gives up on a machine that hangs", async () => {
    const own = await startOwn({});
    const steps = `provisioner "shell" {\n  inline = ["echo begun", "${hang(own)}", "sleep 600"]\n  timeout = "3s"\n}`;
    const finished = await build(`ssh_private_key_file = "${own.keyFile}"`, { to: own, steps });
    expect({ code: finished.code, errors: finished.errors, lines: finished.lines }).toEqual({
      code: 1,
      errors: ["execute/step-timeout"],
      lines: ["begun"],
    });
  });

  it("is not waited for when the build has given up on a machine that is gone", async () => {
    const own = await startOwn({});
    const steps = `provisioner "shell-local" {
  inline = ["pkill -KILL -P ${own.pid()}; kill -KILL ${own.pid()}; sleep 1"]
}
provisioner "shell" {
  inline = ["true"]
  timeout = "2s"
}`;
    const template = sshBuild({ port: own.port, keyFile: own.keyFile }, steps, `ssh_timeout = "30m"`);
    const finished = await runBuild({ files: { "x.pkr.hcl": template } });
    expect({ code: finished.code, errors: finished.errors }).toEqual({ code: 1, errors: ["execute/step-timeout"] });
  });

  it("opens tunnels both ways", async () => {
    const echo = net.createServer((socket) => socket.end("from afar\n"));
    const echoPort = await listening(echo);
    onTestFinished(() => void echo.close());
    const [local, remote] = [await freePort(), await freePort()];
    const ask = (port: number): string => `inline = ["bash -c 'cat < /dev/tcp/127.0.0.1/${port}'"]`;
    const steps = `provisioner "shell" {\n  ${ask(remote)}\n}\nprovisioner "shell-local" {\n  ${ask(local)}\n}`;
    const options = `${withKey()}
ssh_remote_tunnels = ["${remote}:127.0.0.1:${echoPort}"]
ssh_local_tunnels = ["${local}:127.0.0.1:${echoPort}"]`;
    expectLines(await build(options, { steps }), ["from afar", "from afar"]);
  });

  it("ends with the build, whoever still holds on to a tunnel", async () => {
    // Neither says anything nor ends by itself.
    const silent = net.createServer({ allowHalfOpen: true }, (socket) => socket.on("error", () => undefined).resume());
    const silentPort = await listening(silent);
    onTestFinished(() => void silent.close());
    const [local, remote] = [await freePort(), await freePort()];
    const folder = makeFolder({});
    const held = (port: number): string => {
      const file = join(folder, `held-${port}`);
      onTestFinished(() => void process.kill(Number(readFileSync(file, "utf8")), "SIGKILL"));
      const command = `exec 3<>/dev/tcp/127.0.0.1/${port}; echo $$ > ${file}.tmp; mv ${file}.tmp ${file}; exec sleep 600`;
      return `setsid bash -c '${command}' < /dev/null > /dev/null 2>&1 & until test -e ${file}; do sleep 0.1; done; echo held`;
    };
    const steps = `provisioner "shell" {
  inline = [${JSON.stringify(held(remote))}]
}
provisioner "shell-local" {
  inline = [${JSON.stringify(held(local))}]
}`;
    const options = `${withKey()}
ssh_remote_tunnels = ["${remote}:127.0.0.1:${silentPort}"]
ssh_local_tunnels = ["${local}:127.0.0.1:${silentPort}"]`;
    expectLines(await build(options, { steps }), ["held", "held"]);
  });

  it("accepts only the host keys that are given", async () => {
    expectHello(await build(`${withKey()}\nssh_host_key = ["${server.hostKey}"]`));
    const known = join(makeFolder({}), "known_hosts");
    writeFileSync(known, `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    expectHello(await build(`${withKey()}\nssh_known_hosts_file = "${known}"`));
    const bastion = await startOwn({});
    writeFileSync(join(bastion.folder, "authorized_keys"), `${server.publicKey}\n`);
    const through = `${withKey()}\nssh_known_hosts_file = "${known}"\nssh_bastion_host = "127.0.0.1"\nssh_bastion_port = ${bastion.port}`;
    const stranger = await build(through);
    expect({ code: stranger.code, errors: stranger.errors }).toEqual({ code: 1, errors: ["ssh/host-key-mismatch"] });
    expect(told(stranger)).toContain(`127.0.0.1:${bastion.port} presented a host key`);
    appendFileSync(known, `[127.0.0.1]:${bastion.port} ${bastion.hostKey}\n`);
    expectHello(await build(through));
    const refused = await build(`${withKey()}\nssh_host_key = ["SHA256:${"A".repeat(43)}"]`);
    expect({ code: refused.code, errors: refused.errors }).toEqual({ code: 1, errors: ["ssh/host-key-mismatch"] });
  });
});
