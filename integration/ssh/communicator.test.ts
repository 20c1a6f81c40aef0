import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Communicator } from "@hclbuild/sdk";
import { connected, connectTo, runOn, testRun } from "./connect.js";
import { listening, startHttpProxy, startSocksProxy } from "./proxies.js";
import { freePort, generateKey, startSshServer, type SshServer } from "./server.js";

let server: SshServer;
let folder: string;
beforeAll(async () => {
  server = await startSshServer({ password: "s3cret pass'word", config: ["KbdInteractiveAuthentication no"] });
  folder = mkdtempSync(join(tmpdir(), "hclbuild-ssh-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const withConnection: typeof connected = async (config, work) =>
  await connected({ ssh_port: server.port, ...config }, work);

const signal = new AbortController().signal;

/** The public key of a PKCS #8 file as servers want it. */
function publicLineOf(key: string): string {
  const der = execFileSync("openssl", ["pkey", "-in", key, "-pubout", "-outform", "DER"]);
  // A header and the 32 bytes (RFC 8410), which ssh-keygen does not read.
  if (der.length === 44) {
    const blob = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"), der.subarray(-32)]);
    return `ssh-ed25519 ${blob.toString("base64")}`;
  }
  const file = `${key}.pem`;
  execFileSync("openssl", ["pkey", "-in", key, "-pubout", "-out", file]);
  return execFileSync("ssh-keygen", ["-i", "-m", "PKCS8", "-f", file], { encoding: "utf8" }).trim();
}

describe("logging in", () => {
  const hello = async (communicator: Communicator): Promise<void> => {
    expect(await runOn(communicator, "echo hello; echo oops >&2; exit 3")).toEqual({
      end: { kind: "exit", code: 3 },
      stdout: "hello\n",
      stderr: "oops\n",
    });
  };

  it("with a key file, and says what it does as Packer does", async () => {
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator, run) => {
      await hello(communicator);
      expect(run.said).toEqual([
        "Using SSH communicator to connect: 127.0.0.1",
        "Waiting for SSH to become available...",
        "Connected to SSH!",
      ]);
    });
  });

  it("with a password", async () => {
    await withConnection({ ssh_password: "s3cret pass'word" }, hello);
  });

  it.each([
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ecdsa", ["-t", "ecdsa", "-b", "521"]],
    ["ed25519", ["-t", "ed25519"]],
    ["rsa in PEM", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ])("with a key of type %s", async (name, args) => {
    const key = generateKey(server.folder, `key ${name}`.replaceAll(" ", "-"), args);
    writeFileSync(join(server.folder, "authorized_keys"), `${readFileSync(`${key}.pub`, "utf8")}${server.publicKey}\n`);
    await withConnection({ ssh_private_key_file: key }, hello);
  });

  it("with an encrypted key and its passphrase, and not without", async () => {
    const key = join(server.folder, "locked");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "open sesame", "-f", key]);
    writeFileSync(join(server.folder, "authorized_keys"), `${readFileSync(`${key}.pub`, "utf8")}${server.publicKey}\n`);
    await withConnection({ ssh_private_key_file: key, ssh_private_key_passphrase: "open sesame" }, hello);
    await expect(withConnection({ ssh_private_key_file: key }, hello)).rejects.toMatchObject({
      code: "ssh/key-unreadable",
    });
  });

  it.each([
    ["RSA", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]],
    ["EC", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]],
    ["ED25519", ["-algorithm", "ED25519"]],
  ])("with a PKCS #8 key of openssl that text stands before: %s", async (name, args) => {
    const key = join(server.folder, `pkcs8-${name}`);
    execFileSync("openssl", ["genpkey", ...args, "-out", key], { stdio: "ignore" });
    execFileSync("openssl", ["pkcs8", "-topk8", "-in", key, "-passout", "pass:open sesame", "-out", `${key}-locked`]);
    const line = publicLineOf(key);
    writeFileSync(key, `Bag Attributes\n    friendlyName: it\n${readFileSync(key, "utf8")}`);
    writeFileSync(join(server.folder, "authorized_keys"), `${line}\n${server.publicKey}\n`);
    await withConnection({ ssh_private_key_file: key }, hello);
    const locked = { ssh_private_key_file: `${key}-locked`, ssh_private_key_passphrase: "open sesame" };
    await withConnection(locked, hello);
  });

  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ecdsa", ["-t", "ecdsa", "-b", "256"]],
  ])("with a certificate for a key of type %s", async (name, args) => {
    const authority = generateKey(folder, `authority-${name}`);
    const certified = await startSshServer({
      userAuthority: readFileSync(`${authority}.pub`, "utf8"),
      config: ["AuthorizedKeysFile none"],
    });
    try {
      const key = generateKey(folder, `certified-${name}`, args);
      execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "test", "-n", "root", `${key}.pub`]);
      const config = { ssh_port: certified.port, ssh_private_key_file: key, ssh_certificate_file: `${key}-cert.pub` };
      await withConnection(config, hello);
      const without = withConnection(
        { ssh_port: certified.port, ssh_private_key_file: key, ssh_handshake_attempts: 1 },
        hello,
      );
      await expect(without).rejects.toMatchObject({ code: "ssh/authentication-failed" });
    } finally {
      await certified.stop();
    }
  });

  it("with an agent, which it forwards", async () => {
    const socket = join(folder, "agent.sock");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    try {
      while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
      execFileSync("ssh-add", ["-q", server.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      const run = testRun(signal, { ...process.env, SSH_AUTH_SOCK: socket });
      const communicator = await connectTo(run, { ssh_port: server.port, ssh_agent_auth: true });
      await hello(communicator);
      expect((await runOn(communicator, "ssh-add -l")).stdout).toContain("user (ED25519)");
      await communicator[Symbol.asyncDispose]();
    } finally {
      agent.kill();
    }
  });

  it("says that there is no agent", async () => {
    const run = testRun(signal, { PATH: process.env["PATH"] });
    await expect(connectTo(run, { ssh_port: server.port, ssh_agent_auth: true })).rejects.toMatchObject({
      code: "ssh/no-agent",
    });
  });

  it("stops after the allowed number of refused logins", async () => {
    const refused = withConnection({ ssh_password: "wrong", ssh_handshake_attempts: 2 }, hello);
    await expect(refused).rejects.toMatchObject({
      code: "ssh/authentication-failed",
      hint: expect.stringContaining("Tried 2 time(s) with: a password, keyboard-interactive"),
    });
  });

  it("gives up after ssh_timeout when nothing answers", async () => {
    const port = await freePort();
    await expect(withConnection({ ssh_port: port, ssh_password: "x", ssh_timeout: "5s" }, hello)).rejects.toMatchObject(
      {
        code: "ssh/timeout",
        message: "Timeout waiting for SSH",
        hint: expect.stringContaining("The last attempt failed with: the connection was refused."),
      },
    );
  });

  it("stops waiting when it is cancelled", async () => {
    const controller = new AbortController();
    const port = await freePort();
    const waiting = connectTo(testRun(controller.signal), { ssh_port: port, ssh_password: "x" });
    setTimeout(() => controller.abort(new Error("cancelled by the test")), 200);
    await expect(waiting).rejects.toThrow("cancelled by the test");
  });
});

describe("host keys", () => {
  it("are checked against ssh_host_key, as a line or a fingerprint", async () => {
    const [, base64 = ""] = server.hostKey.split(" ");
    const fingerprint = `SHA256:${createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64").replace(/=+$/, "")}`;
    for (const accepted of [server.hostKey, fingerprint]) {
      await withConnection({ ssh_private_key_file: server.keyFile, ssh_host_key: [accepted] }, async (communicator) => {
        expect((await runOn(communicator, "true")).end).toEqual({ kind: "exit", code: 0 });
      });
    }
    const wrong = withConnection(
      { ssh_private_key_file: server.keyFile, ssh_host_key: ["SHA256:other"] },
      async () => undefined,
    );
    await expect(wrong).rejects.toMatchObject({
      code: "ssh/host-key-mismatch",
      hint: expect.stringContaining(fingerprint),
    });
  });

  it("are checked against a known_hosts file with hashed names", async () => {
    const file = join(folder, "known_hosts");
    writeFileSync(file, `[127.0.0.1]:${server.port} ${server.hostKey.split(" ").slice(0, 2).join(" ")}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    expect(readFileSync(file, "utf8")).toMatch(/^\|1\|/);
    await withConnection({ ssh_private_key_file: server.keyFile, ssh_known_hosts_file: file }, async () => undefined);
    writeFileSync(file, "");
    const unknown = withConnection(
      { ssh_private_key_file: server.keyFile, ssh_known_hosts_file: file },
      async () => undefined,
    );
    await expect(unknown).rejects.toMatchObject({ code: "ssh/host-key-mismatch" });
  });
});

describe("detours", () => {
  it("go through a bastion", async () => {
    const bastion = await startSshServer();
    try {
      const config = {
        ssh_private_key_file: server.keyFile,
        ssh_bastion_host: "127.0.0.1",
        ssh_bastion_port: bastion.port,
        ssh_bastion_username: "root",
        ssh_bastion_private_key_file: bastion.keyFile,
      };
      await withConnection(config, async (communicator) => {
        expect((await runOn(communicator, "echo $SSH_CONNECTION")).stdout).toMatch(/^127\.0\.0\.1 /);
        expect(bastion.log()).toContain("Accepted publickey");
      });
      const refused = withConnection(
        { ...config, ssh_bastion_private_key_file: server.keyFile },
        async () => undefined,
      );
      await expect(refused).rejects.toMatchObject({ code: "ssh/bastion-failed" });
    } finally {
      await bastion.stop();
    }
  });

  it("go through a SOCKS5 proxy with a user", async () => {
    const { port, seen } = await startSocksProxy("u", "p");
    const config = { ssh_private_key_file: server.keyFile, ssh_proxy_host: "127.0.0.1", ssh_proxy_port: port };
    await withConnection({ ...config, ssh_proxy_username: "u", ssh_proxy_password: "p" }, async (communicator) => {
      expect((await runOn(communicator, "echo through")).stdout).toBe("through\n");
    });
    expect(seen).toEqual([`127.0.0.1:${server.port}`]);
  });

  it("go through an HTTP proxy, whose refusal is named", async () => {
    const { port } = await startHttpProxy("u", "p");
    const config = {
      ssh_private_key_file: server.keyFile,
      ssh_proxy_host: "127.0.0.1",
      ssh_proxy_port: port,
      ssh_proxy_type: "http" as const,
    };
    await withConnection({ ...config, ssh_proxy_username: "u", ssh_proxy_password: "p" }, async (communicator) => {
      expect((await runOn(communicator, "echo through")).stdout).toBe("through\n");
    });
    await expect(withConnection({ ...config, ssh_timeout: "1s" }, async () => undefined)).rejects.toMatchObject({
      hint: expect.stringContaining("could not be used"),
    });
  });

  it("open local and remote tunnels", async () => {
    const echo = net.createServer((socket) => socket.end("from the echo server\n"));
    const echoPort = await listening(echo);
    const [localPort, remotePort] = [await freePort(), await freePort()];
    const config = {
      ssh_private_key_file: server.keyFile,
      ssh_local_tunnels: [`${localPort}:127.0.0.1:${echoPort}`],
      ssh_remote_tunnels: [`${remotePort}:127.0.0.1:${echoPort}`],
    };
    await withConnection(config, async () => {
      for (const port of [localPort, remotePort]) expect(await readAll(port)).toBe("from the echo server\n");
    });
    echo.close();
  });
});

describe("commands", () => {
  it("read their input and may have a terminal", async () => {
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator) => {
      const stdout = new PassThrough();
      let text = "";
      stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const running = await communicator.start(
        { command: "tr a-z A-Z", stdin: Readable.from([Buffer.from("shout")]), stdout },
        signal,
      );
      expect(await running.done).toEqual({ kind: "exit", code: 0 });
      expect(text).toBe("SHOUT");
    });
    await withConnection({ ssh_private_key_file: server.keyFile, ssh_pty: true }, async (communicator) => {
      expect((await runOn(communicator, "test -t 1 && stty size")).stdout.trim()).toBe("40 80");
    });
  });

  it("tell a signal from an exit code and from a lost connection", async () => {
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator) => {
      expect((await runOn(communicator, "kill -9 $$")).end).toEqual({ kind: "signal", name: "SIGKILL" });
      const lost = runOn(communicator, "echo started; sleep 30", { onOutput: () => server.dropConnections() });
      expect(await lost).toEqual({ end: { kind: "disconnected" }, stdout: "started\n", stderr: "" });
      expect((await runOn(communicator, "echo back")).stdout).toBe("back\n");
    });
  });

  it("go on after the machine has restarted", async () => {
    const restarted = await startSshServer();
    await withConnection(
      { ssh_port: restarted.port, ssh_private_key_file: restarted.keyFile },
      async (communicator) => {
        expect((await runOn(communicator, "echo one")).stdout).toBe("one\n");
        await restarted.restart();
        expect((await runOn(communicator, "echo two")).stdout).toBe("two\n");
      },
    );
    await restarted.stop();
  });

  it("end when they are cancelled", async () => {
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator) => {
      const controller = new AbortController();
      const running = runOn(communicator, "echo started; exec sleep 600", {
        signal: controller.signal,
        onOutput: () => controller.abort(new Error("enough")),
      });
      await expect(running).rejects.toThrow("enough");
      expect((await runOn(communicator, "echo still here")).stdout).toBe("still here\n");
    });
  });

  it("run side by side", async () => {
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator) => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => runOn(communicator, `sleep 0.1; echo ${index}`)),
      );
      expect(results.map((result) => result.stdout.trim())).toEqual(
        Array.from({ length: 20 }, (_, index) => String(index)),
      );
    });
  });
});

async function readAll(port: number): Promise<string> {
  let text = "";
  for await (const piece of net.connect(port, "127.0.0.1")) text += String(piece);
  return text;
}
