import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "./run-binary.js";

/** Locals each of which uses the one before twice. */
const doubled = (use: (name: string) => string): string =>
  `locals {\n  a0 = "xxxxxxxxxxxxxxxx"\n${Array.from({ length: 60 }, (_, index) => `  a${index + 1} = ${use(`local.a${index}`)}\n`).join("")}}\n`;

const optional = Array.from({ length: 2000 }, (_, index) => `a${index} = optional(string, "x")`).join(", ");

/** Templates that would take all memory, all time or all stack, and what is said about each. */
const templates: readonly (readonly [string, string, string])[] = [
  ["lists that double", doubled((name) => `[${name}, ${name}]`), "eval/limit-exceeded"],
  ["objects that double", doubled((name) => `{ a = ${name}, b = ${name} }`), "eval/limit-exceeded"],
  ["strings that double", doubled((name) => `"\${${name}}\${${name}}"`), "eval/limit-exceeded"],
  ["joins that double", doubled((name) => `join("", [${name}, ${name}])`), "eval/limit-exceeded"],
  ["concatenations that double", doubled((name) => `concat([${name}], [${name}])`), "eval/limit-exceeded"],
  [
    "loops in loops",
    `locals {\n  a = ${"[for i in range(1000) : ".repeat(4)}i${"]".repeat(4)}\n}\n`,
    "eval/limit-exceeded",
  ],
  ["a device", 'locals {\n  a = file("/dev/zero")\n}\n', "eval/invalid-argument"],
  ["a row of splats", `locals {\n  a = var${"[*]".repeat(100_000)}\n}\n`, "syntax/too-deeply-nested"],
  ["brackets", `locals {\n  a = ${"[".repeat(100_000)}\n}\n`, "syntax/too-deeply-nested"],
  ["tokens", `locals {\n  a = [${"1,".repeat(1_100_000)}1]\n}\n`, "syntax/too-large"],
  [
    "a default that is filled in",
    `variable "a" {\n  type    = list(object({ ${optional} }))\n  default = [${"{},".repeat(5000)}]\n}\n`,
    "variable/invalid-default",
  ],
  [
    "many secrets and several mistakes",
    `local "a" {\n  sensitive  = true\n  expression = [\n${'    "secret",\n'.repeat(30_000)}  ]\n}\nlocals {\n  b = nope\n  c = nope\n  d = nope\n}\n`,
    "eval/unknown-variable",
  ],
  [
    "a mistake in a very long line",
    `locals {\n  a = "${"\u00fc ".repeat(1_000_000)}" + nope\n}\n`,
    "eval/unknown-variable",
  ],
  ["strings with carriage returns", 'a = "x\ry"\n'.repeat(30_000), "syntax/unexpected-character"],
  ["triple quotes", 'a = """x"""\n'.repeat(30_000), "syntax/triple-quotes"],
];

describe("hostile templates end with a diagnostic", { timeout: 120_000 }, () => {
  test.each(templates)("%s", (_, template, code) => {
    const { code: exit, stdout, stderr } = hclbuild(["validate", "."], { cwd: makeFolder({ "a.pkr.hcl": template }) });
    expect(stdout).toContain(`[${code}]`);
    expect({ exit, stderr, isInternal: stdout.includes("Internal error") }).toEqual({
      exit: 1,
      stderr: "",
      isInternal: false,
    });
    expect(stdout.length).toBeLessThan(20_000);
  });

  // Neither of them ends.
  test.skipIf(process.platform === "win32")("devices in the place of templates and variable files", () => {
    const cwd = makeFolder({ "a.pkr.hcl": 'variable "a" {\n  default = 1\n}\n' });
    symlinkSync("/dev/zero", join(cwd, "zero.pkrvars.hcl"));
    symlinkSync("/dev/zero", join(cwd, "zero.pkr.hcl"));
    for (const args of [["zero.pkr.hcl"], ["-var-file=zero.pkrvars.hcl", "a.pkr.hcl"]]) {
      const { code, stdout } = hclbuild(["validate", ...args], { cwd });
      expect(stdout).toContain("[load/not-text]");
      expect(code).toBe(1);
    }
  });

  test("a variable file that nests", () => {
    const cwd = makeFolder({
      "a.pkr.hcl": 'variable "a" {\n  type    = any\n  default = 1\n}\n',
      "a.json": `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    });
    const { code, stdout } = hclbuild(["validate", "-var-file=a.json", "."], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("[syntax/json-too-deeply-nested]");
  });
});

describe("large templates are read", { timeout: 120_000 }, () => {
  const null1 = 'source "null" "a" {\n  communicator = "none"\n}\nbuild {\n  sources = ["null.a"]\n}\n';
  test.each([
    ["a string of ten megabytes", `locals {\n  a = "${"x".repeat(10_000_000)}"\n}\n`],
    [
      "50 000 blocks",
      Array.from({ length: 50_000 }, (_, index) => `variable "v${index}" {\n  default = 1\n}\n`).join(""),
    ],
    ["a loop over 100 000 elements", `locals {\n  a = [for c in split("", "${"x".repeat(100_000)}") : "\${c}-"]\n}\n`],
  ])("%s", (_, template) => {
    const { code, stderr } = hclbuild(["validate", "."], { cwd: makeFolder({ "a.pkr.hcl": null1 + template }) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
