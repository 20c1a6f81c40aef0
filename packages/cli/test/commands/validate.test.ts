import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { binary, hclbuild, makeFolder } from "../run-binary.js";
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

  describe("files are named from the working directory, wherever the template is", () => {
    const files = {
      "images/web/a.pkr.hcl": mistakes,
      "images/web/x.auto.pkrvars.hcl": "image = [\n",
      "vars/v.pkrvars.hcl": "surplus = 1\n",
      "elsewhere/README": "",
    };
    const varFile = "-var-file=vars/v.pkrvars.hcl";

    test.each([
      ["human", /^ {2}images\/web\/a\.pkr\.hcl:6:3$/m],
      ["json", /"file": ?"images\/web\/a\.pkr\.hcl"/],
      ["github", /^::error file=images\/web\/a\.pkr\.hcl,line=6,/m],
      ["sarif", /"uri": "images\/web\/a\.pkr\.hcl"/],
    ])("-format=%s", (format, expected) => {
      const folder = makeFolder(files);
      for (const path of ["images/web", "./images/web/", join(folder, "images/web"), "images/web/a.pkr.hcl"]) {
        expect(hclbuild(["validate", `-format=${format}`, path], { cwd: folder }).stdout).toMatch(expected);
      }
    });

    test("variable files too", () => {
      const { stdout } = hclbuild(["validate", varFile, "images/web"], { cwd: makeFolder(files) });
      expect(stdout).toMatch(/^ {2}images\/web\/x\.auto\.pkrvars\.hcl:2:1$/m);
      expect(stdout).toMatch(/^ {2}vars\/v\.pkrvars\.hcl:1:1$/m);
    });

    test("outside of the working directory as they were written", () => {
      const folder = makeFolder(files);
      const cwd = join(folder, "elsewhere");
      const relative = hclbuild(["validate", "../images/web"], { cwd }).stdout;
      expect(relative).toContain("\n  ../images/web/a.pkr.hcl:6:3\n");
      const absolute = hclbuild(["validate", join(folder, "images/web")], { cwd }).stdout;
      expect(absolute).toContain(`\n  ${join(folder, "images/web/a.pkr.hcl")}:6:3\n`);
    });

    test.each([
      ["build", "images/web"],
      ["build", "-format=ndjson", "images/web"],
      ["inspect", "images/web"],
      ["graph", "images/web"],
      ["init", "images/web"],
      ["schema", "variables", "images/web"],
    ])("%s %s", (...args) => {
      const { code, stdout, stderr } = hclbuild(args, { cwd: makeFolder(files) });
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("images/web/x.auto.pkrvars.hcl");
    });

    test("the graph does not depend on it", () => {
      const folder = makeFolder({ "images/web/a.pkr.hcl": greeting });
      const graph = (cwd: string, path: string): string =>
        hclbuild(["graph", "-format=json", path], { cwd: join(folder, cwd) }).stdout;
      const inside = graph("images/web", ".");
      expect(inside).toContain('"a.pkr.hcl"');
      expect(graph(".", "images/web")).toBe(inside);
      expect(graph("images", "../images/web")).toBe(inside);
    });
  });

  test("-machine-readable", () => {
    const { code, stdout } = hclbuild(["validate", "-machine-readable", "."], {
      cwd: makeFolder({ "a.pkr.hcl": greeting }),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{10},,ui,say,The configuration is valid\.\n$/);
  });

  test.each(["validate", "build"])("-strict-vars: undeclared names in a variable file are errors for %s", (command) => {
    const folder = makeFolder({ "a.pkr.hcl": greeting, "v.pkrvars.hcl": "surplus = 1\n" });
    const { code, stdout } = hclbuild([command, "-strict-vars", "-var-file=v.pkrvars.hcl", "."], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toContain("[variable/undeclared-in-file-strict]");
    expect(stdout).toContain("v.pkrvars.hcl:1:1\n");
  });

  test("bytes that are no UTF-8 are an error, also inside of strings", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting });
    // "é" in Latin-1, where a replacement character would go unseen.
    appendFileSync(join(folder, "a.pkr.hcl"), Buffer.from(`locals {\n  place = "caf\xe9"\n}\n`, "latin1"));
    const { code, stdout } = hclbuild(["validate", "."], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toContain("[syntax/invalid-utf8]");
  });

  test.skipIf(!existsSync("/dev/full"))("output that is lost is an error (/dev/full exists on Linux only)", () => {
    for (const args of [
      ["validate", "."],
      ["graph", "-format=json", "."],
      ["schema", "builder", "docker"],
    ]) {
      const full = openSync("/dev/full", "w");
      const { status, stderr } = spawnSync(process.execPath, [binary, ...args], {
        cwd: makeFolder({ "a.pkr.hcl": greeting }),
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      closeSync(full);
      expect({ args, status, stderr }).toEqual({
        args,
        status: 1,
        stderr:
          "Error: The file <stdout> cannot be written. [cli/unwritable-file]\n\n" +
          "  The system says: no space left on the device.\n",
      });
    }
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

  test("a path that cannot be looked at", () => {
    const cwd = makeFolder({});
    symlinkSync("round.pkr.hcl", join(cwd, "round.pkr.hcl"));
    const { code, stdout } = hclbuild(["validate", "round.pkr.hcl"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toBe(
      "Error: Reading round.pkr.hcl failed. [load/unreadable]\n\n  The system says: too many symbolic links.\n",
    );
  });

  test("a legacy template", () => {
    const { code, stdout } = hclbuild(["validate", "old.json"], { cwd: makeFolder({ "old.json": "{}" }) });
    expect(code).toBe(1);
    expect(stdout).toContain("[load/legacy-template]");
    const input = '{"builders": [{"type": "null", "communicator": "none"}]}';
    for (const flags of [[], ["-config-type=json"]]) {
      const piped = hclbuild(["validate", ...flags, "-"], { cwd: makeFolder({}), input });
      expect(piped.code).toBe(1);
      expect(piped.stdout.match(/\[[a-z]+\/[a-z-]+\]/g)).toEqual(["[load/legacy-template]"]);
    }
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
