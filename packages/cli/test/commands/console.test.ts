import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

function piped(input: string, ...args: readonly string[]) {
  return hclbuild(["console", ...args, "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }), input });
}

describe("console from a pipe", () => {
  test("prints the last result only", () => {
    expect(piped("1 + 1\n  local.shout  \n")).toEqual({ code: 0, stdout: "HELLO\n", stderr: "" });
  });
  test("formats collections as Packer does", () => {
    expect(piped('{ b = [1, "x"], a = true }\n').stdout).toBe('{\n  "a" = true\n  "b" = [\n    1,\n    "x",\n  ]\n}\n');
  });
  test("takes variables from flags", () => expect(piped("var.greeting", "-var=greeting=hi").stdout).toBe("hi\n"));
  test("hides secrets", () => expect(piped("var.password").stdout).toBe("<sensitive>\n"));
  test("needs no template", () => {
    expect(hclbuild(["console"], { input: 'upper("a")\n' })).toEqual({ code: 0, stdout: "A\n", stderr: "" });
  });
  test("goes on after a mistake and ends with its code", () => {
    const { code, stdout, stderr } = piped("var.nope\n1 + 1\n");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("  <console>:1:5\n  1 | var.nope\n");
    expect(stdout).toMatch(/\n2\n$/);
  });
  test("lists the variables", () => expect(piped("variables").stdout).toContain('var.greeting: "hello"\n'));
  test("has no data, sources or builds", () => {
    expect(piped("data.http.x").code).toBe(1);
    expect(piped("build.name").code).toBe(1);
  });
  test("a broken template", () => {
    const { code, stdout } = hclbuild(["console", "."], { cwd: makeFolder({ "a.pkr.hcl": "x {\n" }), input: "1" });
    expect(code).toBe(1);
    expect(stdout).toContain("Error: ");
  });
});
