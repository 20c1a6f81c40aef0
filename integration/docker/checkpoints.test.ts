import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { createOwnBase, type OwnBase } from "../setup/own-base.js";
import { checkEdits, checkKills } from "./checkpoint-cases.js";

// Checkpoints are found by what they are made from: those of earlier runs must not be found.
let base: OwnBase;
beforeAll(() => {
  base = createOwnBase();
});
afterAll(() => base.remove());

test(
  "twelve random edits: a build with checkpoints gives the image of a build without",
  { timeout: 600_000 },
  async () => {
    const report = await checkEdits({ seed: 20_261_125, count: 12 });
    expect(report.failures).toEqual([]);
    // Otherwise nothing was tested.
    expect(report.restored).toBeGreaterThan(3);
  },
);

test("killed after each step and resumed: the image of a build that was not killed", { timeout: 600_000 }, async () => {
  expect(await checkKills(7)).toEqual([]);
});

interface Project {
  readonly folder: string;
  build(...flags: readonly string[]): Built;
  buildWith(env: Readonly<Record<string, string>>, ...flags: readonly string[]): Built;
}

interface Built {
  readonly code: number | null;
  readonly output: string;
}

const shell = (line: string, more = ""): string =>
  `  provisioner "shell" {\n    inline = [${JSON.stringify(line)}]\n${more}  }\n`;

function templateText(provisioners: string, options = ""): string {
  return `variable "secret" {
  type      = string
  default   = "first secret"
  sensitive = true
}

variable "word" {
  type    = string
  default = "good"
}

source "docker" "kept" {
  image  = "${base.name}"
  pull   = false
  commit = true
  ${options}
}

build {
  sources = ["source.docker.kept"]
${provisioners}}
`;
}

/** A folder with a template; its checkpoints and images go away with the test. */
function project(provisioners: string, options = ""): Project {
  const folder = makeFolder({ "it.pkr.hcl": templateText(provisioners, options) });
  onTestFinished(() => void hclbuild(["cache", "prune", folder]));
  const buildWith: Project["buildWith"] = (env, ...flags) => {
    const { code, stdout } = hclbuild(["build", "-color=false", ...flags, "."], { cwd: folder, env });
    return { code, output: stdout };
  };
  return { folder, buildWith, build: (...flags) => buildWith({}, ...flags) };
}

function restoredSteps({ output }: Built): number {
  return Number(/Going on from the checkpoint after step (\d+)/.exec(output)?.[1] ?? 0);
}

/** All that the state folder holds. */
function stateOf({ folder }: Project): string {
  const entries = readdirSync(join(folder, ".hclbuild"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1")).join("\n");
}

describe("what is restored", () => {
  test("all steps up to the first that changed; -cache-from-step and -cache-max-age force more", () => {
    const it = project(shell("echo a > /a") + shell("echo b > /b") + shell("echo ${var.word} > /c"));
    expect(restoredSteps(it.build("-cache"))).toBe(0);
    expect(restoredSteps(it.build("-cache"))).toBe(3);
    expect(restoredSteps(it.build("-cache", "-var=word=other"))).toBe(2);
    expect(restoredSteps(it.build("-cache-from-step=2"))).toBe(1);
    expect(restoredSteps(it.build("-cache-max-age=1ms"))).toBe(0);
    expect(restoredSteps(it.build())).toBe(0);
  });

  test("a sensitive value counts, and no file of the state folder holds it", () => {
    const it = project(shell("echo ${var.secret} | wc -c > /a") + shell("echo b > /b"));
    it.build("-cache");
    expect(restoredSteps(it.build("-cache"))).toBe(2);
    expect(restoredSteps(it.build("-cache", "-var=secret=other secret"))).toBe(0);
    expect(stateOf(it)).not.toMatch(/first secret|other secret/);
    expect(statSync(join(it.folder, ".hclbuild/salt")).mode & 0o777).toBe(0o600);
  });

  test("a script that another program changes counts", () => {
    const it = project(`  provisioner "shell" {\n    script = "a.sh"\n  }\n`);
    writeFileSync(join(it.folder, "a.sh"), "echo a > /a\n");
    it.build("-cache");
    expect(restoredSteps(it.build("-cache"))).toBe(1);
    appendFileSync(join(it.folder, "a.sh"), "#");
    expect(restoredSteps(it.build("-cache"))).toBe(0);
  });
});

describe("what is never restored, and why", () => {
  test.each([
    [
      "commands on this machine",
      `  provisioner "shell-local" {\n    inline = ["true"]\n  }\n`,
      "it runs commands on this machine",
    ],
    ["build.ID", shell("echo ${build.ID} > /id"), "uses what is only known of the running machine"],
    ["a Go template", shell("echo {{ build `ID` }} > /id"), "uses what is only known of the running machine"],
    ["cache = false", shell("true", "    cache = false\n"), '"cache" of shell is false'],
    [
      "a download",
      `  provisioner "file" {\n    source      = "/a"\n    destination = "a"\n    direction   = "download"\n  }\n`,
      "it writes files on this machine",
    ],
  ])("%s", (_name, second, reason) => {
    const it = project(shell("echo a > /a") + second + shell("echo c > /c"));
    const first = it.build("-cache");
    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain(`No checkpoints from step 2 on: `);
    expect(first.output).toContain(reason);
    expect(restoredSteps(it.build("-cache"))).toBe(1);
  });

  test.each([
    ["volumes", `volumes = { "/tmp" = "/data" }`, "the container has volumes"],
    ["tmpfs", `tmpfs = ["/data"]`, "the container has a tmpfs"],
  ])("a container with %s", (_name, options, reason) => {
    const it = project(shell("echo a > /a"), options);
    expect(it.build("-cache").output).toContain(`The build keeps no checkpoints: ${reason}.`);
    expect(restoredSteps(it.build("-cache"))).toBe(0);
  });

  test.each([
    ["a background process", "sleep 30 > /dev/null 2>&1 &", "a process was left running in the background (sleep)"],
    [
      "files in the shared folder",
      "echo x > /packer-files/x",
      "there are files in /packer-files, which no image holds",
    ],
    ["another /etc/hosts", "echo 192.0.2.1 x >> /etc/hosts", "/etc/hosts changed, which no image holds"],
  ])("%s", (_name, line, reason) => {
    const it = project(shell("echo a > /a") + shell(line) + shell("echo c > /c"));
    const first = it.build("-cache");
    expect(first.output).toContain(`No checkpoints after step 2: ${reason}.`);
    expect(restoredSteps(it.build("-cache"))).toBe(1);
  });
});

describe("-resume", () => {
  test("goes on at the step that failed", () => {
    const it = project(shell("echo a > /a") + shell("test ${var.word} = good"));
    expect(it.build("-cache", "-var=word=bad").code).toBe(1);
    const resumed = it.build("-resume");
    expect(resumed.code, resumed.output).toBe(0);
    expect(restoredSteps(resumed)).toBe(1);
  });

  test("says when there is nothing to resume", () => {
    const it = project(shell("true"));
    const none = it.build("-resume");
    expect(none.code).toBe(1);
    expect(none.output).toContain("cli/nothing-to-resume");
    expect(none.output).toContain("No earlier run of this template is known.");
    it.build("-cache");
    expect(it.build("-resume").output).toContain("The last run of this template succeeded.");
  });
});

test("-skip-unchanged runs nothing while the artifact exists and nothing changed", () => {
  const it = project(shell("echo ${timestamp()} > /a"));
  const first = it.build("-skip-unchanged");
  expect(first.output).not.toContain("Unchanged");
  const second = it.build("-skip-unchanged");
  expect(second.output).toContain("Unchanged: the artifact of an earlier build still exists.");
  const [, image = ""] = /Imported Docker image: (sha256:\w+)/.exec(first.output) ?? [];
  expect(second.output).toContain(`Imported Docker image: ${image}`);
  expect(it.build("-skip-unchanged", "-var=word=other").output).toContain("Unchanged");
  expect(it.build("-skip-unchanged", "-only=docker.kept").output).toContain("Unchanged");
  writeFileSync(join(it.folder, "it.pkr.hcl"), templateText(shell("echo edited > /a")));
  expect(it.build("-skip-unchanged").output).not.toContain("Unchanged");
  writeFileSync(join(it.folder, "it.pkr.hcl"), templateText(shell("echo ${timestamp()} > /a")));
  const again = /Imported Docker image: (sha256:\w+)/.exec(it.build("-skip-unchanged").output)?.[1] ?? "";
  expect(again).not.toBe(image);
  docker("image", "rm", again);
  expect(it.build("-skip-unchanged").output).not.toContain("Unchanged");
});

test.each([
  ["the classic builder", "0"],
  ["BuildKit", "1"],
])("a template inside of what it builds from and uploads, with %s: its state is no part of that", (_name, buildkit) => {
  const it = project("", "");
  const source = `build {\n    path = "Dockerfile"\n    pull = false\n  }\n  commit = true`;
  const upload = `provisioner "file" {\n    source      = "./"\n    destination = "/uploaded"\n  }`;
  const text = `source "docker" "kept" {\n  ${source}\n}\n\nbuild {\n  sources = ["source.docker.kept"]\n  ${upload}\n}\n`;
  writeFileSync(join(it.folder, "it.pkr.hcl"), text);
  writeFileSync(join(it.folder, "Dockerfile"), `FROM ${base.name}\nENV BUILDKIT=${buildkit}\nCOPY . /uploaded\n`);
  const env = { DOCKER_BUILDKIT: buildkit };
  const first = it.buildWith(env, "-cache", "-skip-unchanged");
  expect(first.code, first.output).toBe(0);
  const [, image = ""] = /Imported Docker image: (sha256:\w+)/.exec(first.output) ?? [];
  expect(docker("run", "--rm", image, "ls", "-A", "/uploaded")).toBe("Dockerfile\nit.pkr.hcl");
  expect(restoredSteps(it.buildWith(env, "-cache"))).toBe(1);
  expect(it.buildWith(env, "-skip-unchanged").output).toContain("Unchanged");
});

test("-skip-unchanged does not count what is no part of the build context", () => {
  const it = project("", "");
  const source = `build {\n    path = "Dockerfile"\n    pull = false\n  }\n  commit = true`;
  const log = `post-processor "manifest" {\n    output = "manifest.json"\n  }`;
  const text = `source "docker" "kept" {\n  ${source}\n}\n\nbuild {\n  sources = ["source.docker.kept"]\n  ${log}\n}\n`;
  writeFileSync(join(it.folder, "it.pkr.hcl"), text);
  writeFileSync(join(it.folder, "Dockerfile"), `FROM ${base.name}\nCOPY . /context\n`);
  writeFileSync(join(it.folder, ".dockerignore"), "*.json\nlogs\n");
  const first = it.build("-skip-unchanged");
  expect(first.code, first.output).toBe(0);
  writeFileSync(join(it.folder, "notes.json"), "x");
  expect(it.build("-skip-unchanged").output).toContain("Unchanged");
  writeFileSync(join(it.folder, "notes.txt"), "x");
  expect(it.build("-skip-unchanged").output).not.toContain("Unchanged");
});

test("-skip-unchanged and -cache count what a container gets of this machine", () => {
  const config = makeFolder({ "config.json": "{}", "profile.json": `{"defaultAction": "SCMP_ACT_ALLOW"}` });
  const flags = ["-d", "-i", "-t", "-e", "STAMP", `--security-opt=seccomp=${config}/profile.json`];
  const words = [...flags, "--entrypoint=/bin/sh", "--", "{{.Image}}"];
  const it = project(shell("echo $STAMP > /stamp"), `run_command = ${JSON.stringify(words)}`);
  const env = { STAMP: "1", DOCKER_CONFIG: config };
  const built = (...flags: readonly string[]): string => it.buildWith(env, "-skip-unchanged", ...flags).output;
  const expectChange = (change: () => unknown): void => {
    change();
    expect(built()).toContain("Imported Docker image");
    expect(built()).toContain("Unchanged");
  };
  expectChange(() => undefined);
  expectChange(() => (env.STAMP = "2"));
  expectChange(() => writeFileSync(join(config, "profile.json"), `{"defaultAction": "SCMP_ACT_LOG"}`));
  expectChange(() => {
    const proxies = { default: { httpProxy: "http://user:hidden-word@proxy.example:1" } };
    writeFileSync(join(config, "config.json"), JSON.stringify({ proxies }));
  });
  for (const stamp of ["1", "2"]) {
    const first = it.buildWith({ ...env, STAMP: stamp }, "-cache");
    expect([first.code, restoredSteps(first)], first.output).toEqual([0, 0]);
    expect(restoredSteps(it.buildWith({ ...env, STAMP: stamp }, "-cache"))).toBe(1);
  }
  expect(stateOf(it)).not.toMatch(/hidden-word/);
});

test("-skip-unchanged builds again when the tag of its image has moved", () => {
  const name = `${base.mark}-moved`;
  const it = project(
    `${shell("echo a > /a")}  post-processor "docker-tag" {\n    repository = "${name}"\n    tags = ["1"]\n  }\n`,
  );
  it.build("-skip-unchanged");
  expect(it.build("-skip-unchanged").output).toContain("Unchanged");
  docker("tag", base.name, `${name}:1`);
  expect(it.build("-skip-unchanged").output).not.toContain("Unchanged");
  expect(it.build("-skip-unchanged").output).toContain("Unchanged");
});

test("cache ls and cache prune", () => {
  const it = project(shell("echo a > /a") + shell("echo b > /b"));
  it.build("-cache");
  const list = hclbuild(["cache", "ls", it.folder]).stdout;
  expect(list).toMatch(
    /^[0-9a-f]{12} {2}docker\.kept, after step 1 \(shell\) .*\n[0-9a-f]{12} {2}docker\.kept, after step 2 \(shell\) .*\n$/,
  );
  expect(hclbuild(["cache", "prune", "-max-age=1h", it.folder]).stdout).toBe("Nothing was removed.\n");
  expect(hclbuild(["cache", "prune", it.folder]).stdout.match(/^removed /gm)).toHaveLength(2);
  expect(hclbuild(["cache", "ls", it.folder]).stdout).toBe("There are no checkpoints.\n");
  const wrong = hclbuild(["cache", "clear", it.folder]);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain("cli/unknown-cache-action");
});

test("no trace of checkpoints in the image", () => {
  const it = project(shell("echo a > /a"));
  it.build("-cache");
  const { output } = it.build("-cache");
  const [, image = ""] = /Imported Docker image: (sha256:\w+)/.exec(output) ?? [];
  const config = docker("image", "inspect", "--format", "{{json .Config}}", image);
  expect(config).not.toContain("checkpoint");
  expect(config).not.toContain("hclbuild");
});
