import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hclbuild, makeFolder, type RunResult } from "./run-binary.js";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const example = join(repository, "examples/plugin");
const source = "npm/hclbuild-examples/greeting";
const package_ = ".hclbuild/plugins/node_modules/@hclbuild-examples/greeting";

/** The example plugin, compiled, beside what it depends on. */
let compiled = "";
beforeAll(() => {
  compiled = mkdtempSync(join(tmpdir(), "hclbuild-plugin-"));
  const place = join(compiled, "node_modules/@hclbuild-examples/greeting");
  mkdirSync(place, { recursive: true });
  for (const name of ["package.json", "tsconfig.json", "manifest.json", "src", "test"])
    cpSync(join(example, name), join(place, name), { recursive: true });
  for (const name of ["@hclbuild", "@types"])
    symlinkSync(join(repository, "node_modules", name), join(compiled, "node_modules", name));
  const { status, stdout } = spawnSync(join(repository, "node_modules/.bin/tsc"), ["-p", place], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

const template = readFileSync(join(example, "template.pkr.hcl"), "utf8");

/** A folder with the example's template. */
function makeTemplate(text = template): string {
  return makeFolder({ "template.pkr.hcl": text });
}

/** Installs the example as npm does. */
function install(folder: string, plugins = join(folder, ".hclbuild/plugins")): void {
  const place = join(plugins, "node_modules");
  mkdirSync(place, { recursive: true });
  cpSync(join(compiled, "node_modules/@hclbuild-examples"), join(place, "@hclbuild-examples"), { recursive: true });
  symlinkSync(join(repository, "node_modules/@hclbuild"), join(place, "@hclbuild"));
}

const installed = (text?: string): string => {
  const folder = makeTemplate(text);
  install(folder);
  return folder;
};

const codesOf = ({ stdout }: RunResult): readonly string[] =>
  [...stdout.matchAll(/\[([a-z-]+\/[a-z-]+)\]$/gm)].map((match) => match[1] as string);

const lockOf = (
  folder: string,
): { plugins: Record<string, { version: string; dependencies: Record<string, string> }> } =>
  JSON.parse(readFileSync(join(folder, ".hclbuild/plugins/lock.json"), "utf8")) as never;

test("the example keeps the contract of plugins, and its manifest is up to date", () => {
  const tests = join(compiled, "node_modules/@hclbuild-examples/greeting/dist/test/greeting.test.js");
  const { status, stdout } = spawnSync(process.execPath, ["--test", tests], { encoding: "utf8" });
  expect(stdout).toContain("# fail 0\n");
  expect(status).toBe(0);
});

describe("a plugin that is installed", () => {
  test("is recorded by init, checked by validate, shown by inspect and schema, and run by build", () => {
    const folder = installed();
    const run = (...args: string[]): RunResult => hclbuild(args, { cwd: folder });
    expect(run("init", ".")).toEqual({
      code: 0,
      stdout: `greeting: ${source} 1.0.0 is installed in ${package_} (required: ~> 1.0)\n`,
      stderr: "",
    });
    expect(lockOf(folder).plugins[source]?.version).toBe("1.0.0");
    expect(Object.keys(lockOf(folder).plugins[source]?.dependencies ?? {})).toContain("@hclbuild/sdk@0.1.0");
    expect(run("validate", ".")).toEqual({ code: 0, stdout: "The configuration is valid.\n", stderr: "" });
    expect(run("inspect", ".").stdout).toContain("      greeting-folder.here\n");
    expect(run("schema").stdout).toContain("provisioner greeting ");
    expect(JSON.parse(run("schema", "provisioner", "greeting").stdout)).toMatchObject({
      properties: { path: { default: "/etc/motd" } },
    });
    const built = run("build", ".");
    expect(built.code).toBe(0);
    expect(built.stdout).toContain("==> greeting-folder.here: Bonjour, Ada! This is here.\n");
    expect(readFileSync(join(folder, "output/motd"), "utf8")).toBe("Bonjour, Ada! This is here.\n");
  });

  test("is known under the local name that the template gives it, and under no other", () => {
    const renamed = template
      .replace("greeting = {", "hello = {")
      .replaceAll("greeting-", "hello-")
      .replace('provisioner "greeting"', 'provisioner "hello"');
    const folder = installed(renamed);
    expect(hclbuild(["init", "."], { cwd: folder }).code).toBe(0);
    expect(hclbuild(["build", "."], { cwd: folder }).code).toBe(0);
    expect(readFileSync(join(folder, "output/motd"), "utf8")).toBe("Bonjour, Ada! This is here.\n");
    writeFileSync(join(folder, "template.pkr.hcl"), renamed.replace('provisioner "hello"', 'provisioner "greeting"'));
    expect(codesOf(hclbuild(["validate", "."], { cwd: folder }))).toEqual(["config/unknown-component"]);
  });

  test("is found in PACKER_PLUGIN_PATH, after the folder beside the template", () => {
    const folder = makeTemplate();
    const shared = makeFolder({});
    install(folder, shared);
    const env = { PACKER_PLUGIN_PATH: `/nonexistent:${shared}` };
    const { code, stdout } = hclbuild(["init", "."], { cwd: folder, env });
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain(`${join(shared, "node_modules/@hclbuild-examples/greeting")} (required`);
    expect(hclbuild(["build", "."], { cwd: folder, env }).code).toBe(0);
    expect(codesOf(hclbuild(["validate", "."], { cwd: folder }))).toEqual(["plugin/not-installed"]);
  });

  test("is not run by validate, inspect, graph, init and schema", () => {
    const folder = installed();
    const proof = join(folder, "ran");
    const entry = join(folder, package_, "dist/src/index.js");
    appendFileSync(entry, `\n(await import("node:fs")).writeFileSync(${JSON.stringify(proof)}, "");\n`);
    for (const args of [["init", "."], ["validate", "."], ["inspect", "."], ["graph", "."], ["schema"]]) {
      expect(hclbuild(args, { cwd: folder }).code).toBe(0);
      expect(existsSync(proof)).toBe(false);
    }
    expect(hclbuild(["build", "."], { cwd: folder }).code).toBe(0);
    expect(existsSync(proof)).toBe(true);
  });

  test("has its options checked by its manifest, and by its code before the build starts", () => {
    const folder = installed(template.replace('"fr"', '"xx"'));
    hclbuild(["init", "."], { cwd: folder });
    expect(codesOf(hclbuild(["validate", "."], { cwd: folder }))).toEqual(["schema/invalid-choice"]);
    writeFileSync(join(folder, "template.pkr.hcl"), template.replace('"motd"', '"motd"\n    mode = "9"'));
    expect(hclbuild(["validate", "."], { cwd: folder }).code).toBe(0);
    const { code, stdout } = hclbuild(["build", "."], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toContain("[greeting/invalid-mode]");
    expect(existsSync(join(folder, "output"))).toBe(false);
  });

  test("fails a build with its own coded errors, and its machine is cleaned up", () => {
    const folder = installed(template.replace('"cat motd"', '"exit 3"'));
    hclbuild(["init", "."], { cwd: folder });
    const { code, stdout } = hclbuild(["build", "."], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toContain("The check of the greeting ended with exit code 3");
    expect(stdout).not.toContain("fault of hclbuild");
    expect(existsSync(join(folder, "output"))).toBe(false);
  });
});

describe("a plugin that cannot be used", () => {
  test("plugin/not-installed names the command that installs it, and nothing else is reported", () => {
    const folder = makeTemplate();
    for (const command of ["init", "validate", "build", "inspect"]) {
      const result = hclbuild([command, "."], { cwd: folder });
      expect([result.code, codesOf(result)]).toEqual([1, ["plugin/not-installed"]]);
      expect(result.stdout).toContain(
        "    npm install --prefix .hclbuild/plugins '@hclbuild-examples/greeting@>=1.0.0 <2.0.0'\n",
      );
    }
  });

  test("plugin/invalid-source: an address with another form than npm/SCOPE/NAME", () => {
    const folder = makeTemplate(template.replace(source, "npm/a/b/c"));
    expect(codesOf(hclbuild(["validate", "."], { cwd: folder }))).toEqual(["plugin/invalid-source"]);
  });

  test("plugin/version-mismatch: the constraint, or the lock file, wants another version", () => {
    const folder = installed(template.replace("~> 1.0", ">= 2.0"));
    const result = hclbuild(["init", "."], { cwd: folder });
    expect([result.code, codesOf(result)]).toEqual([1, ["plugin/version-mismatch"]]);
    expect(result.stdout).toContain("'@hclbuild-examples/greeting@>=2.0.0'\n");
    expect(existsSync(join(folder, ".hclbuild/plugins/lock.json"))).toBe(false);

    const other = installed();
    hclbuild(["init", "."], { cwd: other });
    const lock = join(other, ".hclbuild/plugins/lock.json");
    writeFileSync(lock, readFileSync(lock, "utf8").replace('"version": "1.0.0"', '"version": "1.0.1"'));
    const locked = hclbuild(["build", "."], { cwd: other });
    expect([locked.code, codesOf(locked)]).toEqual([1, ["plugin/version-mismatch"]]);
    expect(locked.stdout).toContain("npm install --prefix .hclbuild/plugins @hclbuild-examples/greeting@1.0.1\n");
  });

  test("plugin/integrity-mismatch: a file has changed since init, until init -upgrade accepts it", () => {
    const folder = installed();
    hclbuild(["init", "."], { cwd: folder });
    appendFileSync(join(folder, package_, "dist/src/provisioner.js"), "// changed\n");
    for (const command of ["validate", "build", "init"]) {
      const result = hclbuild([command, "."], { cwd: folder });
      expect([result.code, codesOf(result)]).toEqual([1, ["plugin/integrity-mismatch"]]);
    }
    expect(hclbuild(["init", "-upgrade", "."], { cwd: folder }).code).toBe(0);
    expect(hclbuild(["validate", "."], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: "The configuration is valid.\n",
    });
  });

  test("plugin/integrity-mismatch: build looks at what the plugin depends on as well", () => {
    const folder = installed();
    hclbuild(["init", "."], { cwd: folder });
    const lock = join(folder, ".hclbuild/plugins/lock.json");
    const text = readFileSync(lock, "utf8").replace(/("@hclbuild\/sdk@0\.1\.0": "sha512-)[^"]*/, "$1changed");
    writeFileSync(lock, text);
    expect(hclbuild(["validate", "."], { cwd: folder }).code).toBe(0);
    const result = hclbuild(["build", "."], { cwd: folder });
    expect([result.code, codesOf(result)]).toEqual([1, ["plugin/integrity-mismatch"]]);
    expect(result.stdout).toContain("Its dependency @hclbuild/sdk@0.1.0");
  });

  test("plugin/not-locked is a warning, and plugin/invalid-lock an error", () => {
    const folder = installed();
    const result = hclbuild(["validate", "."], { cwd: folder });
    expect([result.code, codesOf(result)]).toEqual([0, ["plugin/not-locked"]]);
    writeFileSync(join(folder, ".hclbuild/plugins/lock.json"), "{");
    const broken = hclbuild(["init", "."], { cwd: folder });
    expect(codesOf(broken)).toContain("plugin/invalid-lock");
    expect(readFileSync(join(folder, ".hclbuild/plugins/lock.json"), "utf8")).toBe("{");
  });

  const spoil = (change: (manifest: Record<string, unknown>) => void) => (text: string) => {
    const manifest = JSON.parse(text) as Record<string, unknown>;
    change(manifest);
    return JSON.stringify(manifest);
  };
  test.each<[string, (text: string) => string]>([
    ["it is not JSON", () => "{"],
    ["it describes npm/other/greeting", spoil((manifest) => (manifest["source"] = "npm/other/greeting"))],
    ["it was made for version 0.9.0", spoil((manifest) => (manifest["version"] = "0.9.0"))],
    ["its apiVersion is not 1", spoil((manifest) => (manifest["apiVersion"] = 2))],
    ["entry must be the path", spoil((manifest) => (manifest["entry"] = "./../../x.js"))],
    ["in components[0], kind is none of", spoil((manifest) => (manifest["components"] = [{ kind: "thing" }]))],
    ["must be greeting or", (text) => text.replace('"name": "greeting-text"', '"name": "shell"')],
  ])("plugin/invalid-manifest: %s", (reason, change) => {
    const folder = installed();
    const file = join(folder, package_, "manifest.json");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const result = hclbuild(["init", "."], { cwd: folder });
    expect([result.code, codesOf(result)]).toEqual([1, ["plugin/invalid-manifest"]]);
    expect(result.stdout.replaceAll(/\s+/g, " ")).toContain(reason);
  });

  test.each([
    ["it cannot be parsed", "export const plugin = ;"],
    ["it exports no plugin", "export const other = 1;"],
    ["it exports something else", "export const plugin = {};"],
    ["it lacks a component", "export const plugin = { apiVersion: 1, components: [] };"],
    ["a module of it is missing", 'import "nowhere";'],
  ])("plugin/load-failed: %s", (_why, code) => {
    const folder = installed();
    writeFileSync(join(folder, package_, "dist/src/index.js"), code);
    expect(hclbuild(["init", "."], { cwd: folder }).code).toBe(0);
    expect(hclbuild(["validate", "."], { cwd: folder }).code).toBe(0);
    const { code: exit, stdout } = hclbuild(["build", "."], { cwd: folder });
    expect(exit).toBe(1);
    expect(stdout).toContain("[plugin/load-failed]");
    expect(stdout).not.toContain("fault of hclbuild");
  });
});
