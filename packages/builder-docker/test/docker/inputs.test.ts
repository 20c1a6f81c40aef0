import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, Json } from "@hclbuild/sdk";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { DockerConfig } from "../../src/docker/base.js";
import { readInputs } from "../../src/docker/inputs.js";
import { runtime as dockerImport } from "../../src/post-processors/import.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "hclbuild-inputs-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

function hostWith(env: Host["env"]): Host {
  const host: Partial<Host> = { cwd: folder, homeDirectory: folder, platform: "linux" };
  return { ...host, env: { DOCKER_CONFIG: folder, ...env } } as Host;
}

async function valuesOf(config: object, env: Host["env"] = {}): Promise<Json | undefined> {
  return (await readInputs(config as DockerConfig, { host: hostWith(env), signal })).values;
}

it("variables that run_command hands on count by their values, others do not", async () => {
  const config = { run_command: ["-d", "-e", "STAMP", "{{.Image}}"] };
  const one = await valuesOf(config, { STAMP: "1", OTHER: "1" });
  expect(await valuesOf(config, { STAMP: "1", OTHER: "2" })).toEqual(one);
  expect(await valuesOf(config, { STAMP: "2", OTHER: "1" })).not.toEqual(one);
  expect(await valuesOf(config)).not.toEqual(one);
});

it("the content of a seccomp profile counts", async () => {
  const config = { run_command: ["--security-opt", "seccomp=profile.json", "{{.Image}}"] };
  const absent = await valuesOf(config);
  writeFileSync(join(folder, "profile.json"), `{"defaultAction": "SCMP_ACT_ALLOW"}`);
  const first = await valuesOf(config);
  writeFileSync(join(folder, "profile.json"), `{"defaultAction": "SCMP_ACT_LOG"}`);
  const all = [absent, first, await valuesOf(config)].map((values) => JSON.stringify(values));
  expect(new Set(all).size).toBe(3);
});

it("the proxies of the engine count", async () => {
  const none = await valuesOf({});
  writeFileSync(join(folder, "config.json"), `{"proxies": {"tcp://other:1": {"httpProxy": "http://p:1"}}}`);
  expect(await valuesOf({})).toEqual(none);
  writeFileSync(join(folder, "config.json"), `{"proxies": {"default": {"httpProxy": "http://p:1"}}}`);
  expect(await valuesOf({})).not.toEqual(none);
});

it("the platform counts that is asked for in the end", async () => {
  const none = await valuesOf({ platform: "" });
  const other = { DOCKER_DEFAULT_PLATFORM: "linux/s390x" };
  expect(await valuesOf({ platform: "" }, other)).not.toEqual(none);
  expect(await valuesOf({ platform: "linux/amd64" }, other)).toEqual(await valuesOf({ platform: "linux/amd64" }));
  const imported = async (env: Host["env"]): Promise<unknown> =>
    dockerImport.inputs?.({ repository: "r", platform: "" } as never, { host: hostWith(env), signal });
  expect(await imported(other)).toEqual({ files: [], values: "linux/s390x" });
  expect(await imported({})).toEqual({ files: [], values: null });
});
