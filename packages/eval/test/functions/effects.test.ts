import { DiagnosticBag } from "@hclbuild/diagnostics";
import { asText, hasMark, nullValue, stringType, stringValue, type Value } from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { signRequest } from "../../src/functions/aws-signature.js";
import { effectCatalog, runEffectCall, type EffectEnvironment } from "../../src/functions/index.js";

interface Seen {
  url: string;
  init: RequestInit;
}

interface Answer {
  readonly status?: number;
  readonly body: string;
}

async function runCall(
  name: string,
  args: readonly (string | null)[],
  options: { env?: Record<string, string>; answer?: Answer | Error; files?: Record<string, string> },
): Promise<{ value: Value | undefined; codes: string[]; seen: Seen[]; details: string }> {
  const seen: Seen[] = [];
  const bag = new DiagnosticBag();
  const environment: EffectEnvironment = {
    env: (key) => options.env?.[key],
    now: () => Date.UTC(2015, 7, 30, 12, 36),
    homeDir: "/home/user",
    readTextFile: (path) => options.files?.[path],
    fetch: (url, init) => {
      seen.push({ url, init });
      const { answer } = options;
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve(new Response(answer?.body ?? "", { status: answer?.status ?? 200 }));
    },
  };
  const values = args.map((arg) => (arg === null ? nullValue(stringType) : stringValue(arg)));
  const value = await runEffectCall({ name, args: values }, environment, bag.report);
  const details = bag.items.map(({ message, detail }) => `${message} ${detail ?? ""}`).join(" ");
  return { value, codes: bag.items.map(({ code }) => code), seen, details };
}

const vaultEnv = { VAULT_TOKEN: "t0ken", VAULT_ADDR: "https://vault.test:8200", VAULT_NAMESPACE: "team" };

describe("vault", () => {
  it("reads version 2 of the store, and marks the value sensitive", async () => {
    const body = JSON.stringify({ data: { data: { k: "v", n: 5 }, metadata: { version: 1 } } });
    const { value, seen, codes } = await runCall("vault", ["secret/data/a b", "k"], {
      env: vaultEnv,
      answer: { body },
    });
    expect(codes).toEqual([]);
    expect(value !== undefined && hasMark(value, "sensitive")).toBe(true);
    expect(asText(value as Value)).toBe("v");
    expect(seen[0]?.url).toBe("https://vault.test:8200/v1/secret/data/a%20b");
    expect(seen[0]?.init.headers).toEqual({
      "x-vault-token": "t0ken",
      "x-vault-request": "true",
      "x-vault-namespace": "team",
    });
  });

  it("reads version 1 of the store, and numbers", async () => {
    const body = JSON.stringify({ data: { n: 5 } });
    const { value } = await runCall("vault", ["secret/a", "n"], { env: vaultEnv, answer: { body } });
    expect(asText(value as Value)).toBe("5");
  });

  it.each([
    ["not-configured", {}, { body: "" }],
    ["not-configured", { VAULT_TOKEN: "t", VAULT_ADDR: "no address" }, { body: "" }],
    ["not-found", vaultEnv, { status: 404, body: "{}" }],
    ["refused", vaultEnv, { status: 403, body: '{"errors":["permission denied"]}' }],
    ["bad-answer", vaultEnv, { body: "<html>" }],
    ["missing-key", vaultEnv, { body: '{"data":{"other":"x"}}' }],
    ["not-text", vaultEnv, { body: '{"data":{"k":["x"]}}' }],
    ["not-text", vaultEnv, { body: '{"data":{"k":""}}' }],
    ["unreachable", vaultEnv, new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })],
  ] as const)("reports effect/%s", async (slug, env, answer) => {
    const { value, codes, details } = await runCall("vault", ["secret/a", "k"], { env, answer });
    expect({ value, codes }).toEqual({ value: undefined, codes: [`effect/${slug}`] });
    expect(details).not.toContain("t0ken");
  });

  it("passes on cancellation", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    const call = runEffectCall(
      { name: "vault", args: [stringValue("a"), stringValue("k")] },
      {
        env: (key) => (vaultEnv as Record<string, string>)[key],
        now: () => 0,
        signal: controller.signal,
        fetch: () => Promise.reject(new Error("aborted")),
      },
      new DiagnosticBag().report,
    );
    await expect(call).rejects.toThrow("stop");
  });
});

describe("consul_key", () => {
  it("decodes the value", async () => {
    const body = JSON.stringify([{ Key: "a/b", Value: Buffer.from("hé").toString("base64") }]);
    const env = {
      CONSUL_HTTP_ADDR: "consul:8500",
      CONSUL_HTTP_SSL: "true",
      CONSUL_HTTP_TOKEN: "x",
      CONSUL_NAMESPACE: "n",
    };
    const { value, seen } = await runCall("consul_key", ["a/b"], { env, answer: { body } });
    expect(asText(value as Value)).toBe("hé");
    expect(seen[0]?.url).toBe("https://consul:8500/v1/kv/a/b?ns=n");
    expect(seen[0]?.init.headers).toEqual({ "x-consul-token": "x" });
  });

  it.each([
    ["not-found", { status: 404, body: "" }],
    ["refused", { status: 500, body: "no leader" }],
    ["bad-answer", { body: "[]" }],
  ] as const)("reports effect/%s", async (slug, answer) => {
    expect((await runCall("consul_key", ["a"], { answer })).codes).toEqual([`effect/${slug}`]);
  });
});

const awsEnv = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-west-1" };

describe("aws_secretsmanager", () => {
  const answer = (secret: unknown): Answer => ({ body: JSON.stringify({ SecretString: secret }) });

  it("asks the region's service with a signed request", async () => {
    const { value, seen } = await runCall("aws_secretsmanager", ["db", "pw"], {
      env: awsEnv,
      answer: answer('{"pw":"x","u":"y"}'),
    });
    expect(asText(value as Value)).toBe("x");
    expect(seen[0]?.url).toBe("https://secretsmanager.eu-west-1.amazonaws.com/");
    expect(seen[0]?.init.body).toBe('{"SecretId":"db","VersionStage":"AWSCURRENT"}');
    const headers = seen[0]?.init.headers as Record<string, string>;
    expect(headers["x-amz-target"]).toBe("secretsmanager.GetSecretValue");
    expect(headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20150830\/eu-west-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
  });

  it("takes keys and region from the shared files, and another endpoint", async () => {
    const files = {
      "/home/user/.aws/credentials":
        "[default]\naws_access_key_id = A\n[p]\naws_access_key_id = B\naws_secret_access_key = C\naws_session_token = D\n",
      "/home/user/.aws/config": "[profile p]\nregion = us-east-2\n",
    };
    const env = { AWS_PROFILE: "p", AWS_ENDPOINT_URL: "http://localhost:4566" };
    const { value, seen } = await runCall("aws_secretsmanager_raw", ["db"], { env, files, answer: answer("raw") });
    expect(asText(value as Value)).toBe("raw");
    expect(seen[0]?.url).toBe("http://localhost:4566/");
    expect(seen[0]?.init.headers).toMatchObject({ "x-amz-security-token": "D" });
  });

  it("needs no key when the secret has one, or is a plain text", async () => {
    const one = await runCall("aws_secretsmanager", ["db", null], { env: awsEnv, answer: answer('{"a":1}') });
    expect(asText(one.value as Value)).toBe("1");
    const plain = await runCall("aws_secretsmanager", ["db", null], { env: awsEnv, answer: answer("plain") });
    expect(asText(plain.value as Value)).toBe("plain");
  });

  it.each([
    ["not-configured", {}, null, { body: "" }],
    ["not-configured", { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }, null, { body: "" }],
    ["ambiguous-key", awsEnv, null, { body: '{"SecretString":"{\\"a\\":1,\\"b\\":2}"}' }],
    ["missing-key", awsEnv, "k", { body: '{"SecretString":"plain"}' }],
    ["not-text", awsEnv, null, { body: '{"SecretBinary":"AA=="}' }],
    ["bad-answer", awsEnv, null, { body: "{}" }],
    ["not-found", awsEnv, null, { status: 400, body: '{"__type":"ResourceNotFoundException"}' }],
    ["refused", awsEnv, null, { status: 400, body: '{"__type":"AccessDeniedException","Message":"no"}' }],
  ] as const)("reports effect/%s", async (slug, env, key, reply) => {
    expect((await runCall("aws_secretsmanager", ["db", key], { env, answer: reply })).codes).toEqual([
      `effect/${slug}`,
    ]);
  });
});

it("signs as AWS's published example", () => {
  const headers = signRequest(
    {
      method: "GET",
      url: new URL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: "",
    },
    {
      service: "iam",
      region: "us-east-1",
      now: Date.UTC(2015, 7, 30, 12, 36),
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    },
  );
  expect(headers["authorization"]).toContain(
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  );
});

it("has a test for each entry of the catalogue", () => {
  expect(Object.keys(effectCatalog).toSorted()).toEqual([
    "ambiguous-key",
    "bad-answer",
    "missing-key",
    "not-configured",
    "not-found",
    "not-text",
    "refused",
    "unreachable",
    // Reported by the command line interface and tested there.
    "unusable-arguments",
  ]);
});
