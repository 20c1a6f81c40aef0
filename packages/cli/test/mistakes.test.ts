import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder, type RunResult } from "./run-binary.js";

/** What `build` and `validate` say about a template; both refuse it before anything runs. */
function refuse(template: string): readonly RunResult[] {
  const folder = makeFolder({ "a.pkr.hcl": template });
  return ["build", "validate"].map((command) => hclbuild([command, "."], { cwd: folder }));
}

const build = `
source "null" "a" {
  communicator = "none"
}

build {
  sources = ["source.null.a"]
}
`;

describe.each([
  {
    name: "a wrong attribute name",
    template: build.replace("communicator", "comunicator"),
    code: "schema/",
    place: "a.pkr.hcl:3:3",
  },
  {
    name: "a cycle between locals",
    template: `locals {\n  a = local.b\n  b = local.a\n}\n${build}`,
    code: "ref/cycle",
    place: "a.pkr.hcl:2:7",
  },
  {
    name: "a variable without a value",
    template: `variable "v" {\n  type = string\n}\n${build}`,
    code: "variable/unset",
    place: "a.pkr.hcl:1:1",
  },
  {
    name: "a variable that is not declared",
    template: build.replace('"none"', "var.missing"),
    code: "ref/undeclared-variable",
    place: "a.pkr.hcl:3:",
  },
  {
    name: "a file that cannot be read",
    template: build.replace('"none"', 'file("missing.txt")'),
    code: "eval/",
    place: "a.pkr.hcl:3:",
  },
  { name: "a syntax error", template: `${build}\nbuild {`, code: "syntax/", place: "a.pkr.hcl:" },
  {
    name: "a component that does not exist",
    template: build.replaceAll("null", "nul"),
    code: "config/unknown-component",
    place: "a.pkr.hcl:2:8",
  },
])("$name", ({ template, code, place }) => {
  test("has a code and a place, and ends with 1", () => {
    for (const result of refuse(template)) {
      expect({ code: result.code, stderr: result.stderr }, result.stdout).toEqual({ code: 1, stderr: "" });
      expect(result.stdout).toContain(`[${code}`);
      expect(result.stdout).toContain(`\n  ${place}`);
      expect(result.stdout).not.toContain("==>");
    }
  });
});

test("a variable file that is not there", () => {
  const folder = makeFolder({ "a.pkr.hcl": build });
  const { code, stdout, stderr } = hclbuild(["build", "-var-file=missing.pkrvars.hcl", "."], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain("[load/variable-file-missing]");
  expect(stdout).toContain("missing.pkrvars.hcl");
});

describe("options of provisioners that are checked before anything starts", () => {
  test.each([
    {
      name: "a script that is not there",
      block: 'provisioner "shell-local" {\n    script = "missing.sh"\n  }',
      code: "script/not-found",
      text: "Bad script 'missing.sh': no such file or directory.",
      place: '"missing.sh"',
    },
    {
      name: "a format for variables without its places",
      block: 'provisioner "shell-local" {\n    inline = ["true"]\n    env_var_format = "export %s"\n  }',
      code: "script/bad-env-format",
      text: "env_var_format must hold two %s",
      place: '"export %s"',
    },
    {
      name: "a file that is not there",
      block: 'provisioner "file" {\n    source = "missing.txt"\n    destination = "x"\n  }',
      code: "file/source-not-found",
      text: "Bad source 'missing.txt': no such file or directory.",
      place: '"missing.txt"',
    },
  ])("$name", ({ block, code, text, place }) => {
    for (const result of refuse(build.replace('["source.null.a"]\n', `["source.null.a"]\n\n  ${block}\n`))) {
      expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 1, stderr: "" });
      expect(result.stdout.replaceAll(/\s+/g, " ")).toContain(`[${code}]`);
      expect(result.stdout.replaceAll(/\s+/g, " ")).toContain(text);
      expect(result.stdout).toContain("\n  a.pkr.hcl:");
      // What is underlined.
      const [, above = "", marks = ""] = /^( *\d+ \| .*)\n( *\| *\^+)$/m.exec(result.stdout) ?? [];
      expect(above.slice(marks.indexOf("^"), marks.length)).toBe(place);
      expect(result.stdout).not.toContain("==>");
    }
  });
});
