import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { listImage } from "../setup/image-listing.js";

const templates = fileURLToPath(new URL("../../fixtures/docker", import.meta.url));
const names = readdirSync(templates, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const made: string[] = [];
afterEach(() => {
  for (const id of made.splice(0)) docker("image", "rm", "--force", id);
});

function configOf(image: string): Readonly<Record<string, unknown>> {
  const config = JSON.parse(docker("image", "inspect", "--format", "{{json .Config}}", image)) as Record<
    string,
    unknown
  >;
  const kept = ["Cmd", "Env", "Entrypoint", "Labels", "ExposedPorts", "WorkingDir", "User", "Volumes", "OnBuild"];
  return Object.fromEntries(kept.map((key) => [key, config[key] ?? null]));
}

function imageOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    builds: readonly { readonly artifact_id: string }[];
  };
  const id = manifest.builds.at(-1)?.artifact_id ?? "";
  made.push(id);
  return id;
}

function buildWithPacker(name: string): string {
  const folder = makeFolder({});
  cpSync(join(templates, name), folder, { recursive: true });
  const home = makeFolder({});
  const { status, stdout } = spawnSync("packer", ["build", "-color=false", "it.pkr.hcl"], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, PACKER_CONFIG_DIR: home, CHECKPOINT_DISABLE: "1" },
  });
  expect(status, stdout).toBe(0);
  return imageOf(folder);
}

function buildWithUs(name: string): string {
  const folder = makeFolder({});
  cpSync(join(templates, name), folder, { recursive: true });
  const { code, stdout } = hclbuild(["build", "-color=false", "it.pkr.hcl"], { cwd: folder });
  expect(code, stdout).toBe(0);
  return imageOf(folder);
}

test("there are at least twenty templates", () => {
  expect(names.length).toBeGreaterThanOrEqual(20);
});

test.each(names)("%s: both programs give the same image", async (name) => {
  const theirs = buildWithPacker(name);
  const ours = buildWithUs(name);
  expect(configOf(ours)).toEqual(configOf(theirs));
  expect(await listImage(ours)).toEqual(await listImage(theirs));
});
