import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

test("lists every component", () => {
  const { code, stdout, stderr } = hclbuild(["schema"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of [
    "builder docker ",
    "builder null ",
    "provisioner shell ",
    "post-processor manifest ",
    "data-source http ",
  ]) {
    expect(stdout.split("\n").filter((line) => line.startsWith(name))).toHaveLength(1);
  }
});

test("prints a component's schema in both modes", () => {
  const authoring = JSON.parse(hclbuild(["schema", "builder", "docker"]).stdout) as Record<string, unknown>;
  const strict = JSON.parse(hclbuild(["schema", "-mode=strict", "builder", "docker"]).stdout) as Record<
    string,
    unknown
  >;
  expect(authoring).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", title: "builder docker" });
  expect(strict).toMatchObject({ title: "builder docker" });
  expect(authoring).not.toEqual(strict);
});

test("refuses a name after template, which has none", () => {
  const { code, stdout, stderr } = hclbuild(["schema", "template", "foo"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(
    "The command schema template takes no arguments, not 1. [cli/wrong-argument-count]",
  );
});

test("prints the schema of a template's variables", () => {
  const { code, stdout } = hclbuild(["schema", "variables", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
  expect(code).toBe(0);
  expect(Object.keys((JSON.parse(stdout) as { properties: object }).properties)).toEqual(
    expect.arrayContaining(["greeting", "password"]),
  );
  expect(stdout).not.toContain("correct horse");
});

test("tells defaults of variables, but none that is secret or differs between machines", () => {
  const template = `variable "size" {
  default = 3
}
variable "disk" {
  type    = object({ name = string, mounts = optional(tuple([string, bool])) })
  default = { name = "root" }
}
variable "home" {
  default = env("HOME")
}
variable "secret" {
  default   = "canary"
  sensitive = true
}
`;
  const { stdout } = hclbuild(["schema", "variables", "."], { cwd: makeFolder({ "a.pkr.hcl": template }) });
  const { properties } = JSON.parse(stdout) as { properties: Record<string, Record<string, unknown>> };
  expect(properties["size"]).toMatchObject({ default: 3 });
  expect(properties["disk"]).toMatchObject({ default: { name: "root", mounts: null }, required: ["name"] });
  expect(properties["home"]).not.toHaveProperty("default");
  expect(properties["secret"]).not.toHaveProperty("default");
});

test("writes all schemas into a folder", () => {
  const folder = makeFolder({});
  expect(hclbuild(["schema", "-out", "all"], { cwd: folder })).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(existsSync(join(folder, "all/components/builder-docker.schema.json"))).toBe(true);
  expect(readFileSync(join(folder, "all/template.schema.json"), "utf8")).toBe(hclbuild(["schema", "template"]).stdout);
});

test("writes the schema of a template's variable files beside the others, and tells editors of it", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  const run = hclbuild(["schema", "-out", "all", "variables", "."], { cwd: folder });
  expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
  const written = (name: string): string => readFileSync(join(folder, "all", name), "utf8");
  expect(written("variables.schema.json")).toBe(hclbuild(["schema", "variables", "."], { cwd: folder }).stdout);
  expect(JSON.parse(written("index.json"))).toEqual({
    "json.schemas": [
      { fileMatch: ["*.pkr.json"], url: "./template.schema.json" },
      { fileMatch: ["*.pkrvars.json"], url: "./variables.schema.json" },
    ],
  });
  expect(existsSync(join(folder, "all/components/builder-docker.schema.json"))).toBe(true);
});

test("writes nothing when a single schema is named beside a folder, or when the template is wrong", () => {
  const folder = makeFolder({ "a.pkr.hcl": "variable {\n" });
  const single = hclbuild(["schema", "-out", "all", "builder", "docker"], { cwd: folder });
  expect({ code: single.code, stdout: single.stdout }).toEqual({ code: 1, stdout: "" });
  expect(single.stderr).toContain(
    'With -out, all schemas are written, not only "builder docker".\n[cli/schema-with-folder]',
  );
  expect(single.stderr).toContain("    hclbuild schema -out all variables TEMPLATE\n");
  expect(hclbuild(["schema", "-out", "all", "variables", "."], { cwd: folder }).code).toBe(1);
  expect(existsSync(join(folder, "all"))).toBe(false);
});

test("suggests names", () => {
  const component = hclbuild(["schema", "builder", "doker"]);
  expect({ code: component.code, stdout: component.stdout }).toEqual({ code: 1, stdout: "" });
  expect(component.stderr).toContain("There is no builder called doker. [cli/unknown-component]\n");
  expect(component.stderr).toContain("Did you mean docker?");
  const kind = hclbuild(["schema", "bilder", "docker"]);
  expect({ code: kind.code, stdout: kind.stdout }).toEqual({ code: 1, stdout: "" });
  expect(kind.stderr).toContain("There is no schema of the kind bilder. [cli/unknown-schema]\n");
  expect(kind.stderr).toContain("Did you mean builder?");
});

test("asks for the name that is missing after a kind", () => {
  const { code, stdout, stderr } = hclbuild(["schema", "builder"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("The command schema builder takes exactly 1 argument, not 0.");
  expect(stderr).toContain("[cli/wrong-argument-count]");
  expect(stderr).toContain("hclbuild schema builder NAME\n");
});
