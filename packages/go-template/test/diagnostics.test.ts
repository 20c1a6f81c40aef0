import { DiagnosticBag } from "@hclbuild/diagnostics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkGoFields,
  checkGoTemplate,
  createEngineFunctions,
  goFailure,
  goTemplateCatalog,
  goTemplateFields,
  parseGoTemplate,
  renderGoTemplate,
  type EngineContext,
  type GoData,
} from "../src/index.js";

const engine: EngineContext = {
  startTime: 1_577_979_245_000,
  uuid: () => "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
  workingDirectory: "/current",
  packerVersion: "1.16.0",
  build: (key) => (key === "ID" ? "i-1" : goFailure(`There is no value ${key}.`)),
};

function diagnose(text: string, data: GoData = { a: "x", list: [1], m: {} }): { code: string; at: string } {
  const bag = new DiagnosticBag();
  const origin = { file: "t.pkr.hcl", start: 0, end: text.length, verbatim: true };
  const template = parseGoTemplate(text, bag.report, origin);
  if (!bag.hasErrors) renderGoTemplate(template, { data, functions: createEngineFunctions(engine) }, bag.report);
  const [first] = bag.items;
  return { code: first?.code ?? "", at: text.slice(first?.primary?.start, first?.primary?.end) };
}

const cases: readonly (readonly [slug: string, text: string, at: string])[] = [
  ["unclosed-action", "x {{.a", "{{"],
  ["unclosed-action", "{{if .a", "{{"],
  ["unclosed-comment", "x {{/* a", "{{/* a"],
  ["unterminated-literal", 'x {{"a}}', '"a}}'],
  ["bad-literal", "{{12a}}", "12a"],
  ["bad-literal", '{{"\\q"}}', '"\\q"'],
  ["bad-character", "{{.a;}}", "."],
  ["bad-character", "{{ ; }}", ";"],
  ["unexpected", "{{.a, 1}}", ","],
  ["unexpected", '{{"x".a}}', ".a"],
  ["missing-end", "x{{range .list}}y", "{{"],
  ["missing-value", "{{}}", "}}"],
  ["misplaced-keyword", "x{{end}}", "end"],
  ["misplaced-keyword", "{{break}}", "break"],
  ["not-executable", "{{.a | 1}}", "1"],
  ["undefined-variable", "{{$x}}", "$x"],
  ["duplicate-definition", '{{define "t"}}1{{end}}{{define "t"}}2{{end}}', '{{define "t"}}2{{end}}'],
  ["unknown-function", "{{tmestamp}}", "tmestamp"],
  ["unknown-template", 'x{{template "t"}}', '{{template "t"}}'],
  ["missing-key", "x{{.m.b}}", ".m.b"],
  ["cannot-access-field", "x{{.a.b}}", ".a.b"],
  ["not-a-function", "x{{.a 1}}", ".a"],
  ["argument-count", "{{upper}}", "upper"],
  ["argument-count", "{{or}}", "or"],
  ["argument-type", "{{upper 1}}", "1"],
  ["function-failed", '{{split "a" "b" 3}}', "split"],
  ["function-failed", '{{user "x"}}', "user"],
  ["function-failed", '{{build "Nope"}}', "build"],
  ["cannot-iterate", "{{range .a}}{{end}}", "{{range .a}}{{end}}"],
  ["invalid-command", "{{nil}}", "nil"],
];

describe("diagnostics", () => {
  it.each(cases)("gotemplate/%s for %j", (slug, text, at) => {
    expect(diagnose(text)).toEqual({ code: `gotemplate/${slug}`, at });
  });

  it("stops templates that nest, recurse or grow without bounds", () => {
    const deep = "{{if .a}}".repeat(150) + "{{end}}".repeat(150);
    expect(diagnose(deep).code).toBe("gotemplate/too-deeply-nested");
    expect(diagnose(`{{${"(".repeat(5000)}`).code).toBe("gotemplate/too-deeply-nested");
    expect(diagnose("{{if .z}}{{else if .z}}".padEnd(30_000, "{{else if .z}}")).code).toBe(
      "gotemplate/too-deeply-nested",
    );
    expect(diagnose('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}').code).toBe("gotemplate/too-much-work");
    expect(diagnose("{{range 100000}}{{range 100000}}{{end}}{{end}}").code).toBe("gotemplate/too-much-work");
    expect(diagnose('{{range 100000}}{{printf "%999999d" 1}}{{end}}').code).toBe("gotemplate/too-much-work");
    const doubling = '{{$x := "0123456789"}}' + '{{$x = printf "%s%s" $x $x}}'.repeat(40);
    expect(diagnose(`${doubling}{{len $x}}`).code).toBe("gotemplate/too-much-work");
    const large = "x".repeat(100_000);
    expect(diagnose(`{{replace_all "x" "${large}" "${large}"}}`).code).toBe("gotemplate/too-much-work");
  });

  it.each([
    ["unknown-function", "{{nothing}}"],
    ["undefined-variable", "{{$nothing}}"],
  ])("reports gotemplate/%s for each of very many actions, with its place", { timeout: 60_000 }, (slug, action) => {
    const count = 200_000;
    const bag = new DiagnosticBag();
    const template = parseGoTemplate(`\n${action.repeat(count)}`, bag.report);
    checkGoTemplate(template, {}, bag.report);
    expect(bag.items.length).toBe(count);
    expect(bag.items.every((item) => item.code === `gotemplate/${slug}`)).toBe(true);
    expect(bag.items.at(-1)?.detail).toContain(`2:${(count - 1) * action.length + 3}`);
  });

  it("reads very many variables", { timeout: 60_000 }, () => {
    const names = Array.from({ length: 150_000 }, (_, index) => `$v${index}`);
    const bag = new DiagnosticBag();
    const template = parseGoTemplate(names.map((name) => `{{${name} := 1}}{{${name}}}`).join(""), bag.report);
    expect(bag.items).toEqual([]);
    expect(template.nodes.length).toBe(300_000);
  });

  it("trims the end of a long run of blanks only", () => {
    const blanks = " ".repeat(300_000);
    const bag = new DiagnosticBag();
    const template = parseGoTemplate(`${blanks}x${blanks}{{- .a}}`, bag.report);
    expect(renderGoTemplate(template, { data: { a: "y" } }, bag.report)).toBe(`${blanks}xy`);
  });

  it("warns of fields that do not exist, once each, and says how to write them literally", () => {
    const bag = new DiagnosticBag();
    const text = "{{.Names}} {{.Names}} {{if .Host}}{{$.Hosst.Name}}{{end}} {{with .ID}}{{.Other}}{{end}}";
    const origin = { file: "t.pkr.hcl", start: 0, end: text.length, verbatim: true };
    checkGoFields(parseGoTemplate(text, bag.report, origin), new Set(["Host", "ID"]), bag.report);
    expect(bag.items.map(({ code, primary }) => [code, text.slice(primary?.start, primary?.end)])).toEqual([
      ["gotemplate/no-value", ".Names"],
      ["gotemplate/no-value", "$.Hosst.Name"],
    ]);
    expect(bag.items[0]?.detail).toContain("write {{`{{.Names}}`}}.");
    expect(bag.items[1]?.detail).toContain('Did you mean ".Host"?');
    const strict = new DiagnosticBag();
    checkGoFields(parseGoTemplate(text, strict.report, origin), new Set(["Host", "ID"]), strict.report, {
      isStrict: true,
    });
    expect(strict.items.map(({ code }) => code)).toEqual(["gotemplate/missing-key", "gotemplate/missing-key"]);
    expect(strict.items[0]?.detail).toContain("Available are: .Host, .ID.");
    const literal = parseGoTemplate("{{`{{.Names}}`}}", bag.report);
    expect(renderGoTemplate(literal, {}, bag.report)).toBe("{{.Names}}");
  });

  it("has a test for each entry of the catalogue", () => {
    const tested = new Set([...cases.map(([slug]) => slug), "no-value", "too-deeply-nested", "too-much-work"]);
    expect([...tested].toSorted()).toEqual(Object.keys(goTemplateCatalog).toSorted());
  });

  it("points at the whole source range when the text is not verbatim, and names the place", () => {
    const bag = new DiagnosticBag();
    parseGoTemplate("a\n{{$x}}", bag.report, { file: "t.pkr.hcl", start: 40, end: 60 });
    expect(bag.items[0]?.primary).toEqual({ file: "t.pkr.hcl", start: 40, end: 60 });
    expect(bag.items[0]?.detail).toContain("2:3");
  });

  it("offers the nearest function and tells what became of sed", () => {
    const bag = new DiagnosticBag();
    const functions = createEngineFunctions(engine);
    const { sed: _sed, ...others } = functions;
    checkGoTemplate(parseGoTemplate("{{tmestamp}}{{sed `s/a/b/` .x}}", bag.report), others, bag.report);
    expect(bag.items.map((item) => item.detail)).toEqual([
      'It is called at 1:3. Did you mean "timestamp"?',
      'It is called at 1:15. It was removed; use "replace_all" or shape the value in HCL instead.',
    ]);
  });

  it("never throws, for any text and any pieces of templates", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{{-",
      "-}}",
      " ",
      ".a",
      "$",
      "$x",
      ":=",
      "|",
      "(",
      ")",
      '"',
      "`",
      "if",
      "else",
      "end",
      "range",
      "with",
      "define",
      "template",
      "block",
      "/*",
      "*/",
      "1",
      "'",
      "\n",
      "é",
      "{",
      "nil",
      "break",
      ",",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 25 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (source) => {
        const bag = new DiagnosticBag();
        const template = parseGoTemplate(source, bag.report);
        renderGoTemplate(template, { data: { a: [1, "b"] } }, bag.report);
        goTemplateFields(template);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("engine functions", () => {
  const render = (text: string, context: Partial<EngineContext> = {}): string => {
    const bag = new DiagnosticBag();
    const functions = createEngineFunctions({ ...engine, ...context });
    const result = renderGoTemplate(parseGoTemplate(text, bag.report), { functions }, bag.report);
    return bag.hasErrors ? `error: ${bag.items[0]?.detail ?? ""}` : result;
  };

  it.each([
    ["{{timestamp}}", "1577979245"],
    ["{{isotime}}", "2020-01-02T15:34:05Z"],
    ['{{isotime "2006-01-02"}}', "2020-01-02"],
    ['{{strftime "%Y%m%d"}}', "20200102"],
    ["{{uuid}}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"],
    ["{{pwd}} {{packer_version}}", "/current 1.16.0"],
    ['{{build "ID"}}', "i-1"],
    ['{{upper "aé"}} {{lower "AÉ"}}', "AÉ aé"],
    ['{{split "a-b-c" "-" 2}}', "c"],
    ['{{replace "a" "b" 1 "aaa"}} {{replace "a" "b" -1 "aaa"}} {{replace "a" "b" 0 "aaa"}}', "baa bbb aaa"],
    ['{{replace "" "-" 2 "abc"}} {{replace_all "" "-" "ab"}}', "-a-bc -a-b-"],
  ])("%s", (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it("uses what the context provides", () => {
    expect(render('{{user "x"}}|{{user "y"}}', { user: (name) => (name === "x" ? "1" : undefined) })).toBe("1|");
    expect(render('{{env "X"}}', { env: () => undefined })).toBe("");
    expect(render("{{template_dir}}", { templateDirectory: "/t" })).toBe("/t");
    expect(render('{{clean_resource_name "a:b c"}}', { cleanResourceName: (name) => name.replaceAll(":", "-") })).toBe(
      "a-b c",
    );
    expect(render('{{aws_secretsmanager "n"}}', { secretsManager: (name, key) => `${name}/${key ?? "-"}` })).toBe(
      "n/-",
    );
    expect(render('{{vault "p" "k"}}')).toContain("works only in the defaults");
  });
});
