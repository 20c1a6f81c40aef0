import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import { once } from "node:events";
import { templateText } from "./template.js";

let certificates = "";
let engine: Server;
let stranger: Server;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Forwards what arrives to the machine's engine. */
function forward(client: Socket): void {
  const target = createConnection("/var/run/docker.sock");
  for (const socket of [client, target]) socket.on("error", () => socket.destroy());
  client.pipe(target).pipe(client);
}

function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  };
  const key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=test authority");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  for (const name of ["server", "client"]) {
    const request = ["-keyout", `${name}-key.pem`, "-out", `${name}.csr`, "-subj", `/CN=${name}`];
    openssl("req", ...key.slice(0, 3), ...request);
    const sign = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...sign, "-out", `${name}.pem`);
  }
  for (const [folderName, withAuthority] of [
    ["right", true],
    ["no-authority", false],
  ] as const) {
    mkdirSync(join(folder, folderName));
    const copies = {
      "cert.pem": "client.pem",
      "key.pem": "client-key.pem",
      ...(withAuthority ? { "ca.pem": "ca.pem" } : {}),
    };
    for (const [to, from] of Object.entries(copies))
      writeFileSync(join(folder, folderName, to), readFileSync(join(folder, from)));
  }
}

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), "hclbuild-tls-"));
  makeCertificates(certificates);
  const read = (name: string): Buffer => readFileSync(join(certificates, name));
  engine = createTlsServer(
    {
      cert: read("server.pem"),
      key: read("server-key.pem"),
      ca: read("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    },
    forward,
  );
  stranger = createServer((socket) => socket.on("error", () => undefined).end("SSH-2.0-something\r\n"));
  for (const server of [engine, stranger]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
});
afterAll(() => {
  engine.close();
  stranger.close();
  rmSync(certificates, { recursive: true, force: true });
});

/** Builds without blocking this process, which serves the engine. */
async function build(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const source = 'discard = true\n build {\n path = "Dockerfile"\n pull = false\n }';
  const template = templateText({ source, build: 'provisioner "shell" {\n inline = ["cat /made"]\n }' });
  const Dockerfile = "FROM busybox:test\nRUN --mount=type=tmpfs,target=/t echo made over tls > /made\n";
  const folder = makeFolder({ "it.pkr.hcl": template, Dockerfile });
  const child = startHclbuild(["build", "-color=false", "."], { cwd: folder, env });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output.replaceAll(/\s+/g, " ") };
}

describe("an engine behind TLS", () => {
  const address = (): string => `tcp://127.0.0.1:${portOf(engine)}`;
  const right = (): string => join(certificates, "right");

  test("DOCKER_TLS_VERIFY with the right certificates: everything works, a BuildKit session too", async () => {
    const { code, output } = await build({ DOCKER_HOST: address(), DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: right() });
    expect(code, output).toBe(0);
    expect(output).toContain("docker.it: made over tls");
  });

  test("DOCKER_TLS alone: any certificate is accepted", async () => {
    const env = { DOCKER_HOST: address(), DOCKER_TLS: "1", DOCKER_CERT_PATH: join(certificates, "no-authority") };
    const { code, output } = await build(env);
    expect(code, output).toBe(0);
  });

  test("a context with certificates of its own", async () => {
    const config = makeFolder({});
    const id = createHash("sha256").update("far").digest("hex");
    mkdirSync(join(config, "contexts/meta", id), { recursive: true });
    mkdirSync(join(config, "contexts/tls", id, "docker"), { recursive: true });
    const meta = { Name: "far", Endpoints: { docker: { Host: address(), SkipTLSVerify: false } } };
    writeFileSync(join(config, "contexts/meta", id, "meta.json"), JSON.stringify(meta));
    for (const name of ["ca.pem", "cert.pem", "key.pem"])
      writeFileSync(join(config, "contexts/tls", id, "docker", name), readFileSync(join(right(), name)));
    const found = await build({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "far" });
    expect(found.code, found.output).toBe(0);
    const missing = await build({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "farther" });
    expect(missing.code).toBe(1);
    expect(missing.output).toContain("docker/engine-address-invalid");
    expect(missing.output).toContain('the docker context "farther" does not exist');
  });

  test.each([
    ["a certificate that nobody known has signed", { DOCKER_TLS_VERIFY: "1" }, "no-authority", /certificate/],
    ["no certificate of the client's own", { DOCKER_TLS: "1" }, "none", /certificate|ECONNRESET|hang up/],
    ["no TLS at all", {}, "right", /ECONNRESET|hang up|EPIPE/],
  ])("%s: docker/engine-unreachable says why", async (_name, env, folder, reason) => {
    const all = { DOCKER_HOST: address(), DOCKER_CERT_PATH: join(certificates, folder), ...env };
    const { code, output } = await build(all as Readonly<Record<string, string>>);
    expect(code).toBe(1);
    expect(output).toContain("docker/engine-unreachable");
    expect(output).toMatch(reason);
  });
});

describe("an engine over SSH", () => {
  /** A folder with a program ssh that notes its words and runs the command here. */
  function withSsh(script: string): { readonly folder: string; readonly env: Readonly<Record<string, string>> } {
    const folder = makeFolder({});
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${folder}/calls\n${script}\n`, {
      mode: 0o755,
    });
    return { folder, env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` } };
  }

  test("everything works through the ssh program, a BuildKit session too", async () => {
    const { folder, env } = withSsh('while [ "$1" != -- ]; do shift; done\nshift 2\nexec sh -c "$*"');
    const { code, output } = await build({
      ...env,
      DOCKER_HOST: "ssh://somebody@far.example:2222/var/run/docker.sock",
    });
    expect(code, output).toBe(0);
    expect(output).toContain("docker.it: made over tls");
    const [call = ""] = readFileSync(join(folder, "calls"), "utf8").split("\n");
    expect(call).toBe(
      "-oBatchMode=yes -oConnectTimeout=30 -T -l somebody -p 2222 -- far.example docker --host unix:///var/run/docker.sock system dial-stdio",
    );
  });

  test("what ssh says is the reason", async () => {
    const { env } = withSsh("echo 'Host key verification failed.' >&2\nexit 255");
    const { code, output } = await build({ ...env, DOCKER_HOST: "ssh://far.example" });
    expect(code).toBe(1);
    expect(output).toContain("docker/engine-unreachable");
    expect(output).toContain("ssh ended with 255: Host key verification failed.");
  });

  test("without an ssh program", async () => {
    const { code, output } = await build({ PATH: "/nonexistent", DOCKER_HOST: "ssh://far.example" });
    expect(code).toBe(1);
    expect(output).toContain("the ssh program could not be run");
  });
});

test.each([
  ["an address that is not one", { DOCKER_HOST: "localhost:2375" }, "docker/engine-address-invalid", "tcp://host:port"],
  ["ssh without a host", { DOCKER_HOST: "ssh://" }, "docker/engine-address-invalid", "names no host"],
  ["a port where nobody listens", { DOCKER_HOST: "tcp://127.0.0.1:1" }, "docker/engine-unreachable", "ECONNREFUSED"],
  [
    "a host that does not exist",
    { DOCKER_HOST: "tcp://no-such-host.invalid" },
    "docker/engine-unreachable",
    "no-such-host",
  ],
  ["a socket that is a file", { DOCKER_HOST: "unix:///etc/passwd" }, "docker/engine-unreachable", "ECONNREFUSED"],
  ["a socket below a file", { DOCKER_HOST: "unix:///etc/passwd/x" }, "docker/engine-unreachable", "ENOTDIR"],
])("%s: %j gives %s", (_name, env, code, part) => {
  const folder = makeFolder({ "it.pkr.hcl": templateText({ source: "discard = true" }) });
  const { code: exit, stdout } = hclbuild(["build", "-color=false", "."], { cwd: folder, env: env as never });
  expect(exit).toBe(1);
  expect(stdout).toContain(code);
  expect(stdout).toContain(part);
});

test("something that is no engine answers: docker/engine-unreachable", async () => {
  const { code, output } = await build({ DOCKER_HOST: `tcp://127.0.0.1:${portOf(stranger)}` });
  expect(code).toBe(1);
  expect(output).toContain("docker/engine-unreachable");
});

test("docker_path = podman without its socket: the places that were looked at, and how to start it", () => {
  const folder = makeFolder({ "it.pkr.hcl": templateText({ source: 'discard = true\n docker_path = "podman"' }) });
  const options = { cwd: folder, env: { XDG_RUNTIME_DIR: "/run/user/1" } };
  const { code, stdout } = hclbuild(["build", "-color=false", "."], options);
  const text = stdout.replaceAll(/\s+/g, " ");
  expect(code).toBe(1);
  expect(text).toContain("docker/engine-address-invalid");
  expect(text).toContain("/run/user/1/podman/podman.sock, /run/podman/podman.sock");
  expect(text).toContain("systemctl --user start podman.socket");
});
