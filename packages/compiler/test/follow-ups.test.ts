import { describe, expect, it } from "vitest";
import { compile, loadProject, type LoadHost } from "@hclbuild/compiler";
import { functionTable } from "@hclbuild/eval/functions";
import { createFixtureFunctionHost } from "@hclbuild/testkit";
import { registry } from "./registry.js";

/** The codes of everything that is wrong with one file. */
async function codesOf(text: string, name = "main.pkr.hcl", environment = {}): Promise<readonly string[]> {
  const host: LoadHost = {
    cwd: "/template",
    readFile: async () => text,
    kindOf: async () => "file",
    listFiles: async () => [],
    readStandardInput: async () => "",
  };
  const { diagnostics } = compile({
    project: await loadProject(host, name),
    registry,
    functions: functionTable(createFixtureFunctionHost("/template", environment)),
    inputs: { environment },
  });
  return diagnostics.map(({ code }) => code);
}

const source = 'source "null" "n" {\n  communicator = "none"\n}\n';
const build = 'build {\n  sources = ["null.n"]\n}\n';

describe("one mistake is one diagnostic", () => {
  it.each([
    ["a string is not closed", "syntax/unclosed-string", `${source}build {\n  sources = ["null.n]\n}\n`],
    ["an equals sign is missing", "syntax/incomplete-item", `${source}build {\n  sources ["null.n"]\n}\n`],
    ["quotes are typographic", "syntax/unexpected-character", `${source}build {\n  sources = [“null.n”]\n}\n`],
    [
      "calls are nested too deeply",
      "syntax/too-deeply-nested",
      `locals {\n  a = ${"upper(".repeat(120)}"x"${")".repeat(120)}\n}\n`,
    ],
    [
      "an option has no equals sign",
      "syntax/block-without-brace",
      `source "docker" "n" {\n  image "busybox"\n  commit = true\n}\n`,
    ],
    [
      "an equals sign is missing in a step",
      "syntax/block-without-brace",
      `${source}build {\n  sources = ["null.n"]\n  provisioner "file" {\n    destination = "/d"\n    content "x"\n  }\n}\n`,
    ],
    ["a default has no equals sign", "syntax/block-without-brace", `variable "a" {\n  default "x"\n}\n`],
    [
      "a header is not closed",
      "syntax/unclosed-string",
      `variable "a {\n  default = "x"\n}\nlocals {\n  b = var.a\n}\n`,
    ],
    ["a type of block is mistyped", "schema/unsupported-block", `sorce "null" "n" {\n}\n${build}`],
    [
      "a variable's block is mistyped",
      "schema/unsupported-block",
      `varable "a" {\n  default = 1\n}\nlocals {\n  b = var.a\n}\n${source}${build}`,
    ],
    [
      "a version is not closed",
      "syntax/unclosed-string",
      `packer {\n  required_version = ">= 1.0\n}\n${source}${build}`,
    ],
    [
      "a requirement is not closed",
      "syntax/unclosed-string",
      `packer {\n  required_plugins {\n    d = {\n      source = "a.b/c/d\n      version = "1"\n    }\n  }\n}\n${source}${build}`,
    ],
    ["a type is not closed", "syntax/missing-separator", 'variable "a" {\n  type = list(string\n  default = []\n}\n'],
    ["a type is mistyped", "eval/invalid-type", 'variable "a" {\n  type = strin\n}\n'],
    ["a type is not possible", "eval/invalid-type", 'variable "a" {\n  type = optional(string)\n}\n'],
    ["there is no build", "config/missing-build", source],
    ["a variable has no value", "variable/unset", `variable "a" {\n}\n${source}${build}`],
    ["there is no such source", "config/unknown-source", build],
    [
      "a message is no sentence, and its rule does not hold",
      "variable/error-message-form",
      `variable "a" {\n  default = 1\n  validation {\n    condition     = var.a == 2\n    error_message = "bad"\n  }\n}\n${source}${build}`,
    ],
  ])("%s: %s", async (_, code, text) => {
    expect(await codesOf(text)).toEqual([code]);
  });

  it.each([
    ["a number has a leading zero", "syntax/json-invalid-number", '{"a": 01}'],
    ["the file holds a text", "syntax/json-root", '"x"'],
    ["the file holds null", "syntax/json-root", "null"],
    [
      "a template is broken",
      "syntax/invalid-attribute-access",
      '{"source":{"null":{"n":{"communicator":"none"}}},"build":{"sources":["null.n"],' +
        '"provisioner":{"shell-local":{"inline":["echo ${var."]}}}}',
    ],
    [
      "a step is written as in legacy templates",
      "schema/not-an-object",
      '{"source":{"null":{"n":{"communicator":"none"}}},"build":{"sources":["null.n"],' +
        '"provisioner":[{"inline":["echo"],"only":["null.n"],"type":"shell-local"}]}}',
    ],
  ])("in JSON, %s: %s", async (_, code, text) => {
    expect(await codesOf(text, "main.pkr.json")).toEqual([code]);
  });

  it("a value of the environment is broken", async () => {
    const text = `variable "a" {\n  type = list(string)\n}\n${source}${build}`;
    expect(await codesOf(text, "main.pkr.hcl", { PKR_VAR_a: "[q" })).toEqual(["syntax/unclosed-bracket"]);
  });
});

describe("mistakes that do not depend on each other are all reported", () => {
  it("beside a syntax error", async () => {
    const text = `locals {\n  a = upper(1, 2)\n  b = "x\n}\n${source}build {\n  sources = ["null.n"]\n  name = [1]\n}\n`;
    expect(await codesOf(text)).toEqual(["eval/extra-argument", "syntax/unclosed-string", "config/invalid-argument"]);
  });

  it("beside a value of the environment that is broken", async () => {
    const text = `variable "a" {\n  type = list(string)\n}\nlocals {\n  b = local.c\n}\n${source}${build}`;
    const codes = await codesOf(text, "main.pkr.hcl", { PKR_VAR_a: "[q" });
    expect(codes).toHaveLength(2);
    expect(codes).toEqual(expect.arrayContaining(["ref/undeclared-local", "syntax/unclosed-bracket"]));
  });

  it("of names and values", async () => {
    const text = `variable "a" {\n}\nlocals {\n  b = local.c\n}\n${source}build {\n  sources = ["null.m"]\n}\n`;
    expect(await codesOf(text)).toEqual(["variable/unset", "ref/undeclared-local", "config/unknown-source"]);
  });
});
