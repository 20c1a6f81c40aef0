import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import { containersOf, docker, startEngineProxy } from "../setup/docker.js";

let source = "";

beforeEach(() => {
  source = `s${randomUUID().slice(0, 8)}`;
});

function template(image: string, script: string): string {
  return `
    source "docker" "${source}" {
      image   = "${image}"
      pull    = false
      discard = true
    }

    build {
      sources = ["source.docker.${source}"]

      provisioner "shell" {
        inline = [${JSON.stringify(script)}]
      }
    }
  `;
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Starts a build and calls `act` once its output holds `text`; resolves when the build has ended. */
async function buildUntil(
  folder: string,
  options: {
    readonly text: string;
    readonly act: (kill: (signal: NodeJS.Signals) => void) => void;
    readonly host?: string;
  },
): Promise<Finished> {
  const env = options.host === undefined ? {} : { DOCKER_HOST: options.host };
  const child = startHclbuild(["build", "-color=false", "."], { cwd: folder, env });
  let output = "";
  let acted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (acted || !output.includes(options.text)) return;
      acted = true;
      options.act((signal) => child.kill(signal));
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

afterEach(() => {
  const left = containersOf(source);
  for (const container of left) docker("rm", "--force", "--volumes", container);
  expect(left).toEqual([]);
});

describe("a build that fails leaves no container", () => {
  test("an image that does not exist", () => {
    const folder = makeFolder({ "a.pkr.hcl": template("no-such-image:none", "true") });
    const { code, stdout } = hclbuild(["build", "-color=false", folder]);
    expect(code).toBe(1);
    expect(stdout).toContain("docker/image-not-found");
    expect(stdout).toContain("no-such-image:none");
  });

  test("a script that exits with 3", () => {
    const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo going; exit 3") });
    const { code, stdout } = hclbuild(["build", "-color=false", folder]);
    expect(code).toBe(1);
    expect(stdout).toContain(`==> docker.${source}: going\n`);
    expect(stdout).toContain("Script exited with non-zero exit status: 3");
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s", async (signal) => {
    const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
    const { code, output } = await buildUntil(folder, { text: "under way", act: (kill) => kill(signal) });
    expect(code).toBe(1);
    expect(output).toContain(`Cancelling build after receiving ${signal === "SIGINT" ? "interrupt" : "terminated"}`);
    expect(output).toContain("Cleanly cancelled builds after being interrupted.");
  });
});

test("an engine that goes away: the diagnostic names the container, the label and the way to remove both", async () => {
  const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
  const proxy = await startEngineProxy(folder);
  const { code, output } = await buildUntil(folder, { text: "under way", act: () => proxy.cut(), host: proxy.address });
  expect(code).toBe(1);
  expect(output).toContain("docker/engine-lost");
  const [, container = ""] = /docker rm --force --volumes (\S+)/.exec(output) ?? [];
  expect(containersOf(source)).toEqual([container]);
  docker("rm", "--force", "--volumes", container);
});

/** What of a build's own things is on the engine: containers, their volumes, and images without a name. */
function remains(name: string): Readonly<Record<"containers" | "volumes", readonly string[]>> {
  const lines = (text: string): readonly string[] => (text === "" ? [] : text.split("\n"));
  const volumes = docker("volume", "ls", "--filter", "label=hclbuild.run", "--format", "{{.Name}}");
  return {
    containers: containersOf(name),
    volumes: lines(volumes).filter((volume) => volume.endsWith(`-docker.${name}`)),
  };
}

test("an engine that comes back: cleanup removes the container and its volume, and nothing is left", async () => {
  const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
  const images = docker("image", "ls", "--all", "--quiet", "--filter", `label=${source}`);
  expect(remains(source)).toEqual({ containers: [], volumes: [] });
  const proxy = await startEngineProxy(folder);
  const { code, output } = await buildUntil(folder, { text: "under way", act: () => proxy.cut(), host: proxy.address });
  expect(code).toBe(1);
  expect(output).toContain("docker/engine-lost");
  expect(remains(source).containers).toHaveLength(1);
  expect(remains(source).volumes).toHaveLength(1);
  const cleanup = hclbuild(["cleanup", folder]);
  expect(cleanup.code, cleanup.stdout).toBe(0);
  expect(cleanup.stdout).toMatch(/^container \S+: removed\n$/);
  expect(remains(source)).toEqual({ containers: [], volumes: [] });
  expect(docker("image", "ls", "--all", "--quiet", "--filter", `label=${source}`)).toBe(images);
  expect(hclbuild(["cleanup", folder]).stdout).toBe("Nothing was left behind.\n");
});

describe("a container that is killed while a step runs", () => {
  test.each([
    ["killed", (container: string) => docker("kill", container)],
    ["removed", (container: string) => docker("rm", "--force", container)],
  ])("%s: docker/container-died, and nothing is left", async (_how, act) => {
    const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
    const { code, output } = await buildUntil(folder, {
      text: "under way",
      act: () => void act(containersOf(source)[0] ?? ""),
    });
    expect(code).toBe(1);
    expect(output).toContain("docker/container-died");
    expect(remains(source)).toEqual({ containers: [], volumes: [] });
    expect(hclbuild(["cleanup", folder]).stdout).toBe("Nothing was left behind.\n");
  });
});

test("a build that is killed itself: cleanup removes what it left", async () => {
  const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
  const { code } = await buildUntil(folder, { text: "under way", act: (kill) => kill("SIGKILL") });
  expect(code).toBe(null);
  expect(remains(source).containers).toHaveLength(1);
  expect(hclbuild(["cleanup", folder]).stdout).toMatch(/^container \S+: removed\n$/);
  expect(remains(source)).toEqual({ containers: [], volumes: [] });
});

test("two sources run side by side", () => {
  const two = `
    source "docker" "a" {
      image   = "busybox:test"
      pull    = false
      discard = true
    }

    build {
      source "docker.a" {}

      source "docker.a" {
        name = "b"
      }

      provisioner "shell" {
        inline = ["echo hello", "sleep 1"]
      }
    }
  `;
  const { code, stdout } = hclbuild(["build", "-format=ndjson", "."], { cwd: makeFolder({ "a.pkr.hcl": two }) });
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly seq: number; readonly type: string; readonly build?: string });
  const place = (type: string, build: string): number =>
    events.find((event) => event.type === type && event.build === build)?.seq ?? Number.NaN;
  const lastStart = Math.max(place("build.start", "docker.a"), place("build.start", "docker.b"));
  const firstEnd = Math.min(place("build.end", "docker.a"), place("build.end", "docker.b"));
  expect(lastStart).toBeLessThan(firstEnd);
});
