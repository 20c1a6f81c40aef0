import { describe, expect, it } from "vitest";
import { compile, loadProject, type CompileResult, type LoadHost, type Project } from "@hclbuild/compiler";
import { functionTable } from "@hclbuild/eval/functions";
import { encodeGraph, renderGraph } from "@hclbuild/graph";
import { createFixtureFunctionHost } from "@hclbuild/testkit";
import { asText, mapValue, markValue, objectValue, stringType, stringValue, type Value } from "@hclbuild/value";
import { registry } from "./registry.js";

async function load(text: string): Promise<Project> {
  const host: LoadHost = {
    cwd: "/template",
    readFile: async () => text,
    kindOf: async () => "directory",
    listFiles: async () => ["main.pkr.hcl"],
    readStandardInput: async () => text,
  };
  return loadProject(host, ".");
}

function compileWith(project: Project, effects: ReadonlyMap<string, Value> = new Map()): CompileResult {
  return compile({ project, registry, functions: functionTable(createFixtureFunctionHost("/template", {})), effects });
}

const text = (result: CompileResult): string =>
  result.graph === undefined ? JSON.stringify(result.diagnostics) : renderGraph(result.graph, "text");

describe("the second phase", () => {
  const template = `
data "external" "hosts" {
  program = ["./hosts.sh"]
}
locals {
  names = keys(data.external.hosts.result)
}
source "null" "base" {
  communicator = "none"
}
build {
  sources = ["null.base"]
  dynamic "provisioner" {
    for_each = local.names
    labels   = ["shell-local"]
    content {
      name   = provisioner.value
      inline = ["echo \${provisioner.value} \${data.external.hosts.result[provisioner.value]} \${build.ID}"]
    }
  }
}
`;

  it.each([
    ["number", 'for_each = data.null.posts.output == "" ? [] : [1]', 'labels = ["manifest"]'],
    ["kind", "for_each = [1]", "labels = [data.null.posts.output]"],
  ])("is there for chains whose %s of post-processors is open", async (_, forEach, labels) => {
    const project = await load(`
data "null" "posts" {
  input = "manifest"
}
source "null" "base" {
  communicator = "none"
}
build {
  sources = ["null.base"]
  post-processors {
    dynamic "post-processor" {
      ${forEach}
      ${labels}
      content {
      }
    }
  }
}
`);
    expect(text(compileWith(project))).toContain("deferred deferred.build-0/dynamic = [data.null.posts]");
    const effects = new Map([["data.null.posts", objectValue({ output: stringValue("manifest") })]]);
    const second = text(compileWith(project, effects));
    expect(second).toContain("post build/source.null.base/post.0.0: post-processor manifest");
    expect(second).not.toContain("deferred");
  });

  it("knows everything but machine outputs", async () => {
    const project = await load(template);
    expect(text(compileWith(project))).toContain("deferred deferred.build-0/dynamic = [local.names]");
    const result = mapValue(stringType, { alpha: stringValue("10.0.0.1"), beta: stringValue("10.0.0.2") });
    const effects = new Map([["data.external.hosts", objectValue({ result })]]);
    expect(text(compileWith(project, effects))).toBe(`machine build/source.null.base: builder null
  build "null.base" of source "base"
  communicator = "none"
  step build/source.null.base/provisioner.0: provisioner shell-local
    name "alpha"
    inline = ["echo alpha 10.0.0.1 \${build/source.null.base.ID}"]
  step build/source.null.base/provisioner.1: provisioner shell-local
    name "beta"
    inline = ["echo beta 10.0.0.2 \${build/source.null.base.ID}"]

root build/source.null.base
`);
  });
});

describe("functions that ask services", () => {
  const template = `
variable "hidden" {
  default   = "secret/path"
  sensitive = true
}
locals {
  password = vault("secret/data/app", "password")
  again    = "x\${vault("secret/data/app", "password")}"
  region   = consul_key("region")
  unused   = consul_key("never/asked")
}
source "null" "base" {
  ssh_host     = local.region
  ssh_username = "root"
  ssh_password = local.password
}
build {
  sources = ["null.base"]
  provisioner "shell-local" {
    inline = ["use \${local.again}", vault(var.hidden, "x")]
  }
}
`;

  it("are named once for each question, and only when their answer is needed", async () => {
    const result = compileWith(await load(template));
    expect(result.diagnostics).toEqual([]);
    expect(result.effectCalls.map(({ name, args }) => [name, ...args.map(asText)])).toEqual([
      ["vault", "secret/data/app", "password"],
      ["consul_key", "region"],
    ]);
  });

  it("have their answers in the second compilation, secrets by name", async () => {
    const project = await load(template);
    const answers: Readonly<Record<string, Value>> = {
      vault: markValue(stringValue("canary"), "sensitive"),
      consul_key: stringValue("eu-central"),
    };
    const effects = new Map(compileWith(project).effectCalls.map(({ id, name }) => [id, answers[name] as Value]));
    const result = compileWith(project, effects);
    expect(result.diagnostics).toEqual([]);
    expect(result.effectCalls).toEqual([]);
    const graph = result.graph === undefined ? "" : encodeGraph(result.graph);
    expect(graph).not.toContain("canary");
    expect(graph).toContain("eu-central");
    const secret = [...effects.keys()].find((id) => id.startsWith("effect.vault.")) as string;
    expect(graph).toContain(`"$input": "${secret}"`);
    expect(result.inputs.get(secret)).toBe(effects.get(secret));
  });
});
