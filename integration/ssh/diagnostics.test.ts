import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runBuild, sshBuild } from "../faults/run-build.js";
import { connectTo, runOn, testRun } from "./connect.js";
import { freePort, generateKey, startSshServer, type SshServer, type SshServerOptions } from "./server.js";

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(async () => server.stop());

type Options = Parameters<typeof connectTo>[1];

const connect = (options: Options, to: SshServer = server) =>
  connectTo(testRun(), { ssh_port: to.port, ssh_private_key_file: to.keyFile, ...options });

/** A server of one test's own. */
async function withServer(options: SshServerOptions, work: (own: SshServer) => Promise<void>): Promise<void> {
  const own = await startSshServer(options);
  try {
    await work(own);
  } finally {
    await own.stop();
  }
}

const signal = new AbortController().signal;
const hint = (text: string | RegExp): object => ({
  hint: typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text),
});

describe("a certificate", () => {
  it("that is not there", async () => {
    await expect(connect({ ssh_certificate_file: "/no/such/cert.pub" })).rejects.toMatchObject({
      code: "ssh/certificate-unreadable",
      message: "The certificate /no/such/cert.pub cannot be used: there is no such file or folder",
      ...hint(/^It must be the line that "ssh-keygen -s" writes/),
    });
  });

  it("that is a plain key", async () => {
    const file = `${server.keyFile}.pub`;
    await expect(connect({ ssh_certificate_file: file })).rejects.toMatchObject({
      code: "ssh/certificate-unreadable",
      message: `The certificate ${file} cannot be used: it is not an OpenSSH certificate`,
    });
  });
});

it("a private key that is none", async () => {
  const file = join(server.folder, "no-key");
  writeFileSync(file, "-----BEGIN NOTHING-----\n");
  await expect(connect({ ssh_private_key_file: file })).rejects.toMatchObject({
    code: "ssh/key-unreadable",
    message: expect.stringMatching(`^The private key ${file} cannot be used: .`),
    ...hint("It must be an OpenSSH or PEM private key"),
  });
  const key = generateKey(server.folder, "public");
  await expect(connect({ ssh_private_key_file: `${key}.pub` })).rejects.toMatchObject({
    code: "ssh/key-unreadable",
    message: `The private key ${key}.pub cannot be used: it is a public key`,
  });
});

it("a connection that was closed", async () => {
  const communicator = await connect({});
  expect((await runOn(communicator, "echo open")).stdout).toBe("open\n");
  await communicator[Symbol.asyncDispose]();
  await expect(communicator.start({ command: "true" }, signal)).rejects.toMatchObject({
    code: "ssh/connection-failed",
    message: "The SSH connection to 127.0.0.1 failed",
    hint: "The reason was: it was closed.",
  });
});

it("a server that lets nobody run commands", async () => {
  await withServer({ config: ["Match all", "MaxSessions 0"] }, async (own) => {
    const communicator = await connect({}, own);
    await expect(communicator.start({ command: "true" }, signal)).rejects.toMatchObject({
      code: "ssh/exec-refused",
      message: "The SSH server at 127.0.0.1 refused to run a command",
      retryable: true,
      ...hint(/open failed/i),
    });
    await communicator[Symbol.asyncDispose]();
  });
});

it("a proxy that nobody listens at: the timeout says so", async () => {
  const port = await freePort();
  const attempt = connect({ ssh_proxy_host: "127.0.0.1", ssh_proxy_port: port, ssh_timeout: "5s" });
  await expect(attempt).rejects.toMatchObject({
    code: "ssh/timeout",
    ...hint(`The last attempt failed with: The proxy 127.0.0.1:${port} could not be used: connect ECONNREFUSED`),
    cause: { code: "ssh/proxy-failed", ...hint(/^The reason was: .*ECONNREFUSED/) },
  });
});

it("a machine that does not answer its bastion: the timeout ends it, not the bastion's", async () => {
  // A queue that nobody serves and that is full: the system answers to no further connection.
  const script = `const s = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    console.log(s.address().port);
    process.kill(process.pid, "SIGSTOP");
  });`;
  const listener = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void listener.kill("SIGKILL"));
  const [text] = (await once(listener.stdout, "data")) as [Buffer];
  const port = Number(text.toString());
  const waiting = Array.from({ length: 4 }, () => net.connect(port, "127.0.0.1").on("error", () => undefined));
  onTestFinished(() => waiting.forEach((socket) => socket.destroy()));
  await once(waiting[0] as net.Socket, "connect");
  const options = { ssh_bastion_host: "127.0.0.1", ssh_bastion_port: server.port, ssh_bastion_username: "root" };
  const attempt = connectTo(testRun(), {
    ...options,
    ssh_port: port,
    ssh_private_key_file: server.keyFile,
    ssh_timeout: "5s",
  });
  await expect(attempt).rejects.toMatchObject({ code: "ssh/timeout" });
});

describe("algorithms", () => {
  it("that nobody knows", async () => {
    await expect(connect({ ssh_ciphers: ["rot13"] })).rejects.toMatchObject({
      code: "ssh/unknown-algorithm",
      message: "The algorithm rot13 is not known",
      ...hint('"ssh -Q cipher"'),
    });
  });

  it.each([
    ["key exchange algorithm", { ssh_key_exchange_algorithms: ["diffie-hellman-group1-sha1"] }],
    ["cipher", { ssh_ciphers: ["3des-cbc"] }],
  ])("that the server does not have: %s", async (subject, options) => {
    await expect(connect(options)).rejects.toMatchObject({
      code: "ssh/no-common-algorithm",
      message: `The SSH server at 127.0.0.1:${server.port} and hclbuild have no ${subject} in common`,
    });
  });
});

it("a known_hosts file that is not there", async () => {
  await expect(connect({ ssh_known_hosts_file: "/no/such/file" })).rejects.toMatchObject({
    code: "ssh/known-hosts-unreadable",
    message: "The known_hosts file /no/such/file cannot be read: there is no such file or folder",
  });
});

describe("programs that the machine does not have", () => {
  const bare: SshServerOptions = {
    config: [`ForceCommand PATH=/nonexistent; export PATH; /bin/sh -c "$SSH_ORIGINAL_COMMAND"`],
  };
  const upload = async (own: SshServer, method: "scp" | "sftp"): Promise<void> => {
    const communicator = await connect({ ssh_file_transfer_method: method }, own);
    try {
      await communicator.uploadFile(Readable.from([Buffer.from("x")]), "/tmp/hclbuild-never", { signal, size: 1 });
    } finally {
      await communicator[Symbol.asyncDispose]();
    }
  };

  it("scp", async () => {
    await withServer(bare, async (own) => {
      await expect(upload(own, "scp")).rejects.toMatchObject({
        code: "ssh/scp-missing",
        message: "The machine has no scp program",
        hint: 'Install it there, or set "ssh_file_transfer_method" to "sftp".',
      });
    });
  });

  it("the sftp subsystem", async () => {
    await withServer(bare, async (own) => {
      await expect(upload(own, "sftp")).rejects.toMatchObject({
        code: "ssh/sftp-missing",
        message: "The SSH server offers no sftp subsystem",
        ...hint(/^The reason was: .* set "ssh_file_transfer_method" to "scp"\.$/),
      });
    });
  });
});

describe("a tunnel", () => {
  it.each(["local", "remote"])("that cannot be opened ends the build: %s", async (kind) => {
    const option = `ssh_${kind}_tunnels = ["${server.port}:127.0.0.1:1"]`;
    const step = `provisioner "shell" {\n  inline = ["true"]\n}`;
    const finished = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, step, option) } });
    expect({ code: finished.code, errors: finished.errors }).toEqual({ code: 1, errors: ["ssh/tunnel-failed"] });
  });

  it("that is written wrongly", async () => {
    await expect(connect({ ssh_local_tunnels: ["8080"] })).rejects.toMatchObject({
      code: "ssh/tunnel-failed",
      message: "The tunnel 8080 could not be set up",
      hint: "The reason was: a tunnel is written PORT:HOST:PORT.",
    });
  });

  it("whose port is taken on this machine", async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as net.AddressInfo;
    await expect(connect({ ssh_local_tunnels: [`${port}:127.0.0.1:1`] })).rejects.toMatchObject({
      code: "ssh/tunnel-failed",
      message: `The tunnel ${port}:127.0.0.1:1 could not be set up`,
      ...hint("EADDRINUSE"),
    });
    taken.close();
  });

  it("that the server does not allow", async () => {
    await withServer({ config: ["AllowTcpForwarding no"] }, async (own) => {
      await expect(connect({ ssh_remote_tunnels: ["18080:127.0.0.1:1"] }, own)).rejects.toMatchObject({
        code: "ssh/tunnel-failed",
        message: "The tunnel 18080:127.0.0.1:1 could not be set up",
      });
    });
  });
});
