import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import { nativeBody, parse, type Body } from "@hclbuild/syntax";
import { typeToJson } from "@hclbuild/value";
import { createScope, readUserFunctions } from "../src/index.js";
import { decodeSpec, readSpecFile, type SpecFile } from "../src/hcldec/index.js";

function bodyOf(text: string, bag: DiagnosticBag): Body {
  const source = new SourceText("t.hcl", text);
  return nativeBody(parse(source, bag.report).body, source);
}

/** `code «text» message detail` of each diagnostic, with the text that its span covers. */
function said(text: string, items: readonly Diagnostic[]): readonly string[] {
  return items.map(
    ({ code, primary, message, detail }) =>
      `${code} «${text.slice(primary?.start, primary?.end)}» ${message} ${detail ?? ""}`,
  );
}

describe("a specification that is not valid", () => {
  test.each([
    ["nothing", "", "", "One specification block is needed here."],
    ["a second block", 'literal {\n}\nattr {\n  name = "a"\n}\n', "attr", "Only one specification block may be here."],
    ["a wrong type", 'attr {\n  name = "a"\n  required = "perhaps"\n}\n', '"perhaps"', "a bool is required"],
    ["no name", "attr {\n}\n", "attr", "The name of what it reads is missing."],
    [
      "a map without labels",
      'block_map {\n  block_type = "b"\n  literal {\n  }\n}\n',
      "block_map",
      "names of the labels",
    ],
    ["a default without content", "default {\n}\n", "default", "At least one specification block is needed here."],
    ["a transformation without a result", "transform {\n  literal {\n  }\n}\n", "transform", "It needs a result."],
  ])("%s", (_, text, at, problem) => {
    const bag = new DiagnosticBag();
    readSpecFile(bodyOf(text, bag), bag.report);
    const [first] = said(text, bag.items);
    expect(bag.items).toHaveLength(1);
    expect(first).toMatch(`eval/invalid-spec «${at}» This decoder specification is not valid. `);
    expect(first?.toLowerCase()).toContain(problem.toLowerCase());
  });
});

describe("a body that does not fit its specification", () => {
  const nested = 'attr {\n    name = "n"\n    type = any\n  }';

  test.each([
    [
      `block {\n  block_type = "b"\n  required = true\n  ${nested}\n}\n`,
      "",
      'eval/missing-block «» A block of type "b" is required here. Add one.',
    ],
    [
      `block_list {\n  block_type = "b"\n  min_items = 2\n  ${nested}\n}\n`,
      "b {\n}\n",
      'eval/too-few-blocks «» There are not enough "b" blocks here. At least 2 are needed.',
    ],
    [
      `block_list {\n  block_type = "b"\n  max_items = 1\n  ${nested}\n}\n`,
      "b {\n}\nb {\n}\n",
      'eval/too-many-blocks «b» There are too many "b" blocks here. At most 1 are allowed.',
    ],
    [
      `block_list {\n  block_type = "b"\n  ${nested}\n}\n`,
      "b {\n  n = []\n}\nb {\n  n = {}\n}\n",
      'eval/inconsistent-blocks «b» The "b" blocks here give values of different types. ' +
        "All of them must give values that convert to one type.",
    ],
  ])("%#", (spec, text, expected) => {
    const bag = new DiagnosticBag();
    const file = readSpecFile(bodyOf(spec, bag), bag.report);
    expect(bag.items).toEqual([]);
    if (file === undefined) throw new Error("the specification cannot be read");
    decodeSpec(bodyOf(text, bag), file.spec, createScope({}), bag.report);
    expect(said(text, bag.items)).toEqual([expected]);
  });
});

test("a function whose parameters are no plain names", () => {
  for (const [text, expected] of [
    ['function "f" {\n  params = [a, "b"]\n  result = 1\n}\n', '«[a, "b"]» A list of plain names is needed here.'],
    ['function "f" {\n  params = []\n  variadic_param = 1\n  result = 1\n}\n', "«1» A plain name is needed here."],
  ] as const) {
    const bag = new DiagnosticBag();
    readUserFunctions(bodyOf(text, bag), () => createScope({}), bag.report);
    expect(said(text, bag.items)).toEqual([
      `eval/static-expression-needed ${expected} It is read without evaluating it, so no other form of expression will do.`,
    ]);
  }
});

test("blocks whose attributes have any type get the type that they convert to", () => {
  const bag = new DiagnosticBag();
  const attribute = 'object {\n    attr "a" {\n      type = any\n    }\n  }';
  const file = readSpecFile(bodyOf(`block_list {\n  block_type = "b"\n  ${attribute}\n}\n`, bag), bag.report);
  const typeOf = (...values: readonly string[]): unknown => {
    const body = bodyOf(values.map((value) => `b {\n  a = ${value}\n}\n`).join(""), bag);
    return typeToJson(decodeSpec(body, (file as SpecFile).spec, createScope({}), bag.report).type);
  };
  expect(typeOf("1", "null")).toEqual(["list", ["object", { a: "number" }]]);
  expect(typeOf("[1]", '[null, "a", 3]')).toEqual(["list", ["object", { a: ["list", "string"] }]]);
  expect(typeOf('{ k = "v" }', "{ k = null }")).toEqual(["list", ["object", { a: ["object", { k: "string" }] }]]);
  expect(bag.items).toEqual([]);
});
