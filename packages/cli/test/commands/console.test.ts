import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonSchema, JsonValue } from "@hclbuild/schema";
import { checkJsonSchema, createValidator } from "@hclbuild/schema/ajv";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

function piped(input: string | Uint8Array, ...args: readonly string[]) {
  return hclbuild(["console", ...args, "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }), input });
}

describe("console from a pipe", () => {
  test("prints the last result only", () => {
    expect(piped("1 + 1\n  local.shout  \n")).toEqual({ code: 0, stdout: "HELLO\n", stderr: "" });
  });
  test("prints the last line's result even if there is none", () => {
    for (const input of ["", "\n", "1\n\n", "1\nexit\n"]) {
      expect(piped(input), JSON.stringify(input)).toEqual({ code: 0, stdout: "\n", stderr: "" });
    }
    const { code, stdout } = piped("1\nvar.nope\n");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Error: [^]*\n\n$/);
  });
  test("goes on after the word exit", () => expect(piped("exit\n1 + 1\n").stdout).toBe("2\n"));
  test("formats collections as Packer does", () => {
    expect(piped('{ b = [1, "x"], a = true }\n').stdout).toBe('{\n  "a" = true\n  "b" = [\n    1,\n    "x",\n  ]\n}\n');
  });
  test("takes variables from flags", () => expect(piped("var.greeting", "-var=greeting=hi").stdout).toBe("hi\n"));
  test("hides secrets", () => expect(piped("var.password").stdout).toBe("<sensitive>\n"));
  test("needs no template", () => {
    expect(hclbuild(["console"], { input: 'upper("a")\n' })).toEqual({ code: 0, stdout: "A\n", stderr: "" });
  });
  test("knows folders and the version without a template", () => {
    const cwd = makeFolder({});
    expect(hclbuild(["console"], { cwd, input: "[path.cwd, packer.version]" }).stdout).toBe(
      `[\n  "${cwd}",\n  "1.16.0",\n]\n`,
    );
    expect(hclbuild(["console"], { cwd, input: "data.x.y" }).code).toBe(1);
  });
  test("goes on after a mistake and ends with its code", () => {
    const { code, stdout, stderr } = piped("var.nope\n1 + 1\n");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("  <console>:1:5\n  1 | var.nope\n");
    expect(stdout).toMatch(/\n2\n$/);
  });
  test("lists variables and locals as Packer does", () => {
    expect(piped("variables").stdout).toBe(
      [
        "> input-variables:\n",
        'var.greeting: "hello"',
        'var.password: "<sensitive>"\n',
        "> local-variables:\n",
        'local.shout: "HELLO"\n\n',
      ].join("\n"),
    );
  });
  test("only a line feed ends a line, and the last line needs none", () => {
    expect(piped('"a\u2028b\u0085c"\r\n').stdout).toBe("a\u2028b\u0085c\n");
    expect(piped("\uFEFF1 + 1").stdout).toBe("2\n");
    expect(piped("1\r2\n").code).toBe(1);
  });
  test("names bytes that are no text", () => {
    const { code, stdout } = piped(Buffer.from([0x22, 0xc3, 0xa9, 0xff, 0x22, 0x0a]));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Error: The text is not valid UTF-8\. \[syntax\/invalid-utf8\]\n\n {2}<console>:1:3\n/);
    expect(stdout).toContain("The byte 0xFF at offset 3");
  });
  test("says that it knows no templates in JSON", () => {
    const { code, stdout } = hclbuild(["console", "-config-type=json"], { input: "{{timestamp}}\n" });
    expect(code).toBe(1);
    expect(stdout).toContain("[cli/json-console]");
    expect(hclbuild(["console", "-config-type=hcl2"], { input: "1" }).stdout).toBe("1\n");
  });
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

describe("console -format=json", () => {
  test("prints a document for each line", () => {
    const lines = ["1 + 1", '[1, "x"]', "null", '{ a = "b" }', "123456789012345678901234567890", "local.shout"];
    expect(piped(`${lines.join("\n")}\n`, "-format=json")).toEqual({
      code: 0,
      stdout: [
        '{"value":2,"type":"number"}',
        '{"value":[1,"x"],"type":"tuple([number,string])"}',
        '{"value":null,"type":"any"}',
        '{"value":{"a":"b"},"type":"object({a=string})"}',
        '{"value":123456789012345678901234567890,"type":"number"}',
        '{"value":"HELLO","type":"string"}',
        "",
      ].join("\n"),
      stderr: "",
    });
  });
  test("masks what is sensitive, with the names in it", () => {
    const { code, stdout } = piped('var.password\n{ (var.password) = 1 }\n["a", var.password]\n', "-format=json");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        '{"value":null,"type":"string","sensitive":true}',
        '{"value":null,"type":"any","sensitive":true}',
        '{"value":null,"type":"any","sensitive":true}',
        "",
      ].join("\n"),
    );
  });
  test("keeps standard output for documents", () => {
    const { code, stdout, stderr } = piped("var.nope\nvariables\n2\n", "-format=json");
    expect({ code, stdout }).toEqual({ code: 1, stdout: '{"value":2,"type":"number"}\n' });
    expect(stderr).toContain("  <console>:1:5\n  1 | var.nope\n");
    expect(stderr).toContain('var.greeting: "hello"\n');
    const broken = hclbuild(["console", "-format=json", "nowhere"], { input: "1\n" });
    expect({ code: broken.code, stdout: broken.stdout }).toEqual({ code: 1, stdout: "" });
    expect(broken.stderr).toContain("[load/not-found]");
  });
  test("documents fit the schema that is documented", () => {
    const guide = readFileSync(new URL("../../../../docs/guides/console.md", import.meta.url), "utf8");
    const schema = JSON.parse(/```json\n([^]*?)```/.exec(guide)?.[1] ?? "") as JsonSchema;
    expect(checkJsonSchema(schema)).toEqual([]);
    const validate = createValidator(schema);
    const lines = ["{ a = [1, null] }", "null", "1e400", "var.password", "[var.password]", "packer.iterationID"];
    const documents = piped(`${lines.join("\n")}\n`, "-format=json")
      .stdout.trimEnd()
      .split("\n");
    expect(documents).toHaveLength(lines.length);
    for (const document of documents) expect(validate(JSON.parse(document) as JsonValue), document).toEqual([]);
    expect(validate({ value: 1 })).not.toEqual([]);
  });
});
