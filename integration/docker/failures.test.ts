import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import { containersOf, docker, startEngineProxy, startSilentEngine } from "../setup/docker.js";

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

/** Writes down what keeps the program alive after its last line; when nothing does, it ends before. */
const noteWhatIsLeft = `
const write = process.stdout.write;
process.stdout.write = function (text, ...rest) {
  if (String(text).includes("Cleanly cancelled")) {
    const note = () => require("fs").writeFileSync("left.json", JSON.stringify(process.getActiveResourcesInfo()));
    setTimeout(note, 20_000).unref();
  }
  return write.call(this, text, ...rest);
};
`;

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
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Finished> {
  const child = startHclbuild(["build", "-color=false", "."], { cwd: folder, env: options.env ?? {} });
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
  for (const container of left) docker("rm", "--force", container);
  const volumes = docker("volume", "ls", "--quiet", "--filter", `label=hclbuild.build=docker.${source}`);
  if (volumes !== "") docker("volume", "rm", ...volumes.split("\n"));
  expect([left, volumes]).toEqual([[], ""]);
});

describe("a build that fails leaves no container", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s", async (signal) => {
    const folder = makeFolder({
      "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60"),
      "note-what-is-left.cjs": noteWhatIsLeft,
    });
    const env = { NODE_OPTIONS: `--require ${folder}/note-what-is-left.cjs` };
    const { code, output } = await buildUntil(folder, { text: "under way", act: (kill) => kill(signal), env });
    expect(existsSync(join(folder, "left.json"))).toBe(false);
    expect(code).toBe(1);
    expect(output).toContain(`Cancelling build after receiving ${signal === "SIGINT" ? "interrupt" : "terminated"}`);
    expect(output).toContain("Cleanly cancelled builds after being interrupted.");
  });
});

test("an engine that goes away: the diagnostic names the container, the label and the way to remove both", async () => {
  const folder = makeFolder({ "a.pkr.hcl": template("busybox:test", "echo under way; sleep 60") });
  const proxy = await startEngineProxy(folder);
  const { code, output } = await buildUntil(folder, {
    text: "under way",
    act: () => proxy.cut(),
    env: { DOCKER_HOST: proxy.address },
  });
  expect(code).toBe(1);
  expect(output).toContain("docker/engine-lost");
  const [, container = ""] = /docker rm --force (\S+)/.exec(output) ?? [];
  const [, volume = ""] = /docker volume rm (\S+)/.exec(output) ?? [];
  expect(containersOf(source)).toEqual([container]);
  const [, label = ""] = /the label (\S+)\./.exec(output.replaceAll(/\s+/g, " ")) ?? [];
  expect(docker("volume", "ls", "--quiet", "--filter", `label=${label}`)).toBe(volume);
  docker("rm", "--force", container);
  docker("volume", "rm", volume);
});

test.each([
  ["looks at an image", /^GET \/images\/[^/]*\/json/],
  ["makes a container", /^POST \/containers\/create/],
  ["uploads", /^PUT \/containers/],
  ["commits", /^POST \/commit/],
  ["saves an image", /^GET \/images\/.*\/get/],
])("an engine that does not answer while the build %s: an interrupt ends the build", async (_what, silent) => {
  const text = `
    source "docker" "${source}" {
      image  = "busybox:test"
      pull   = false
      commit = true
    }

    build {
      sources = ["source.docker.${source}"]

      provisioner "file" {
        source      = "a.pkr.hcl"
        destination = "/a"
      }

      post-processor "docker-save" {
        path                = "a.tar"
        keep_input_artifact = false
      }
    }
  `;
  const folder = makeFolder({ "a.pkr.hcl": text });
  const engine = await startSilentEngine(folder, silent);
  onTestFinished(() => engine.stop());
  const child = startHclbuild(["build", "-color=false", "."], { cwd: folder, env: { DOCKER_HOST: engine.address } });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await engine.asked;
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(1);
  expect(output).toContain("Cleanly cancelled builds after being interrupted.");
  for (const [, image = ""] of output.matchAll(/Image ID: (sha256:\w+)/g)) docker("image", "rm", image);
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
