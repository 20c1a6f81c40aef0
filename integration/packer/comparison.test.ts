import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { normaliseBuildOutput } from "../../tools/peer-normalise.js";
import { docker } from "../setup/docker.js";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly folder: string;
}

/** Runs Debian's packer with no memory of earlier runs. */
function packer(args: readonly string[], cwd: string): Outcome {
  const home = makeFolder({});
  const env = { PATH: process.env["PATH"], HOME: home, PACKER_CONFIG_DIR: home, CHECKPOINT_DISABLE: "1", TZ: "UTC" };
  const { status, stdout } = spawnSync("packer", args, { cwd, env, encoding: "utf8" });
  return { code: status, stdout, folder: cwd };
}

function copyOf(example: string): string {
  const folder = makeFolder({});
  cpSync(join(examples, example), folder, { recursive: true });
  return folder;
}

function manifestOf(path: string): unknown {
  const manifest = JSON.parse(readFileSync(path, "utf8")) as { builds: Record<string, unknown>[] };
  const builds = manifest.builds.map(({ name, builder_type, files, custom_data }) => ({
    name,
    builder_type,
    files,
    custom_data,
  }));
  return builds.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
}

test("examples/docker: both print the same once normalised, and write the same manifest", () => {
  const args = ["build", "-color=false", "docker.pkr.hcl"];
  const theirs = packer(args, copyOf("docker"));
  const folder = copyOf("docker");
  const ours = { ...hclbuild(args, { cwd: folder }), folder };
  try {
    expect({ code: ours.code, text: normaliseBuildOutput(ours.stdout) }).toEqual({
      code: theirs.code,
      text: normaliseBuildOutput(theirs.stdout),
    });
    const [mine, peers] = [ours, theirs].map((run) => manifestOf(join(run.folder, "docker-manifest.json")));
    expect(mine).toEqual(peers);
  } finally {
    for (const run of [ours, theirs]) {
      const text = readFileSync(join(run.folder, "docker-manifest.json"), "utf8");
      for (const [id] of text.matchAll(/sha256:[0-9a-f]{64}/g)) docker("image", "rm", "--force", id);
    }
  }
});

test("examples/quickstart: both make the same files", () => {
  const args = ["build", "-color=false", "-force", "."];
  const theirs = packer(args, copyOf("quickstart"));
  const folder = copyOf("quickstart");
  const ours = { ...hclbuild(args, { cwd: folder }), folder };
  expect({ code: ours.code, text: normaliseBuildOutput(ours.stdout) }).toEqual({
    code: theirs.code,
    text: normaliseBuildOutput(theirs.stdout),
  });
  const names = ["notes.txt", "rootfs/etc/hostname", "rootfs/etc/passwd"];
  for (const name of names) {
    const [mine, peers] = [ours, theirs].map((run) => readFileSync(join(run.folder, "output", name), "utf8"));
    expect(mine).toBe(peers);
  }
});
