import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting, mistakes } from "../templates.js";

describe("validate", () => {
  test("a valid template", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting });
    expect(hclbuild(["validate", "."], { cwd: folder })).toEqual({
      code: 0,
      stdout: "The configuration is valid.\n",
      stderr: "",
    });
  });

  test("from standard input", () => {
    const { code, stdout } = hclbuild(["validate", "-"], { input: greeting, cwd: makeFolder({}) });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "The configuration is valid.\n" });
  });

  test("the syntax only", () => {
    const folder = makeFolder({ "a.pkr.hcl": mistakes });
    expect(hclbuild(["validate", "-syntax-only", "."], { cwd: folder })).toEqual({
      code: 0,
      stdout: "Syntax-only check passed. Everything looks okay.\n",
      stderr: "",
    });
  });

  test("mistakes: all of them on standard output, with places and suggestions", () => {
    const { code, stdout, stderr } = hclbuild(["validate", "."], { cwd: makeFolder({ "a.pkr.hcl": mistakes }) });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain('  a.pkr.hcl:6:3\n  6 |   comunicator = "none"\n    |   ^^^^^^^^^^^\n');
    expect(stdout).toContain("communicator");
    expect(stdout).toContain("  a.pkr.hcl:13:19\n");
    expect(stdout).toContain("[ref/undeclared-variable]");
    expect(stdout).toMatch(/Did you mean "?image"?\?/);
    expect(stdout).not.toContain("\u001B");
  });

  test("-format=json: the document alone on standard output", () => {
    const { code, stdout, stderr } = hclbuild(["validate", "-format=json", "."], {
      cwd: makeFolder({ "a.pkr.hcl": mistakes }),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const document = JSON.parse(stdout) as {
      format: string;
      diagnostics: { code: string; range: { start: object } }[];
    };
    expect(document.format).toBe("hclbuild.diagnostics/1");
    expect(document.diagnostics.map((item) => item.code)).toContain("ref/undeclared-variable");
  });

  test("-format=json of a valid template", () => {
    const { code, stdout } = hclbuild(["validate", "-format=json", "."], {
      cwd: makeFolder({ "a.pkr.hcl": greeting }),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [] });
  });

  test("-format=sarif", () => {
    const { code, stdout } = hclbuild(["validate", "-format=sarif", "."], {
      cwd: makeFolder({ "a.pkr.hcl": mistakes }),
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "hclbuild" } } }] });
  });

  test("-format=github", () => {
    const { code, stdout } = hclbuild(["validate", "-format=github", "."], {
      cwd: makeFolder({ "a.pkr.hcl": mistakes }),
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=a\.pkr\.hcl,line=6,/m);
  });

  test("-machine-readable", () => {
    const { code, stdout } = hclbuild(["validate", "-machine-readable", "."], {
      cwd: makeFolder({ "a.pkr.hcl": greeting }),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{10},,ui,say,The configuration is valid\.\n$/);
  });

  test("undeclared names in a variable file are warnings, unless they are silenced", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting, "x.pkrvars.hcl": 'greting = "hi"\n' });
    const warned = hclbuild(["validate", "-var-file=x.pkrvars.hcl", "."], { cwd: folder });
    expect(warned.code).toBe(0);
    expect(warned.stdout).toContain("Warning: ");
    expect(warned.stdout).toMatch(/\n\nThe configuration is valid\.\n$/);
    const silent = hclbuild(["validate", "-no-warn-undeclared-var", "-var-file=x.pkrvars.hcl", "."], { cwd: folder });
    expect(silent.stdout).toBe("The configuration is valid.\n");
  });

  test("a path that does not exist", () => {
    const { code, stdout } = hclbuild(["validate", "nowhere"], { cwd: makeFolder({}) });
    expect(code).toBe(1);
    expect(stdout).toContain("[load/not-found]");
  });

  test("a legacy template", () => {
    const { code, stdout } = hclbuild(["validate", "old.json"], { cwd: makeFolder({ "old.json": "{}" }) });
    expect(code).toBe(1);
    expect(stdout).toContain("[load/legacy-template]");
  });

  test("colours only when they are asked for", () => {
    const folder = makeFolder({ "a.pkr.hcl": mistakes });
    expect(hclbuild(["validate", "-color", "."], { cwd: folder }).stdout).toContain("\u001B[");
    expect(hclbuild(["validate", "."], { cwd: folder, env: { FORCE_COLOR: "1" } }).stdout).toContain("\u001B[");
    expect(
      hclbuild(["validate", "-color=false", "."], { cwd: folder, env: { FORCE_COLOR: "1" } }).stdout,
    ).not.toContain("\u001B[");
  });
});
