import { describe, expect, it } from "vitest";
import {
  compile,
  inspectModel,
  loadProject,
  renderInspectText,
  type CompileResult,
  type LoadHost,
} from "@hclbuild/compiler";
import { renderText } from "@hclbuild/diagnostics";
import { functionTable } from "@hclbuild/eval/functions";
import { encodeGraph, renderGraph } from "@hclbuild/graph";
import { createFixtureFunctionHost } from "@hclbuild/testkit";
import { registry } from "./registry.js";

interface Placement {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** Compiles texts as if they stood in a folder. */
async function compileTexts(
  files: Readonly<Record<string, string>>,
  placement: Placement = {},
): Promise<CompileResult> {
  const { folder = "/template", environment = {}, flags = [] } = placement;
  const host: LoadHost = {
    cwd: folder,
    readFile: async (path) =>
      files[path.slice(folder.length + 1)] ?? { kind: "failure", reason: "there is no such file" },
    kindOf: async (path) => (path === folder ? "directory" : "file"),
    listFiles: async () => Object.keys(files),
    readStandardInput: async () => "",
  };
  return compile({
    project: await loadProject(host, "."),
    registry,
    functions: functionTable(createFixtureFunctionHost(folder, environment)),
    inputs: { environment, flags },
  });
}

const template = `
variable "by_default" {
  type      = string
  default   = "canary-default"
  sensitive = true
}
variable "by_flag" {
  type      = object({ user = string, passwords = list(string) })
  sensitive = true
}
variable "by_environment" {
  type      = list(string)
  sensitive = true
}
variable "plain" {
  default = "plain-text"
}
local "marked" {
  expression = "canary-local"
  sensitive  = true
}
locals {
  joined  = "\${var.plain}-\${var.by_default}"
  mapped  = { for index, word in var.by_environment : "key-\${index}" => upper(word) }
  nested  = { user = var.by_flag.user, list = [local.marked, var.plain] }
  encoded = base64encode(var.by_default)
  late    = "\${path.root}/\${var.by_default}"
  chosen  = var.by_default == "x" ? "canary-branch" : "other"
}
source "null" "base" {
  ssh_host             = "host.example"
  ssh_username         = var.by_flag.user
  ssh_password         = "canary-literal"
  ssh_keypair_name     = local.marked
}
build {
  sources = ["null.base"]
  provisioner "shell-local" {
    inline = [for password in var.by_flag.passwords : "use \${password} \${local.joined} \${local.encoded} \${local.late}"]
    env    = local.mapped
  }
  provisioner "shell-local" {
    inline           = ["\${local.nested.user} \${local.nested.list[0]} \${local.nested.list[1]} \${local.chosen} \${local.marked}"]
    environment_vars = ["A=\${var.by_flag.user} \${build.ID}", "B=\${trimsuffix(var.by_default, "t")}"]
  }
  dynamic "provisioner" {
    for_each = var.by_environment
    labels   = ["shell-local"]
    content {
      inline = [provisioner.value, "\${provisioner.key}"]
    }
  }
  post-processor "manifest" {
    custom_data = { secret = var.by_default, plain = var.plain }
  }
}
`;

const placement: Placement = {
  environment: { PKR_VAR_by_environment: '["canary-environment"]' },
  flags: ['by_flag={ user = "canary-user", passwords = ["canary-flag"] }'],
};

describe("excerpts of variable files", () => {
  it.each(['{ user = "canary-file" }', "<<EOT\ncanary-file\nEOT", "canary-file"])(
    "show no character of a sensitive variable: %s",
    async (text) => {
      const { diagnostics, sources } = await compileTexts({
        "a.pkr.hcl": 'variable "secret" {\n  type      = number\n  sensitive = true\n}\n',
        "v.auto.pkrvars.hcl": `secret = ${text}\n`,
      });
      expect(diagnostics.map(({ code }) => code)).toContain(
        text === "canary-file" ? "variable/invalid-expression" : "variable/invalid-value",
      );
      const shown = renderText(diagnostics, { sources });
      expect(shown).toContain("1 | secret = ");
      expect(shown).not.toContain("canary");
    },
  );
});

describe("excerpts of templates", () => {
  const native = (type: string, text: string): string =>
    `variable "s" {\n  sensitive = true\n  type = ${type}\n  default = ${text}\n}\n`;

  it.each([
    [native("number", '"canary-text"'), "variable/invalid-default"],
    [native("list(number)", '["1", "canary-text"]'), "variable/invalid-default"],
    [native("number", "<<EOT\ncanary-text\nEOT"), "variable/invalid-default"],
    [native("string", '"x" + "canary-text"'), "eval/invalid-operand"],
    [native("string", 'upper("canary-text")'), "eval/unknown-function"],
    [native("string", '{ a = "canary-text" }'), "variable/invalid-default"],
    [native("string", '"canary-text'), "syntax/unclosed-string"],
    [native("string", '["canary-text", "canary-more"'), "syntax/mismatched-bracket"],
    [native("string", '"canary-text" "canary-more"'), "syntax/line-end-after-attribute"],
    [native("number", '"canary-text"').replace("true", "tru"), "variable/invalid-default"],
    [
      `variable "s" {
  default   = "canary-text"
  sensitive = true
  validation {
    condition     = length(var.s) < 3
    error_message = "It is too long."
  }
}`,
      "variable/validation-failed",
    ],
    ['local "s" {\n  expression = "canary-text" + 1\n  sensitive = true\n}\n', "eval/invalid-operand"],
  ])("show no literal of what is sensitive: %j", async (text, code) => {
    const { diagnostics, sources } = await compileTexts({ "a.pkr.hcl": text });
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    const shown = renderText(diagnostics, { sources });
    expect(shown).toContain("*****");
    expect(shown).not.toContain("canary");
  });

  it("show no literal of what is sensitive in JSON", async () => {
    const variable = { sensitive: true, type: "number", default: "canary-text" };
    const { diagnostics, sources } = await compileTexts({
      "a.pkr.json": JSON.stringify({ variable: { s: variable } }),
    });
    const shown = renderText(diagnostics, { sources });
    expect(shown).toContain('"********"');
    expect(shown).not.toContain("canary");
  });

  it("show what is not sensitive", async () => {
    const text = native("number", '"plain-text"').replace("true", "false");
    const { diagnostics, sources } = await compileTexts({ "a.pkr.hcl": text });
    expect(renderText(diagnostics, { sources })).toContain('default = "plain-text"');
  });
});

describe("sensitive values", () => {
  it("are in no form of the graph and of inspect, and in the inputs instead", async () => {
    const result = await compileTexts({ "main.pkr.hcl": template }, placement);
    expect(result.diagnostics).toEqual([]);
    if (result.graph === undefined) throw new Error("there is no graph");
    const shown = [
      encodeGraph(result.graph),
      ...(["text", "dot", "mermaid"] as const).map((format) =>
        renderGraph(result.graph as NonNullable<typeof result.graph>, format),
      ),
      JSON.stringify(inspectModel(result)),
      renderInspectText(result),
    ].join("\n");
    for (const form of ["canary", "CANARY", "Y2FuYXJ5", "-default"]) expect(shown.includes(form), form).toBe(false);
    expect(shown).toContain("plain-text");
    expect([...result.inputs.keys()].filter((address) => address.startsWith("var."))).toEqual([
      "var.by_default",
      "var.by_flag",
      "var.by_environment",
    ]);
    expect([...result.inputs.keys()]).toContain("build/source.null.base#/ssh_password");
  });

  it("are in no diagnostic and no excerpt", async () => {
    const wrong = template
      .replace('communicator = "none"', "")
      .replace(
        'default   = "canary-default"',
        'default = "canary-default"\n  validation {\n    condition = length(var.by_default) < 3\n    error_message = "It is too long."\n  }',
      );
    const result = await compileTexts(
      { "main.pkr.hcl": `${wrong}\nlocals {\n  bad = var.by_flag.usr\n  worse = parseint(var.by_default, 10)\n}\n` },
      { ...placement, flags: ['by_flag={ user = "canary-user", passwords = "canary-wrong" }'] },
    );
    expect(result.diagnostics.length).toBeGreaterThan(2);
    expect(JSON.stringify(result.diagnostics)).not.toContain("canary");
    const flagText = [...result.sources].find((source) => source.name.includes("by_flag"));
    expect(flagText?.text).not.toContain("canary");
  });
});

describe("the graph", () => {
  it("has the same bytes wherever the template lies", async () => {
    const [here, there] = await Promise.all(
      ["/template", "/some/where/else"].map((folder) =>
        compileTexts({ "main.pkr.hcl": template }, { ...placement, folder }),
      ),
    );
    expect(here?.graph === undefined ? "" : encodeGraph(here.graph)).not.toBe("");
    expect(there?.graph === undefined ? "" : encodeGraph(there.graph)).toBe(
      here?.graph === undefined ? "" : encodeGraph(here.graph),
    );
  });

  it("is known up to machine outputs once data is there", async () => {
    const files = {
      "main.pkr.hcl": `
data "http" "x" {
  url = "https://example.org"
}
locals {
  words = split(" ", data.http.x.body)
}
source "null" "base" {
  communicator = "none"
}
build {
  sources = ["null.base"]
  dynamic "provisioner" {
    for_each = local.words
    labels   = ["shell-local"]
    content {
      inline = ["echo \${provisioner.value} \${build.ID}"]
    }
  }
}
`,
    };
    const first = await compileTexts(files);
    expect(first.graph?.nodes.map((node) => `${node.kind} ${node.id}`)).toEqual([
      "effect data.http.x",
      "value local.words",
      "deferred deferred.build-0/dynamic",
      "machine build/source.null.base",
    ]);
  });
});

describe("a value of a sensitive variable that is no expression", () => {
  const declaration = `variable "a" {
  type      = list(string)
  sensitive = true
}
`;
  const broken = [
    '["canary"',
    "[canary()]",
    "canary one",
    "[canary]",
    '["canary\\q"]',
    '[ "${canary',
    "{ canary = ]",
    "canary",
  ];

  async function told(files: Readonly<Record<string, string>>, placement: Placement = {}): Promise<string> {
    const { diagnostics, sources } = await compileTexts({ "main.pkr.hcl": declaration, ...files }, placement);
    const codes = diagnostics.filter(({ code }) => code !== "config/missing-build").map(({ code }) => code);
    expect(codes).toEqual(["variable/invalid-expression"]);
    return JSON.stringify(diagnostics) + renderText(diagnostics, { sources });
  }

  it.each(broken)("is named without its text when %s comes from a flag or the environment", async (text) => {
    const byFlag = await told({}, { flags: [`a=${text}`] });
    expect(byFlag).toContain('The value of the variable \\"a\\" cannot be read.');
    expect(byFlag).toContain("from the flag -var");
    expect(byFlag).not.toContain("canary");
    const byEnvironment = await told({}, { environment: { PKR_VAR_a: text } });
    expect(byEnvironment).toContain("from the environment");
    expect(byEnvironment).not.toContain("canary");
  });

  it.each([
    ["x.auto.pkrvars.hcl", "a = canary canary2"],
    ["x.auto.pkrvars.hcl", 'a = ["canary'],
    ["x.auto.pkrvars.hcl", "a = canary()"],
    ["x.auto.pkrvars.hcl", 'a = "canary\\qcanary"'],
    ["x.auto.pkrvars.json", '{"a":canary}'],
    ["x.auto.pkrvars.json", '{"a":["${canary()}"]}'],
    ["x.auto.pkrvars.json", '{"a":"canary'],
  ])("is named without its text in %s: %s", async (name, text) => {
    const said = await told({ [name]: text });
    expect(said).toContain("from x.auto.pkrvars");
    expect(said).not.toContain("canary");
  });
});

describe("mistakes in what is declared sensitive", () => {
  it.each([
    [
      'variable "a" {\n  default   = "canary"\n  sensitive = true\n  validation {\n    condition     = var.a.x\n    error_message = "Bad."\n  }\n}',
    ],
    ['variable "a" {\n  default   = [for x in ["canary"] : x.y]\n  sensitive = true\n}'],
    ['variable "a" {\n  default   = upper("canary", 1)\n  sensitive = true\n}'],
    ['variable "a" {\n  default   = canary\n  sensitive = true\n}'],
    ['variable "a" {\n  type      = map(string)\n  default   = { "canary" = [] }\n  sensitive = true\n}'],
    ['local "a" {\n  expression = file("canary")\n  sensitive  = true\n}'],
    ['local "a" {\n  expression = [for x in ["canary"] : x.y]\n  sensitive  = true\n}'],
    ['local "a" {\n  expression = issensitive("canary") ? 1 : tonumber("canary")\n  sensitive  = true\n}'],
    ['local "a" {\n  expression = "canary" + 1\n  sensitive  = true\n}'],
    ['variable "a" {\n  type      = map(string)\n  sensitive = true\n}', 'a={ "canary" = [] }'],
  ])("show nothing of it: %s", async (text, flag?: string) => {
    const placement = flag === undefined ? {} : { flags: [flag] };
    const { diagnostics, sources } = await compileTexts({ "main.pkr.hcl": `${text}\n` }, placement);
    expect(diagnostics.filter(({ code }) => code !== "config/missing-build")).not.toEqual([]);
    expect(JSON.stringify(diagnostics) + renderText(diagnostics, { sources })).not.toContain("canary");
  });
});
