import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { registryPassword, registryUser, startRegistry, type Registry } from "./registry.js";
import { buildDocker, leftBehind, removeImages } from "./template.js";

let open: Registry;
let guarded: Registry;
beforeAll(async () => {
  open = await startRegistry();
  guarded = await startRegistry({ password: true });
});
afterAll(async () => {
  await open.stop();
  await guarded.stop();
});
afterEach(removeImages);

const made = 'provisioner "shell" {\n inline = ["echo pushed > /made"] \n}';

function tagAndPush(host: string, pushOptions = ""): string {
  return `${made}
  post-processors {
    post-processor "docker-tag" {
      repository = "${host}/made"
      tags       = ["v1", "latest"]
    }
    post-processor "docker-push" {
      ${pushOptions}
    }
  }`;
}

const login = `login = true
      login_username = "${registryUser}"
      login_password = "${registryPassword}"`;

function forget(...names: readonly string[]): void {
  for (const name of names) spawnSync("docker", ["image", "rm", "--force", name]);
}

async function tagsIn(registry: Registry, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`http://${registry.host}/v2/made/tags/list`, { headers });
  return ((await response.json()) as { tags?: string[] }).tags?.toSorted();
}

describe("without authentication", () => {
  test("docker-tag and docker-push send every tag; the builder pulls it again", async () => {
    const pushed = buildDocker({ source: "commit = true", build: tagAndPush(open.host) });
    expect(pushed.code, pushed.output).toBe(0);
    expect(await tagsIn(open)).toEqual(["latest", "v1"]);
    forget(`${open.host}/made:v1`, `${open.host}/made:latest`);
    const pulled = buildDocker({
      source: "discard = true",
      build: 'provisioner "shell" {\n inline = ["cat /made"] \n}',
      image: `${open.host}/made:v1`,
      pull: true,
    });
    forget(`${open.host}/made:v1`);
    expect(pulled.output).toContain(`Pulling Docker image: ${open.host}/made:v1`);
    expect(pulled.output).toContain("==> docker.it: pushed");
    expect(pulled.code).toBe(0);
  });

  test("an image that the registry does not have is named", () => {
    const { code, output } = buildDocker({ source: "discard = true", image: `${open.host}/absent:v9`, pull: true });
    expect(code).toBe(1);
    expect(output).toContain("docker/image-not-found");
    expect(output).toContain(`${open.host}/absent:v9`);
  });
});

describe("with a password", () => {
  test("the options log in, and leave nothing in the client's configuration", async () => {
    const config = makeFolder({});
    const env = { DOCKER_CONFIG: config };
    const options = `${login}\n login_server = "http://${guarded.host}"`;
    const pushed = buildDocker({ source: "commit = true", build: tagAndPush(guarded.host, options), env });
    expect(pushed.code, pushed.output).toBe(0);
    expect(pushed.output).not.toContain(registryPassword);
    const authorization = `Basic ${Buffer.from(`${registryUser}:${registryPassword}`).toString("base64")}`;
    expect(await tagsIn(guarded, { authorization })).toEqual(["latest", "v1"]);
    expect(execFileSync("ls", ["-A", config], { encoding: "utf8" })).toBe("");
    forget(`${guarded.host}/made:v1`, `${guarded.host}/made:latest`);
    const pulled = buildDocker({
      source: `discard = true\n ${options}`,
      image: `${guarded.host}/made:v1`,
      pull: true,
      env,
    });
    forget(`${guarded.host}/made:v1`);
    expect(pulled.code, pulled.output).toBe(0);
  });

  test("a stored login of the docker client is used", () => {
    const config = makeFolder({});
    const auth = Buffer.from(`${registryUser}:${registryPassword}`).toString("base64");
    writeFileSync(join(config, "config.json"), JSON.stringify({ auths: { [guarded.host]: { auth } } }));
    const pushed = buildDocker({
      source: "commit = true",
      build: tagAndPush(guarded.host),
      env: { DOCKER_CONFIG: config },
    });
    expect(pushed.code, pushed.output).toBe(0);
    forget(`${guarded.host}/made:v1`, `${guarded.host}/made:latest`);
  });

  test("a credential helper of the docker client is asked", () => {
    const config = makeFolder({});
    const bin = join(config, "bin");
    mkdirSync(bin);
    const answer = JSON.stringify({ ServerURL: guarded.host, Username: registryUser, Secret: registryPassword });
    writeFileSync(join(bin, "docker-credential-test"), `#!/bin/sh\ncat >/dev/null\necho '${answer}'\n`, {
      mode: 0o755,
    });
    writeFileSync(join(config, "config.json"), JSON.stringify({ credHelpers: { [guarded.host]: "test" } }));
    const env = { DOCKER_CONFIG: config, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    const pushed = buildDocker({ source: "commit = true", build: tagAndPush(guarded.host), env });
    expect(pushed.code, pushed.output).toBe(0);
    forget(`${guarded.host}/made:v1`, `${guarded.host}/made:latest`);
  });

  test.each([
    ["is not there", undefined, "could not be run", true],
    ["fails", "echo 'locked keyring' >&2; exit 1", "ended with 1: locked keyring", true],
    ["has nothing", "echo 'credentials not found in native keychain'; exit 1", "", false],
    ["answers nonsense", "echo s3cret", "something that is not JSON", true],
  ])("a credential helper that %s: the pull goes on without it", (_how, script, reason, warns) => {
    const folder = makeFolder({ "config.json": JSON.stringify({ credsStore: "test" }) });
    if (script !== undefined) {
      writeFileSync(join(folder, "docker-credential-test"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    const { output } = buildDocker({ source: "discard = true", image: `${guarded.host}/made:v1`, pull: true, env });
    const text = output.replaceAll(/\s+/g, " ");
    expect(text).toContain("docker/pull-denied");
    expect(text.includes("docker/credential-helper-failed")).toBe(warns);
    expect(text).toContain(reason);
    expect(text).not.toContain("s3cret");
  });

  test("a login that an old docker client has stored is used", () => {
    const auth = Buffer.from(`${registryUser}:${registryPassword}`).toString("base64");
    const auths = { [`https://${guarded.host}/v1/`]: { auth } };
    const config = makeFolder({ "config.json": JSON.stringify({ auths }) });
    const env = { DOCKER_CONFIG: config };
    const pull = buildDocker({ source: "discard = true", image: `${guarded.host}/absent:v1`, pull: true, env });
    expect(pull.output).toContain("docker/image-not-found");
  });

  test("wrong credentials are named without being shown", () => {
    const wrong = login.replace(registryPassword, "not-the-one");
    const options = `${wrong}\n login_server = "http://${guarded.host}"`;
    const push = buildDocker({ source: "commit = true", build: tagAndPush(guarded.host, options) });
    expect(push.code).toBe(1);
    expect(push.output).toContain("docker/login-failed");
    expect(push.output).not.toContain("not-the-one");
    const pull = buildDocker({ source: `discard = true\n ${options}`, image: `${guarded.host}/made:v1`, pull: true });
    expect(pull.code).toBe(1);
    expect(pull.output).toContain("docker/login-failed");
    forget(`${guarded.host}/made:v1`, `${guarded.host}/made:latest`);
  });

  test("no credentials at all: the push and the pull are denied", () => {
    const push = buildDocker({ source: "commit = true", build: tagAndPush(guarded.host) });
    expect(push.output).toContain("docker/push-denied");
    const pull = buildDocker({ source: "discard = true", image: `${guarded.host}/made:v1`, pull: true });
    expect(pull.output).toContain("docker/pull-denied");
    forget(`${guarded.host}/made:v1`, `${guarded.host}/made:latest`);
    expect(leftBehind()).toEqual([]);
  });
});

describe("files and images", () => {
  test("docker-save writes an image that can be loaded, and passes the image on", () => {
    const { folder, output, code } = buildDocker({
      source: "commit = true",
      build: `${made}
  post-processors {
    post-processor "docker-tag" {
      repository = "saved"
      tags       = ["it"]
    }
    post-processor "docker-save" {
      path = "out/saved.tar"
    }
    post-processor "manifest" {
      output = "chain.json"
    }
  }`,
    });
    expect(code, output).toBe(0);
    forget("saved:it");
    expect(docker("load", "--input", join(folder, "out/saved.tar"))).toContain("saved:it");
    expect(docker("run", "--rm", "saved:it", "cat", "/made")).toBe("pushed");
    const chain = JSON.parse(readFileSync(join(folder, "chain.json"), "utf8")) as { builds: { artifact_id: string }[] };
    expect(chain.builds[0]?.artifact_id).toBe("saved:it");
    forget("saved:it");
  });

  test("docker-import makes an image of an export, with changes", () => {
    const { output, code } = buildDocker({
      source: 'export_path = "image.tar"',
      build: `${made}
  post-processors {
    post-processor "docker-import" {
      repository = "imported"
      tag        = "v1"
      changes    = ["CMD [\\"cat\\", \\"/made\\"]", "ENV X=1"]
    }
  }`,
    });
    expect(code, output).toBe(0);
    expect(output).toMatch(/Imported ID: sha256:[0-9a-f]{64}/);
    expect(docker("run", "--rm", "imported:v1")).toBe("pushed");
    forget("imported:v1");
  });

  test("an artifact of the wrong kind is refused", () => {
    const { code, output } = buildDocker({
      source: 'export_path = "image.tar"',
      build: 'post-processor "docker-tag" {\n repository = "x" \n}',
    });
    expect(code).toBe(1);
    expect(output).toContain("docker/wrong-artifact");
    expect(output).toContain("Unknown artifact type: packer.docker");
  });
});
