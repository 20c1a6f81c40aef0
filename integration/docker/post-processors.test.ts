import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { registryPassword, registryUser, startRegistry, type Registry } from "./registry.js";
import { buildDocker, imageConfig, removeImages, type DockerTemplate } from "./template.js";

afterEach(removeImages);

function built(template: DockerTemplate): ReturnType<typeof buildDocker> {
  const build = buildDocker(template);
  expect(build.code, build.output).toBe(0);
  return build;
}

/** Names that go away with the test. */
function named(...names: readonly string[]): void {
  onTestFinished(() => {
    for (const name of names) spawnSync("docker", ["image", "rm", "--force", name]);
  });
}

const made = 'provisioner "shell" {\n inline = ["echo made > /made"] \n}';
const chain = (...blocks: readonly string[]): string => `${made}\n post-processors {\n ${blocks.join("\n ")}\n }`;
const idOf = (name: string): string => docker("image", "inspect", "--format", "{{.Id}}", name);
const artifacts = (folder: string): readonly { readonly artifact_id: string; readonly files: unknown }[] =>
  (JSON.parse(readFileSync(join(folder, "chain.json"), "utf8")) as { builds: [] }).builds;
const manifest = 'post-processor "manifest" {\n output = "chain.json"\n }';

describe("docker-tag", () => {
  test("tags, the old tag and force: every name is given", () => {
    named("hclbuild-pp/all:a", "hclbuild-pp/all:b", "hclbuild-pp/all:c");
    const { output } = built({
      source: "commit = true",
      build: chain(
        'post-processor "docker-tag" {\n repository = "hclbuild-pp/all"\n tags = ["b", "c"]\n tag = ["a"]\n force = true\n }',
      ),
    });
    expect(output).toMatch(/schema\/deprecated|deprecated/);
    expect(output).toMatch(/with tags hclbuild-pp\/all:a hclbuild-pp\/all:b hclbuild-pp\/all:c\n/);
    expect(new Set(["a", "b", "c"].map((tag) => idOf(`hclbuild-pp/all:${tag}`))).size).toBe(1);
  });

  test("without tags the repository alone is the name", () => {
    named("hclbuild-pp/alone");
    const { output, folder } = built({
      source: "commit = true",
      build: chain('post-processor "docker-tag" {\n repository = "hclbuild-pp/alone"\n }', manifest),
    });
    expect(output).toContain("Repository: hclbuild-pp/alone\n");
    expect(docker("run", "--rm", "hclbuild-pp/alone:latest", "cat", "/made")).toBe("made");
    expect(artifacts(folder)[0]?.artifact_id).toBe("hclbuild-pp/alone");
  });

  test("a name that another image has moves", () => {
    named("hclbuild-pp/moved:1");
    docker("tag", "busybox:test", "hclbuild-pp/moved:1");
    built({
      source: "commit = true",
      build: chain('post-processor "docker-tag" {\n repository = "hclbuild-pp/moved"\n tags = ["1"]\n }'),
    });
    expect(docker("run", "--rm", "hclbuild-pp/moved:1", "cat", "/made")).toBe("made");
  });
});

describe("docker-import", () => {
  const importer = (options: string): string =>
    chain(`post-processor "docker-import" {\n repository = "hclbuild-pp/imported"\n ${options}\n }`, manifest);

  test("without a tag; the exported file is not kept", () => {
    named("hclbuild-pp/imported");
    const { output, folder } = built({ source: 'export_path = "image.tar"', build: importer(""), hasNoManifest: true });
    expect(output).toContain("Importing image: Container\n");
    expect(output).toContain("Repository: hclbuild-pp/imported\n");
    expect(output).toContain("--> docker.it: Imported Docker image: hclbuild-pp/imported");
    expect(existsSync(join(folder, "image.tar"))).toBe(false);
    expect(docker("run", "--rm", "hclbuild-pp/imported:latest", "cat", "/made")).toBe("made");
    expect(artifacts(folder)[0]?.artifact_id).toBe("hclbuild-pp/imported");
  });

  test("every kind of change, a platform, and keep_input_artifact", () => {
    named("hclbuild-pp/imported:2");
    const { folder } = built({
      source: 'export_path = "image.tar"',
      build: importer(
        `tag = "2"\n platform = "linux/amd64"\n keep_input_artifact = true\n changes = ${JSON.stringify([
          "ENTRYPOINT cat",
          'CMD ["/made"]',
          "ENV A=b",
          "LABEL c=d",
          "EXPOSE 80",
          "USER 1",
          "WORKDIR /tmp",
          "VOLUME /data",
        ])}`,
      ),
    });
    expect(imageConfig("hclbuild-pp/imported:2")).toMatchObject({
      Entrypoint: ["/bin/sh", "-c", "cat"],
      Cmd: ["/made"],
      Env: expect.arrayContaining(["A=b"]),
      Labels: { c: "d" },
      ExposedPorts: { "80/tcp": {} },
      User: "1",
      WorkingDir: "/tmp",
      Volumes: { "/data": {} },
    });
    expect(docker("image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", "hclbuild-pp/imported:2")).toBe(
      "linux/amd64",
    );
    expect(existsSync(join(folder, "image.tar"))).toBe(true);
  });

  test("a tar file that artifice names, then a tag", () => {
    named("hclbuild-pp/imported:3", "hclbuild-pp/again:4");
    const { output } = built({
      source: 'export_path = "image.tar"',
      hasNoManifest: true,
      build: chain(
        'post-processor "artifice" {\n files = ["image.tar"]\n keep_input_artifact = true\n }',
        'post-processor "docker-import" {\n repository = "hclbuild-pp/imported"\n tag = "3"\n }',
        'post-processor "docker-tag" {\n repository = "hclbuild-pp/again"\n tags = ["4"]\n }',
      ),
    });
    expect(output).toContain("with tags hclbuild-pp/again:4");
    expect(docker("run", "--rm", "hclbuild-pp/again:4", "cat", "/made")).toBe("made");
  });
});

describe("docker-push", () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry({ password: true });
  });
  afterAll(async () => registry.stop());

  const authorization = `Basic ${Buffer.from(`${registryUser}:${registryPassword}`).toString("base64")}`;

  async function digestOf(name: string, tag: string): Promise<string | null> {
    const accept =
      "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
    const address = `http://${registry.host}/v2/${name}/manifests/${tag}`;
    const response = await fetch(address, { method: "HEAD", headers: { authorization, accept } });
    return response.headers.get("docker-content-digest");
  }

  test("ecr_login: the aws program gives the password, for push and pull", async () => {
    const name = `${registry.host}/ecr:1`;
    named(name);
    const folder = makeFolder({});
    mkdirSync(join(folder, "bin"));
    const aws = `#!/bin/sh\nprintf '%s ' "$@" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" >> ${folder}/asked\necho ${registryPassword}\n`;
    writeFileSync(join(folder, "bin/aws"), aws, { mode: 0o755 });
    const env = { PATH: `${folder}/bin:${process.env["PATH"] ?? ""}` };
    const options = `ecr_login = true\n login_server = "http://${registry.host}"\n aws_access_key = "first-key"\n aws_secret_key = "second-key"\n aws_token = "third-key"\n aws_profile = "someone"`;
    const push = built({
      source: "commit = true",
      build: chain(
        `post-processor "docker-tag" {\n repository = "${registry.host}/ecr"\n tags = ["1"]\n }`,
        `post-processor "docker-push" {\n ${options}\n }`,
      ),
      env,
    });
    expect(push.output).not.toMatch(/first-key|second-key|third-key/);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe(
      "ecr get-login-password --profile someone first-key second-key third-key ",
    );
    expect(await digestOf("ecr", "1")).not.toBeNull();
    docker("image", "rm", name);
    writeFileSync(join(folder, "asked"), "");
    const pull = built({
      source: `discard = true\n ${options}\n aws_force_use_public_ecr = true`,
      image: name,
      pull: true,
      build: 'provisioner "shell" {\n inline = ["cat /made"]\n }',
      env,
    });
    expect(pull.output).toContain("docker.it: made");
    expect(readFileSync(join(folder, "asked"), "utf8")).toContain("ecr-public get-login-password --region us-east-1");
  });

  test("a platform that the image does not have is refused by engines that know of platforms", () => {
    named(`${registry.host}/platform:1`);
    const { output } = buildDocker({
      source: "commit = true",
      build: chain(
        `post-processor "docker-tag" {\n repository = "${registry.host}/platform"\n tags = ["1"]\n }`,
        `post-processor "docker-push" {\n platform = "linux/s390x"\n login = true\n login_username = "${registryUser}"\n login_password = "${registryPassword}"\n login_server = "http://${registry.host}"\n }`,
      ),
    });
    const [, minor = 0] = docker("version", "--format", "{{.Server.APIVersion}}").split(".").map(Number);
    expect(output).toContain(minor >= 46 ? "docker/push-failed" : "Imported Docker image: ");
  });
});

test("docker-save and docker_path: podman's socket is looked for where it is named", () => {
  const { code, output } = buildDocker({
    source: "commit = true",
    build: chain('post-processor "docker-save" {\n path = "x.tar"\n docker_path = "/usr/bin/podman"\n }'),
    env: { XDG_RUNTIME_DIR: "/nonexistent" },
  });
  expect(code).toBe(1);
  expect(output).toContain("docker/engine-address-invalid");
  expect(output.replaceAll(/\s+/g, " ")).toContain("podman's compatible API socket was not found");
});
