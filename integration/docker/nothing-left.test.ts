import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import {
  canStartEngine,
  createPrivateEngine,
  type EngineResources,
  type PrivateEngine,
} from "../setup/private-engine.js";
import { registryPassword, registryUser, startRegistry } from "./registry.js";

// Everything on the engine is counted, so that the engine belongs to these tests alone.
describe.skipIf(!canStartEngine())("what a build leaves on the engine", () => {
  let engine: PrivateEngine;
  beforeAll(async () => {
    engine = await createPrivateEngine();
  });
  afterAll(async () => engine.remove());

  let before: EngineResources;
  beforeEach(() => {
    before = engine.resources();
    expect(before.images).toHaveLength(1);
    expect([before.containers, before.volumes]).toEqual([[], []]);
  });
  afterEach(() => {
    expect(engine.resources()).toEqual(before);
  });

  const template = (source: string, build: string): string => `
source "docker" "it" {
  ${source}
}

build {
  sources = ["source.docker.it"]
  ${build}
}
`;
  const local = 'image = "busybox:test"\n  pull = false\n  ';
  const shell = (line: string): string => `provisioner "shell" {\n    inline = [${JSON.stringify(line)}]\n  }\n`;
  const waiting = shell("echo under way; sleep 60");

  interface Finished {
    readonly folder: string;
    readonly code: number | null;
    readonly output: string;
  }

  function build(source: string, steps = "", flags: readonly string[] = []): Finished {
    const folder = makeFolder({ "it.pkr.hcl": template(source, steps) });
    const env = { DOCKER_HOST: engine.address };
    const { code, stdout } = hclbuild(["build", "-color=false", ...flags, "."], { cwd: folder, env });
    return { folder, code, output: stdout };
  }

  /** Starts a build and calls `act` once a step of it is under way. */
  async function disturb(
    act: (kill: (signal: NodeJS.Signals) => void) => unknown,
    options: { readonly source?: string; readonly flags?: readonly string[]; readonly steps?: string } = {},
  ): Promise<Finished> {
    const source = options.source ?? `${local}commit = true`;
    const folder = makeFolder({ "it.pkr.hcl": template(source, options.steps ?? waiting) });
    const env = { DOCKER_HOST: engine.address };
    const child = startHclbuild(["build", "-color=false", ...(options.flags ?? []), "."], { cwd: folder, env });
    let output = "";
    let acted: unknown;
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (acted === undefined && output.includes("it: under way")) acted = act((signal) => child.kill(signal)) ?? true;
    });
    const [code] = (await once(child, "close")) as [number | null];
    await acted;
    return { folder, code, output };
  }

  function cleanup({ folder }: Finished): string {
    const { code, stdout } = hclbuild(["cleanup", folder], { env: { DOCKER_HOST: engine.address } });
    expect(code, stdout).toBe(0);
    return stdout;
  }

  const container = (): string => engine.docker("container", "ls", "--quiet");

  test("nothing: a build that succeeds and discards", () => {
    const { code, output } = build(`${local}discard = true`, shell("echo made > /made"));
    expect(code, output).toBe(0);
  });

  test("nothing: an image that does not exist", () => {
    const { code, output } = build('image = "no-such-image:none"\n  pull = false\n  discard = true');
    expect(code).toBe(1);
    expect(output).toContain("docker/image-not-found");
  });

  test.each(["commit = true", "discard = true", 'export_path = "image.tar"'])("nothing: a failed step, %s", (kept) => {
    const { code, output } = build(local + kept, shell("exit 3"));
    expect(code).toBe(1);
    expect(output).toContain("Script exited with non-zero exit status: 3");
  });

  test("nothing: a container that cannot be started, changes that are refused, an export that cannot be written", () => {
    const command = 'discard = true\n  run_command = ["-d", "--entrypoint=/absent", "{{.Image}}"]';
    expect(build(local + command, shell("true")).output).toMatch(/docker\/(engine-refused|container-died)/);
    expect(build(`${local}commit = true\n  changes = ["FROM x"]`).output).toContain("docker/invalid-change");
    expect(build(`${local}export_path = "/dev/null/image.tar"`).output).toContain("docker/export-failed");
  });

  test("nothing: the build is interrupted", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { code, output } = await disturb((kill) => kill(signal));
      expect(code).toBe(1);
      expect(output).toContain("Cleanly cancelled builds after being interrupted.");
    }
  });

  test.each([
    ["killed", "kill", []],
    ["removed", "rm", ["--force"]],
  ])("nothing: the container is %s while a step runs", async (_how, action, flags) => {
    const { code, output } = await disturb(() => void engine.docker(action, ...flags, container()));
    expect(code).toBe(1);
    expect(output).toContain("docker/container-died");
  });

  test("nothing after cleanup: the build itself is killed", async () => {
    const finished = await disturb((kill) => kill("SIGKILL"));
    expect(finished.code).toBe(null);
    expect(engine.resources().containers).toHaveLength(1);
    expect(engine.resources().volumes).toHaveLength(1);
    expect(cleanup(finished)).toMatch(/^container \S+: removed\n$/);
    expect(cleanup(finished)).toBe("Nothing was left behind.\n");
  });

  test.each([
    ["is stopped and started", "SIGTERM"],
    ["crashes and is started", "SIGKILL"],
  ] as const)(
    "nothing after cleanup: the engine %s again while a step runs",
    { timeout: 240_000 },
    async (_h, signal) => {
      const finished = await disturb(async () => engine.kill(signal));
      await engine.start();
      expect(finished.code).toBe(1);
      expect(finished.output).toMatch(/docker\/(engine-lost|container-died)/);
      cleanup(finished);
      expect(cleanup(finished)).toBe("Nothing was left behind.\n");
    },
  );

  test("nothing after cache prune: the engine crashes in a build with checkpoints, which is resumed", async () => {
    const flag =
      '  provisioner "shell" {\n    inline = ["test -e /first", "echo under way", "sleep $SECONDS_TO_WAIT"]\n';
    const steps = `${shell("echo first > /first")}${flag}    environment_vars = ["SECONDS_TO_WAIT=60"]\n  }\n`;
    const finished = await disturb(async () => engine.kill("SIGKILL"), { flags: ["-cache"], steps });
    await engine.start();
    expect(finished.output).toMatch(/docker\/(engine-lost|container-died)/);
    cleanup(finished);
    expect(engine.resources().containers).toEqual([]);
    execFileSync("sed", ["-i", "s/TO_WAIT=60/TO_WAIT=0/", join(finished.folder, "it.pkr.hcl")]);
    const options = { cwd: finished.folder, env: { DOCKER_HOST: engine.address } };
    const resumed = hclbuild(["build", "-color=false", "-resume", "."], options);
    expect(resumed.code, resumed.stdout).toBe(0);
    expect(resumed.stdout).toContain("Going on from the checkpoint after step 1 of 2.");
    const [, image = ""] = /Imported Docker image: (sha256:\w+)/.exec(resumed.stdout) ?? [];
    engine.docker("image", "rm", image);
    expect(hclbuild(["cache", "prune", "."], options).stdout.match(/^removed /gm)).toHaveLength(2);
  }, 240_000);

  describe("with a registry", () => {
    const login = (password: string, host: string): string =>
      `login = true\n  login_username = "${registryUser}"\n  login_password = "${password}"\n  login_server = "http://${host}"`;
    const push = (host: string, options = ""): string => `
  post-processors {
    post-processor "docker-tag" {
      repository = "${host}/made"
      tags       = ["v1"]
    }
    post-processor "docker-push" {
      ${options}
    }
  }`;

    test("nothing: an unknown image, wrong credentials and none when the image is pulled", async () => {
      const registry = await startRegistry({ password: true, namespace: engine.namespace });
      try {
        const source = `image = "${registry.host}/absent:1"\n  commit = true\n  `;
        expect(build(source).output).toContain("docker/pull-denied");
        expect(build(source + login("not-the-one", registry.host)).output).toContain("docker/login-failed");
        expect(build(source + login(registryPassword, registry.host)).output).toContain("docker/image-not-found");
      } finally {
        await registry.stop();
      }
    });

    test("the image that was made and is listed: a push without and with wrong credentials", async () => {
      const registry = await startRegistry({ password: true, namespace: engine.namespace });
      try {
        for (const [options, code] of [
          ["", "docker/push-denied"],
          [login("not-the-one", registry.host), "docker/login-failed"],
        ] as const) {
          const { output } = build(`${local}commit = true`, push(registry.host, options));
          expect(output).toContain(code);
          removeListed(output, `${registry.host}/made:v1`);
        }
      } finally {
        await registry.stop();
      }
    });

    test("the image that was made and is listed: a registry whose disk is full", { timeout: 240_000 }, async () => {
      const small = makeFolder({});
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small]);
      onTestFinished(() => void execFileSync("umount", [small]));
      const registry = await startRegistry({ storage: small, namespace: engine.namespace });
      try {
        const large = shell("head -c 3000000 /dev/urandom > /large");
        const { code, output } = await disturb(() => true, {
          steps: `${shell("echo under way")}${large}${push(registry.host)}`,
        });
        expect(code).toBe(1);
        expect(output).toContain("docker/push-failed");
        removeListed(output, `${registry.host}/made:v1`);
      } finally {
        await registry.stop();
      }
    });

    /** The image has only the one name, and the build says that it is there. */
    function removeListed(output: string, name: string): void {
      expect(output).toContain(name);
      const made = engine.resources().images.filter((image) => !before.images.includes(image));
      expect(made.map((image) => image.split(" ")[1])).toEqual([name]);
      engine.docker("image", "rm", name);
    }
  });
});
