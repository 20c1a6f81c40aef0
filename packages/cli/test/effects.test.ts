import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeFolder, startHclbuild, type RunResult } from "./run-binary.js";

const token = "tok3n-of-the-test";
const vaultSecret = "vault S3cret/v2";
const oldSecret = "vault S3cret/v1";
const amazonSecret = "amazon S3cret & more";
const keys = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Vault, Consul and AWS Secrets Manager in one; the paths do not overlap. */
function answer({ method, path = "", headers, body }: Seen): readonly [number, unknown] {
  if (method === "POST") return answerAmazon(headers, body);
  if (path.startsWith("/v1/kv/")) {
    const value = { "/v1/kv/region": "eu-west-1", "/v1/kv/env/eu-west-1/size": "large", "/v1/kv/list": "a,b" }[path];
    if (path === "/v1/kv/slow") return [0, ""];
    return value === undefined ? [404, ""] : [200, [{ Key: path, Value: Buffer.from(value).toString("base64") }]];
  }
  if (headers["x-vault-token"] !== token) return [403, { errors: ["permission denied"] }];
  if (path === "/v1/secret/data/app") return [200, { data: { data: { password: vaultSecret }, metadata: {} } }];
  if (path === "/v1/kv1/app") return [200, { data: { password: oldSecret } }];
  return [404, { errors: [] }];
}

function answerAmazon(headers: IncomingMessage["headers"], body: string): readonly [number, unknown] {
  if (headers["authorization"] !== signatureOf(headers, body)) {
    return [400, { __type: "InvalidSignatureException", message: "The signature does not match." }];
  }
  const { SecretId: name } = JSON.parse(body) as { SecretId: string };
  const secrets: Record<string, string> = {
    db: JSON.stringify({ user: "root", password: amazonSecret }),
    raw: "plain",
  };
  const text = secrets[name];
  return text === undefined ? [400, { __type: "ResourceNotFoundException" }] : [200, { SecretString: text }];
}

/** Signature Version 4 as AWS documents it, over the headers that must be signed. */
function signatureOf(headers: IncomingMessage["headers"], body: string): string {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const sign = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const names = ["content-type", "host", "x-amz-date", "x-amz-target"];
  const lines = names.map((name) => `${name}:${String(headers[name])}\n`).join("");
  const time = String(headers["x-amz-date"]);
  const scope = `${time.slice(0, 8)}/eu-west-1/secretsmanager/aws4_request`;
  const request = `POST\n/\n\n${lines}\n${names.join(";")}\n${hash(body)}`;
  const key = scope.split("/").reduce<string | Buffer>(sign, `AWS4${keys.secret}`);
  const signature = sign(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(request)}`).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
}

let server: Server;
let address: string;
let seen: Seen[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url: path, headers } = request;
      const question = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
      seen.push(question);
      const [status, body] = answer(question);
      if (status === 0) return;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
});

function services(): Record<string, string> {
  return {
    VAULT_ADDR: address,
    VAULT_TOKEN: token,
    CONSUL_HTTP_ADDR: address,
    AWS_ENDPOINT_URL: address,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: keys.id,
    AWS_SECRET_ACCESS_KEY: keys.secret,
  };
}

/** Runs the program beside the server, which lives in this process. */
async function run(args: readonly string[], cwd: string, env: Record<string, string>): Promise<RunResult> {
  const child = startHclbuild(args, { cwd, env });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...texts };
}

function template(locals: string, uses: string): string {
  return `locals {
${locals}
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  provisioner "shell-local" {
    environment_vars = ["VALUE=\${${uses}}"]
    inline           = ["echo got:$VALUE:", "printf '%s' \\"$VALUE\\" > got.txt"]
  }
}
`;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("a build", () => {
  test.each([
    ["vault, version 2", 'vault("secret/data/app", "password")', vaultSecret],
    ["vault, version 1", 'vault("kv1/app", "password")', oldSecret],
    ["aws_secretsmanager", 'aws_secretsmanager("db", "password")', amazonSecret],
    [
      "aws_secretsmanager_raw",
      'aws_secretsmanager_raw("db")',
      JSON.stringify({ user: "root", password: amazonSecret }),
    ],
  ])("gives a machine what %s answers, and shows it nowhere", async (_name, call, secret) => {
    const cwd = makeFolder({ "x.pkr.hcl": template(`value = ${call}`, "local.value") });
    const env = { ...services(), HCLBUILD_STATE_DIR: "state", PACKER_LOG_PATH: "packer.log" };
    const { code, stdout, stderr } = await run(["build", "-report=report.html", "."], cwd, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(join(cwd, "got.txt"), "utf8")).toBe(secret);
    expect(stdout).toContain("got:<sensitive>:");
    expect(seen).toHaveLength(1);
    for (const path of filesBelow(cwd).filter((path) => !path.endsWith("got.txt"))) {
      expect({ path, shown: readFileSync(path, "utf8").includes("S3cret") }).toEqual({ path, shown: false });
    }
    expect(stdout).not.toContain("S3cret");
  });

  test("signs requests to AWS so that they can be checked", async () => {
    const cwd = makeFolder({ "x.pkr.hcl": template('value = aws_secretsmanager_raw("raw")', "local.value") });
    expect((await run(["build", "."], cwd, services())).code).toBe(0);
    expect(seen[0]?.headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
    expect(seen[0]?.headers["x-amz-date"]).toMatch(/^\d{8}T\d{6}Z$/);
    expect(seen[0]?.body).toBe('{"SecretId":"raw","VersionStage":"AWSCURRENT"}');
    const wrong = await run(["build", "."], cwd, { ...services(), AWS_SECRET_ACCESS_KEY: "another" });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain("AWS Secrets Manager refused the request");
    expect(wrong.stdout).toContain("status 400: The signature does not match.");
  });

  test("asks with what another service, a data source or a loop gives, each question once", async () => {
    const locals = `
  region = consul_key("region")
  size   = consul_key("env/\${local.region}/size")
  all    = join("+", [for name in ["region", "list", "region"] : consul_key(name)])
  path   = data.external.path.result.path
  value  = consul_key(local.path)
  unused = consul_key("never")
`;
    const data = `
data "external" "path" {
  program = [${JSON.stringify(process.execPath)}, "-e", "console.log(JSON.stringify({ path: 'list' }))"]
}
`;
    const uses = 'local.size}-${local.all}-${local.value}-${consul_key("region")';
    const cwd = makeFolder({ "x.pkr.hcl": data + template(locals, uses) });
    const { code, stdout } = await run(["build", "."], cwd, services());
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain("got:large-eu-west-1+a,b+eu-west-1-a,b-eu-west-1:");
    const paths = seen.map(({ path }) => path);
    // The first two do not wait for each other.
    expect(new Set(paths.slice(0, 2))).toEqual(new Set(["/v1/kv/list", "/v1/kv/region"]));
    expect(paths.slice(2)).toEqual(["/v1/kv/env/eu-west-1/size"]);
  });

  test("reads data sources that wait for a service, and blocks that wait for both", async () => {
    const text = `
data "external" "first" {
  program = [${JSON.stringify(process.execPath)}, "-e", "console.log(JSON.stringify({ key: 'list' }))"]
}
data "external" "second" {
  program = [${JSON.stringify(process.execPath)}, "-e", "process.stdin.pipe(process.stdout)"]
  query   = { answer = consul_key(data.external.first.result.key) }
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  dynamic "provisioner" {
    for_each = split(",", data.external.second.result.answer)
    labels   = ["shell-local"]
    content {
      inline = ["echo block:\${provisioner.value}:"]
    }
  }
}
`;
    const cwd = makeFolder({ "x.pkr.hcl": text });
    const { code, stdout } = await run(["build", "."], cwd, services());
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain("block:a:");
    expect(stdout).toContain("block:b:");
  });

  const failures: readonly (readonly [string, string, () => Record<string, string>, readonly string[]])[] = [
    [
      "a dead server",
      'vault("secret/data/app", "password")',
      () => ({ ...services(), VAULT_ADDR: "http://127.0.0.1:1" }),
      ["[effect/unreachable]", 'The function "vault" could not reach Vault.', "http://127.0.0.1:1"],
    ],
    [
      "a refused token",
      'vault("secret/data/app", "password")',
      () => ({ ...services(), VAULT_TOKEN: "wrong-t0ken" }),
      ["[effect/refused]", "It answered with status 403: permission denied."],
    ],
    [
      "no token",
      'vault("secret/data/app", "password")',
      () => ({ VAULT_ADDR: address }),
      ["[effect/not-configured]", "VAULT_TOKEN"],
    ],
    ["no such secret", 'vault("secret/data/other", "password")', services, ["[effect/not-found]"]],
    ["no such key", 'vault("secret/data/app", "user")', services, ["[effect/missing-key]"]],
    ["no such value", 'consul_key("nothing")', services, ["[effect/not-found]", "Consul has nothing"]],
    [
      "a dead Consul",
      'consul_key("region")',
      () => ({ CONSUL_HTTP_ADDR: "127.0.0.1:1" }),
      ["[effect/unreachable]", "could not reach Consul"],
    ],
    ["no credentials", 'aws_secretsmanager("db", "password")', () => ({}), ["[effect/not-configured]"]],
    [
      "several keys",
      'aws_secretsmanager("db", null)',
      services,
      ["[effect/ambiguous-key]", "Name one of them as the second argument: password, user."],
    ],
    [
      "arguments that only the machine knows",
      "consul_key(build.ID)",
      services,
      ["[effect/unusable-arguments]", "They depend on what only a running build knows."],
    ],
    [
      "sensitive arguments",
      'consul_key(sensitive("region"))',
      services,
      ["[effect/unusable-arguments]", "They are sensitive"],
    ],
  ];
  test.each(failures)("does not start with %s", async (_name, call, env, texts) => {
    const cwd = makeFolder({ "x.pkr.hcl": template("", call) });
    const { code, stdout } = await run(["build", "-format=human", "."], cwd, env());
    expect({ code, stdout }).toMatchObject({ code: 1 });
    for (const text of texts) expect(stdout.replaceAll(/\s+/g, " ")).toContain(text);
    // The place of the call.
    expect(stdout).toContain("x.pkr.hcl:10:");
    expect(stdout).not.toContain("null.x:");
    expect(stdout).not.toContain("t0ken");
    expect(existsSync(join(cwd, "got.txt"))).toBe(false);
  });

  test("is interrupted while it waits for an answer", async () => {
    const cwd = makeFolder({ "x.pkr.hcl": template("", 'consul_key("slow")') });
    const child = startHclbuild(["build", "."], { cwd, env: services() });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([1, null]);
  });
});

test("a data source that only decides how many blocks there are is read", async () => {
  const text = `
data "external" "names" {
  program = ["echo", "{\\"all\\":\\"a,b\\"}"]
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  dynamic "provisioner" {
    for_each = split(",", data.external.names.result.all)
    labels   = ["shell-local"]
    content {
      inline = ["echo block:\${provisioner.value}:"]
    }
  }
}
`;
  const { code, stdout } = await run(["build", "."], makeFolder({ "x.pkr.hcl": text }), {});
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toContain("block:a:");
  expect(stdout).toContain("block:b:");
});

describe("other commands ask nobody", () => {
  test.each([["validate"], ["inspect"], ["graph", "-format=json"], ["graph"]])("%s", async (...args) => {
    const cwd = makeFolder({ "x.pkr.hcl": template('value = vault("secret/data/app", "password")', "local.value") });
    const { code, stderr } = await run([...args, "."], cwd, services());
    expect({ code, stderr, seen }).toEqual({ code: 0, stderr: "", seen: [] });
  });

  test("validate -evaluate-datasources asks, and checks the answer", async () => {
    const cwd = makeFolder({ "x.pkr.hcl": template("", 'consul_key("region")') });
    expect(await run(["validate", "-evaluate-datasources", "."], cwd, services())).toMatchObject({ code: 0 });
    expect(seen.map(({ path }) => path)).toEqual(["/v1/kv/region"]);
    const failed = await run(["validate", "-evaluate-datasources", "."], cwd, { CONSUL_HTTP_ADDR: "127.0.0.1:1" });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("[effect/unreachable]");
  });
});
