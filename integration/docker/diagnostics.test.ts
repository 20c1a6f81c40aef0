import { PassThrough, Readable } from "node:stream";
import { plugin } from "@hclbuild/builder-docker";
import { createClock, definePlugin, type Communicator, type StepContext } from "@hclbuild/sdk";
import { defineComponent } from "@hclbuild/schema";
import { createFakeHost, fakeComponent, fakeGraph, fakeMachine, runFake } from "@hclbuild/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { buildDocker, removeImages, type DockerTemplate } from "./template.js";

afterEach(removeImages);

interface Failure extends DockerTemplate {
  readonly name: string;
  readonly code: string;
  /** Parts of what is said, with single blanks. */
  readonly said: readonly string[];
}

const failures: readonly Failure[] = [
  {
    name: "an engine that is not there",
    source: "discard = true",
    env: { DOCKER_HOST: "unix:///no/such/engine.sock" },
    code: "docker/engine-unreachable",
    said: ["The container engine at unix:///no/such/engine.sock cannot be reached.", "ENOENT", "DOCKER_HOST"],
  },
  {
    name: "an address that is none",
    source: "discard = true",
    env: { DOCKER_HOST: "ftp://engine" },
    code: "docker/engine-address-invalid",
    said: ['the address scheme "ftp" is not one of unix, npipe, tcp, http, https, ssh.', "Check DOCKER_HOST"],
  },
  {
    name: "a device that is not there",
    source: 'discard = true\n  device = ["/dev/no-such-device"]',
    code: "docker/engine-refused",
    said: ["The container engine refused to start the container", "It answered with status", "/dev/no-such-device"],
  },
  {
    name: "a run_command without an image",
    source: 'discard = true\n  run_command = ["-d", "-i", "-t"]',
    code: "docker/invalid-run-command",
    said: ['The "run_command" cannot be used', "{{.Image}}"],
  },
  {
    name: "a registry that is not there",
    source: "discard = true",
    image: "127.0.0.1:1/none:v1",
    pull: true,
    code: "docker/pull-failed",
    said: ["The image 127.0.0.1:1/none:v1 could not be pulled.", "connection refused", '"pull = false"'],
  },
  {
    name: "a registry of Amazon's without its program",
    source: `discard = true
  ecr_login = true
  login_server = "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com"`,
    pull: true,
    env: { PATH: "/nonexistent" },
    code: "docker/ecr-login-failed",
    said: ["123456789012.dkr.ecr.eu-west-1.amazonaws.com could be obtained", "the aws command could not be run"],
  },
  {
    name: "a container that is gone before it is committed",
    source: "commit = true",
    build: 'provisioner "shell-local" {\n    inline = ["docker container rm --force ${build.ID}"]\n  }',
    code: "docker/commit-failed",
    said: ["The container could not be committed to an image.", "No such container"],
  },
  {
    name: "an export below a file",
    source: 'export_path = "it.pkr.hcl/image.tar"',
    code: "docker/export-failed",
    said: ["The container could not be exported to it.pkr.hcl/image.tar."],
  },
  {
    name: "an image saved below a file",
    source: "commit = true",
    build: 'post-processor "docker-save" {\n    path = "it.pkr.hcl/image.tar"\n  }',
    code: "docker/save-failed",
    said: ["The image could not be saved to it.pkr.hcl/image.tar."],
  },
  {
    name: "a name that no image can have",
    source: "commit = true",
    build: 'post-processor "docker-tag" {\n    repository = "Upper/Case"\n    tags = ["v1"]\n  }',
    code: "docker/tag-failed",
    said: ["The image could not be tagged as Upper/Case:v1.", "invalid reference format"],
  },
  {
    name: "an import of what is no archive",
    source: 'export_path = "image.tar"',
    build: `post-processors {
    post-processor "artifice" {
      files = ["bad.tar"]
    }
    post-processor "docker-import" {
      repository = "imported-bad"
    }
  }`,
    files: { "bad.tar": "this is no archive\n".repeat(100) },
    code: "docker/import-failed",
    said: ["The file bad.tar could not be imported as an image."],
  },
  {
    name: "a script for a folder that is not there",
    source: "discard = true",
    build: 'provisioner "shell" {\n    inline = ["true"]\n    remote_folder = "/no/such/folder"\n  }',
    code: "docker/upload-failed",
    said: ["in the container failed.", "The folder must exist in the container"],
  },
  {
    name: "a name in upper case, to pull",
    source: "discard = true",
    image: "Upper/Case:v1",
    pull: true,
    code: "docker/image-name-invalid",
    said: ["Upper/Case:v1 cannot be the name of an image.", "lower case"],
  },
  {
    name: "a digest that is too short, of an image that is to be there",
    source: "discard = true",
    image: "busybox@sha256:abc",
    code: "docker/image-name-invalid",
    said: ["busybox@sha256:abc cannot be the name of an image."],
  },
  {
    name: "a blank in the name of an image that is to be there",
    source: "discard = true",
    image: "busy box:test",
    code: "docker/image-name-invalid",
    said: ["busy box:test cannot be the name of an image."],
  },
  {
    name: "what looks like the query of a request",
    source: "discard = true",
    image: "busybox:test?x=1",
    code: "docker/image-name-invalid",
    said: ["busybox:test?x=1 cannot be the name of an image."],
  },
  {
    name: "dots that lead out of the images",
    source: "discard = true",
    image: "../elsewhere",
    code: "docker/image-name-invalid",
    said: ["../elsewhere cannot be the name of an image."],
  },
  {
    name: "a part of a name that is empty",
    source: "discard = true",
    image: "registry.test//it",
    code: "docker/image-name-invalid",
    said: ["registry.test//it cannot be the name of an image."],
  },
  {
    name: "a platform that the image is not for",
    source: 'discard = true\n  platform = "linux/s390x"',
    code: "docker/platform-mismatch",
    said: ["There is no image busybox:test for the platform", "linux/s390x", "DOCKER_DEFAULT_PLATFORM"],
  },
  {
    name: "a script in the place of a folder",
    source: "discard = true",
    build: 'provisioner "shell" {\n    inline = ["true"]\n    remote_path = "/bin"\n  }',
    code: "docker/upload-conflict",
    said: ["/bin in the container is something else than what is uploaded.", "cannot overwrite directory"],
  },
];

test.each(failures)("$name: $code", ({ code, said, name: _name, ...template }) => {
  const { code: exit, output } = buildDocker(template);
  const text = output.replaceAll(/\s+/g, " ");
  expect(exit, output).toBe(1);
  expect(text).toContain(`[${code}]`);
  for (const part of said) expect(text).toContain(part);
});

/** Runs work as a provisioner in a container of its own. */
async function inContainer(work: (communicator: Communicator, id: string) => Promise<void>): Promise<void> {
  const folder = makeFolder({});
  let failure: unknown;
  const source = "example.test/team/image";
  const schema = defineComponent({ kind: "provisioner", name: "work", since: "0.1.0", summary: "Work.", body: {} });
  const provision = async ({ communicator, render }: StepContext): Promise<void> => {
    await work(communicator, render("{{.ID}}")).catch((error: unknown) => (failure = error));
  };
  const worker = definePlugin({
    name: "work",
    source,
    version: "1.0.0",
    apiVersion: 1,
    components: [{ schema, load: async () => ({ runtime: { provision } }) }],
  });
  const env = { PATH: process.env["PATH"], DOCKER_HOST: process.env["DOCKER_HOST"] };
  await runFake({
    graph: fakeGraph([
      fakeMachine("m", {
        component: fakeComponent("builder", "docker", plugin.source),
        config: { image: "busybox:test", pull: false, discard: true },
        steps: [{ id: "m/0", component: fakeComponent("provisioner", "work", source), config: {} }],
      }),
    ]),
    plugins: [plugin, worker],
    folder,
    clock: createClock({ now: () => Date.now(), monotonic: () => performance.now() }),
    options: { host: createFakeHost({ cwd: folder, temporary: folder }, env) },
  });
  if (failure !== undefined) throw failure;
}

describe("the communicator", () => {
  const { signal } = new AbortController();

  test("names the file that cannot be downloaded", async () => {
    const download = inContainer((communicator) =>
      communicator.downloadFile("/no/such/file", new PassThrough().resume(), { signal }),
    );
    await expect(download).rejects.toMatchObject({
      code: "docker/download-failed",
      message: "The download of /no/such/file from the container failed",
      hint: expect.stringMatching(/^The engine answered: .*\/no\/such\/file/),
    });
  });

  test("names the folder that cannot be uploaded to", async () => {
    const upload = inContainer((communicator) =>
      communicator.uploadFile(Readable.from([Buffer.from("x")]), "/no/such/folder/file", { signal, size: 1 }),
    );
    await expect(upload).rejects.toMatchObject({
      code: "docker/upload-failed",
      hint: expect.stringContaining("The folder must exist in the container"),
    });
  });

  test("says why a command cannot be started", async () => {
    const start = inContainer(async (communicator, id) => {
      docker("container", "pause", id);
      try {
        await communicator.start({ command: "true" }, signal);
      } finally {
        docker("container", "unpause", id);
      }
    });
    await expect(start).rejects.toMatchObject({
      code: "docker/exec-failed",
      message: "A command could not be started in the container",
      hint: expect.stringMatching(/^The engine answered: .*paused/),
    });
  });
});
