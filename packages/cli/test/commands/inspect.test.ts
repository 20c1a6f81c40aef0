import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

const listing = `Packer Inspect: HCL2 mode

> input-variables:

var.greeting: "good day"
var.password: "<sensitive>"

> local-variables:

local.shout: "GOOD DAY"

> builds:

  > <unnamed build 0>:

    sources:

      null.example

    provisioners:

      shell-local

    post-processors:

      0:
        manifest

`;

test("lists variables, locals and builds in Packer's layout", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  expect(hclbuild(["inspect", "-var", "greeting=good day", "."], { cwd: folder })).toEqual({
    code: 0,
    stdout: listing,
    stderr: "",
  });
});

test("-machine-readable puts the listing into one line", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  const { stdout } = hclbuild(["inspect", "-machine-readable", "-var", "greeting=good day", "."], { cwd: folder });
  const text = /^\d{10},,ui,say,(.*)\n$/.exec(stdout)?.[1];
  expect(text?.replaceAll("\\n", "\n")).toBe(listing.slice(0, -1));
});

test("-format=json keeps secrets out", () => {
  const { code, stdout } = hclbuild(["inspect", "-format=json", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
  expect(code).toBe(0);
  expect(stdout).not.toContain("correct horse");
  expect(JSON.parse(stdout)).toMatchObject({
    format: "hclbuild.inspect/1",
    variables: [
      { name: "greeting", type: "string", required: false, sensitive: false, value: { kind: "known", value: "hello" } },
      { name: "password", sensitive: true, value: { kind: "sensitive" } },
    ],
    locals: [{ name: "shout", value: { kind: "known", value: "HELLO" } }],
    builds: [
      { sources: ["null.example"], provisioners: [{ type: "shell-local" }], postProcessors: [[{ type: "manifest" }]] },
    ],
  });
});

test("a template with a syntax error", () => {
  const folder = makeFolder({ "a.pkr.hcl": "build {\n" });
  const human = hclbuild(["inspect", "."], { cwd: folder });
  expect({ code: human.code, stderr: human.stderr }).toEqual({ code: 1, stderr: "" });
  expect(human.stdout).toContain("[syntax/");
  const json = hclbuild(["inspect", "-format=json", "."], { cwd: folder });
  expect({ code: json.code, stdout: json.stdout }).toEqual({ code: 1, stdout: "" });
  expect(json.stderr).toContain("[syntax/");
});
