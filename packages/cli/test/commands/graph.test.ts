import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting, mistakes } from "../templates.js";

test("text", () => {
  const { code, stdout, stderr } = hclbuild(["graph", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(
    [
      "machine build/source.null.example: builder null",
      '  build "null.example" of source "example"',
      '  communicator = "none"',
      "  step build/source.null.example/provisioner.0: provisioner shell-local",
      '    environment_vars = ["GREETING=HELLO"]',
      '    inline = ["echo $GREETING"]',
      "",
      "post build/source.null.example/post.0.0: post-processor manifest",
      "  from build/source.null.example",
      '  output = "manifest.json"',
      "",
      "root build/source.null.example",
      "root build/source.null.example/post.0.0",
      "",
    ].join("\n"),
  );
});

test.each([
  ["dot", /^digraph /],
  ["mermaid", /^(flowchart|graph) /],
])("%s", (format, pattern) => {
  const { code, stdout } = hclbuild(["graph", `-format=${format}`, "."], {
    cwd: makeFolder({ "a.pkr.hcl": greeting }),
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(pattern);
});

test("JSON is the same in every folder", () => {
  const [one, two] = ["x", "y"].map(() =>
    hclbuild(["graph", "-format=json", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) }),
  );
  expect(one).toEqual(two);
  expect(JSON.parse(one?.stdout ?? "")).toMatchObject({ format: "hclbuild.graph/1" });
});

test("-out writes a file", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  expect(hclbuild(["graph", "-format=json", "-out", "plan.json", "."], { cwd: folder })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  expect(readFileSync(join(folder, "plan.json"), "utf8")).toBe(
    hclbuild(["graph", "-format=json", "."], { cwd: folder }).stdout,
  );
  const refused = hclbuild(["graph", "-out", "no/such/folder", "."], { cwd: folder });
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("[cli/unwritable-file]");
});

test("mistakes go to standard error", () => {
  const { code, stdout, stderr } = hclbuild(["graph", "."], { cwd: makeFolder({ "a.pkr.hcl": mistakes }) });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("[ref/undeclared-variable]");
});

test("-out without -format goes by the extension", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  const printed = (format: string): string => hclbuild(["graph", `-format=${format}`, "."], { cwd: folder }).stdout;
  for (const [file, format] of [
    ["plan.json", "json"],
    ["plan.DOT", "dot"],
    ["plan.gv", "dot"],
    ["plan.mmd", "mermaid"],
    ["plan.txt", "text"],
    ["plan", "text"],
  ] as const) {
    hclbuild(["graph", "-out", file, "."], { cwd: folder });
    expect(readFileSync(join(folder, file), "utf8"), file).toBe(printed(format));
  }
  hclbuild(["graph", "-format=text", "-out", "plan.json", "."], { cwd: folder });
  expect(readFileSync(join(folder, "plan.json"), "utf8")).toBe(printed("text"));
});
