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

test("a variable file that cannot be read", () => {
  const folder = makeFolder({ "a.pkr.hcl": build });
  const { code, stdout, stderr } = hclbuild(["build", "-var-file=missing.pkrvars.hcl", "."], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain("[load/unreadable]");
  expect(stdout).toContain("missing.pkrvars.hcl");
});

test("a script that is not there", () => {
  const template = build.replace(
    '["source.null.a"]\n',
    '["source.null.a"]\n\n  provisioner "shell-local" {\n    script = "missing.sh"\n  }\n',
  );
  for (const { code, stdout } of refuse(template)) {
    expect(code).toBe(1);
    expect(stdout).toContain("[script/");
    expect(stdout).toContain("missing.sh");
  }
});
