import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";

const requires = (name: string, source: string, version: string) => `packer {
  required_plugins {
    ${name} = {
      source  = "${source}"
      version = "${version}"
    }
  }
}
`;

test("a built-in plugin", () => {
  const folder = makeFolder({ "a.pkr.hcl": requires("docker", "github.com/hashicorp/docker", ">= 1.0.0") });
  expect(hclbuild(["init", "."], { cwd: folder })).toEqual({
    code: 0,
    stdout: "docker: github.com/hashicorp/docker is built in, compatible with version 1.1.5 (required: >= 1.0.0)\n",
    stderr: "",
  });
  expect(hclbuild(["init", "-upgrade", "-force", "."], { cwd: folder }).code).toBe(0);
});

test("a constraint that a built-in plugin does not meet is a warning", () => {
  const folder = makeFolder({ "a.pkr.hcl": requires("docker", "github.com/hashicorp/docker", ">= 99.0.0") });
  const { code, stdout } = hclbuild(["init", "."], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain("Warning: ");
  expect(stdout).toContain("[config/plugin-version]");
});

test("a plugin that is not there is named, at its place", () => {
  const folder = makeFolder({ "a.pkr.hcl": requires("happy", "github.com/example/happy", "~> 2.1") });
  const { code, stdout, stderr } = hclbuild(["init", "."], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain("[cli/missing-plugin]");
  expect(stdout).toContain("  a.pkr.hcl:3:5\n  3 |     happy = {\n    |     ^^^^^\n");
});

test("a template without requirements", () => {
  const folder = makeFolder({ "a.pkr.hcl": "" });
  expect(hclbuild(["init", "."], { cwd: folder })).toEqual({
    code: 0,
    stdout: "The template requires no plugins, so there is nothing to check.\n",
    stderr: "",
  });
});
