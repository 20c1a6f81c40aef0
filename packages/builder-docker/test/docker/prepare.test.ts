import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagnosticBag, type Span } from "@hclbuild/diagnostics";
import { unknownOption, type Host, type MaybeUnknown } from "@hclbuild/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DockerConfig } from "../../src/docker/base.js";
import { prepare } from "../../src/docker/prepare.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-prepare-"));
  mkdirSync(join(folder, "there"));
  writeFileSync(join(folder, "Dockerfile"), "FROM a\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is found, as the code and the option that it is found at. */
async function found(config: object): Promise<readonly string[]> {
  const bag = new DiagnosticBag();
  const spanOf = (option: string): Span => ({ file: option, start: 0, end: 1 });
  const host = { cwd: folder, env: {} } as Host;
  const { signal } = new AbortController();
  await prepare(config as MaybeUnknown<DockerConfig>, bag.report, { host, signal, spanOf });
  return bag.items.map(({ code, primary }) => `${code} at ${primary?.file ?? "nothing"}`);
}

// The image is known only when it has been pulled or built: an unknown word.
const image = unknownOption;

describe("what is found before a build", () => {
  it.each([
    [["-d", "--gpus=all", image], ["docker/unsupported-run-flag at run_command"]],
    [["-d", "--cpus=two", image], ["docker/invalid-run-command at run_command"]],
    [["-d"], ["docker/invalid-run-command at run_command"]],
    [["-d", "--memory", unknownOption, image], []],
    [["-d", unknownOption, image], []],
    [["-d", "-i", "--", image, "--gpus"], []],
    [unknownOption, []],
    [[], []],
  ])("run_command = %j", async (run_command, expected) => {
    expect(await found({ run_command })).toEqual(expected);
  });

  it.each([
    [{ path: "Dockerfile" }, []],
    [{ path: "absent" }, ["docker/build-input-unreadable at build/path"]],
    [{ path: "there" }, ["docker/build-input-unreadable at build/path"]],
    [{ path: unknownOption }, []],
    [unknownOption, []],
  ])("build = %j", async (build, expected) => {
    expect(await found({ build })).toEqual(expected);
  });

  it.each([
    ["there", ["docker/export-path-is-directory at export_path"]],
    // As if it was not given.
    ["", []],
    ["new/image.tar", []],
    [unknownOption, []],
  ])("export_path = %j", async (export_path, expected) => {
    expect(await found({ export_path })).toEqual(expected);
  });
});
