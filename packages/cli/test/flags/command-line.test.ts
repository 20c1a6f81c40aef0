import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/command-table.js";
import { COMPATIBILITY_LEVEL, HCLBUILD_VERSION } from "../../src/version.js";
import { hclbuild } from "../run-binary.js";

const versionText = `hclbuild v${HCLBUILD_VERSION}\nPacker v${COMPATIBILITY_LEVEL} (compatibility level)\n`;

describe("version", () => {
  test("equals the version of the package", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(HCLBUILD_VERSION).toBe(manifest.version);
  });
  test.each([["version"], ["-v"], ["-version"], ["--version"], ["--v"]])("%s", (word) => {
    expect(hclbuild([word])).toEqual({ code: 0, stdout: versionText, stderr: "" });
  });
  test("before a command drops everything else", () => {
    expect(hclbuild(["--version", "build", "-nonsense"])).toEqual({ code: 0, stdout: versionText, stderr: "" });
  });
  test.each([[["version", "-machine-readable"]], [["-machine-readable", "version"]]])("%j", (argv) => {
    const { code, stdout, stderr } = hclbuild(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replaceAll(/^\d{10},/gm, "TIME,")).toBe(
      "TIME,,version,1.16.0\nTIME,,version-prelease,\nTIME,,version-commit,\nTIME,,hclbuild-version,0.1.0\n",
    );
  });
});

describe("help", () => {
  test("lists the commands that are not hidden", () => {
    const { code, stdout, stderr } = hclbuild(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const listed = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map((match) => match[1]);
    expect(listed).toEqual(commands.filter((command) => !command.hidden).map((command) => command.name));
  });
  test.each([[["help"]], [["-h"]], [["-help"]], [["--help"]]])("%j is the overview", (argv) => {
    expect(hclbuild(argv)).toEqual(hclbuild(["--help"]));
  });
  test.each(commands.map((command) => command.name))("of %s", (name) => {
    const { code, stdout, stderr } = hclbuild([name, "--help"]);
    expect({ code, stderr, usage: stdout.startsWith(`Usage: hclbuild ${name}`) }).toEqual({
      code: 0,
      stderr: "",
      usage: true,
    });
    expect(stdout.split("\n").every((line) => line.length <= 80)).toBe(true);
    expect(hclbuild(["help", name]).stdout).toBe(stdout);
    expect(hclbuild(["--help", name]).stdout).toBe(stdout);
  });
});

describe("a command line that fits no command", () => {
  test.each([[[]], [["-color"]]])("%j: the overview and 127", (argv) => {
    expect(hclbuild(argv)).toEqual({ code: 127, stdout: hclbuild(["--help"]).stdout, stderr: "" });
  });
  test.each([
    ["vaildate", "Did you mean validate? "],
    ["Build", "Did you mean build? "],
    ["bogus", ""],
  ])("%s: the overview and 127, and the word that is wrong", (word, guess) => {
    expect(hclbuild([word, "x"])).toEqual({
      code: 127,
      stdout: hclbuild(["--help"]).stdout,
      stderr:
        `Error: There is no command ${word}. [cli/unknown-command]\n\n` +
        `  ${guess}The commands are listed by:\n\n      hclbuild --help\n`,
    });
  });
  test.each(["---", "-=x"])("a word that is no flag: %s", (word) => {
    const { code, stdout } = hclbuild(["validate", word, "x"]);
    expect(code).toBe(1);
    expect(stdout).toContain(`Error: The word ${word} is not a flag. [cli/bad-flag-syntax]\n`);
    expect(stdout).toContain("A flag is one or two dashes and a name.");
  });
  test.each([
    [["build", "-parallel-builds=many", "x"], "parallel-builds", "many", "an integer"],
    [["validate", "-format=xml", "x"], "format", "xml", "human, json, sarif, github"],
    [["build", "-timeout=soon", "x"], "timeout", "soon", "a positive duration such as 90s or 1h30m"],
    [["validate", "-color=perhaps", "x"], "color", "perhaps", "true or false"],
  ])("%j", (argv, flag, value, expected) => {
    const { code, stdout, stderr } = hclbuild(argv);
    const text = (stdout + stderr).replaceAll(/\s+/g, " ");
    expect(code).toBe(1);
    expect(text).toContain(`Error: The flag -${flag} does not take the value "${value}". [cli/invalid-flag-value]`);
    expect(text).toContain(expected);
  });
  test("a flag before the command", () => {
    expect(hclbuild(["-color=false", "build", "x"])).toEqual({
      code: 1,
      stdout: [
        "Error: The flag -color=false stands before the command.",
        "[cli/flag-before-command]",
        "",
        "  Flags belong after the command:",
        "",
        "      hclbuild build -color=false",
        "",
      ].join("\n"),
      stderr: "",
    });
  });
  test("an unknown flag, with a suggestion", () => {
    const { code, stdout, stderr } = hclbuild(["build", "-vaar", "a=b", "x"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("Error: The command build has no flag -vaar. [cli/unknown-flag]\n");
    expect(stdout).toContain("Did you mean -var?");
  });
  test("a flag without its value", () => {
    const { code, stdout } = hclbuild(["validate", "x", "-var"]);
    expect(code).toBe(1);
    expect(stdout).toContain("Error: The flag -var needs a value. [cli/missing-flag-value]\n");
  });
  test.each([["-format=json"], ["--format=sarif"]])("with %s standard output stays free", (flag) => {
    const { code, stdout, stderr } = hclbuild(["validate", flag, "-nope", "x"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("[cli/unknown-flag]");
  });
  test("a mode that does not exist", () => {
    const { code, stdout } = hclbuild(["build", "-on-error=retry", "x"]);
    expect(code).toBe(1);
    expect(stdout).toContain("cleanup, abort, ask, run-cleanup-provisioner, shell");
  });
  test.each([
    [["build"], "exactly 1 argument, not 0."],
    [["build", "a", "b"], "exactly 1 argument, not 2."],
    [["fmt"], "at least 1 argument, not 0."],
    [["console", "a", "b"], "at most 1 argument, not 2."],
  ])("%j", (argv, text) => {
    const { code, stdout, stderr } = hclbuild(argv);
    expect(code).toBe(1);
    expect((stdout + stderr).replaceAll("\n", " ")).toContain(text);
  });
});

describe("commands that do not exist yet", () => {
  test.each(["fix", "hcl2_upgrade", "plugins", "verify-attestation", "execute", "plugin", "sbom-generate"])(
    "%s",
    (name) => {
      expect(hclbuild([name, "-anything", "x"])).toEqual({
        code: 1,
        stdout: "",
        stderr: `Error: The command ${name} does not exist yet. [cli/not-yet]\n\n  It is planned; until then use Packer for it.\n`,
      });
    },
  );
});
