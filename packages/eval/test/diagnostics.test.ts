import { DiagnosticBag } from "@hclbuild/diagnostics";
import { describe, expect, test } from "vitest";
import {
  boolType,
  dynamicType,
  dynamicUnknown,
  falseValue,
  listOf,
  listValue,
  mapValue,
  markValue,
  nullValue,
  numberValue,
  objectValue,
  setValue,
  stringType,
  stringValue,
  trueValue,
  unknownValue,
} from "@hclbuild/value";
import { createScope, evalCatalog, evaluateSecret } from "../src/index.js";
import { functionTable } from "../src/functions/index.js";
import { createMemoryHost } from "./functions/memory-host.js";
import { codesOf, exprOf, run } from "./helpers.js";

const variables = {
  var: objectValue({
    image: stringValue("debian"),
    sizes: listValue(dynamicType, [numberValue(1), numberValue(2)]),
    secret: markValue(stringValue("hunter2"), "sensitive"),
    tags: mapValue(stringType, { Name: stringValue("x") }),
    nothing: nullValue(stringType),
    names: setValue(stringType, [stringValue("a")]),
    none: nullValue(listOf(stringType)),
    disks: listValue(objectValue({ size: numberValue(1) }).type, [objectValue({ size: numberValue(1) })]),
    late: unknownValue(boolType),
    optional: listValue(objectValue({ b: stringValue("x") }).type, [
      objectValue({ b: stringValue("x") }),
      objectValue({ b: nullValue(stringType) }),
    ]),
  }),
};

/** Expression, `code@start-end`, and a piece of the detail. */
const table: readonly (readonly [string, string, string?])[] = [
  ["vra.image", "eval/unknown-variable@0-3", 'Did you mean "var"?'],
  ["1 + nothing_like_it", "eval/unknown-variable@4-19", "Available here: var."],
  ["var.imgae", "eval/unsupported-attribute@3-9", 'Did you mean "image"?'],
  ["var.zzzzzzzz", "eval/unsupported-attribute@3-12", "Its attributes are:"],
  ["var.image.x", "eval/unsupported-attribute@9-11", "A string has no attributes."],
  ["var.disks.size", "eval/unsupported-attribute@9-14", "[*].size"],
  ["{ a = { b = 1 } }.a.c", "eval/unsupported-attribute@19-21"],
  ["var.tags.name", "eval/missing-map-element@8-13", 'Did you mean "Name"?'],
  ["var.nothing.x", "eval/null-access@11-13", "try("],
  ["var.none[0]", "eval/null-access@8-11"],
  ["var.sizes[2]", "eval/invalid-index@9-12", "the last of its elements is [1]"],
  ["var.sizes[-1]", "eval/invalid-index@9-13", "negative"],
  ["var.sizes[0.5]", "eval/invalid-index@9-14", "whole number"],
  ['var.sizes["x"]', "eval/invalid-index@9-14"],
  ['var.tags["name"]', "eval/invalid-index@8-16", 'Did you mean "Name"?'],
  ["var.names[0]", "eval/invalid-index@9-12", "set"],
  ["var.sizes[null]", "eval/invalid-index@9-15", "null"],
  ["5[0]", "eval/invalid-index@1-4", "no elements"],
  ['1 + "a"', "eval/invalid-operand@4-7", "number"],
  ["!5", "eval/invalid-operand@1-2"],
  ["-[]", "eval/invalid-operand@1-3"],
  ["1 + null", "eval/operation-failed@0-8"],
  ["0 / 0", "eval/operation-failed@0-5"],
  ['"a${null}"', "eval/invalid-template-value@4-8", "null"],
  ['"a${var.tags}b"', "eval/invalid-template-value@4-12"],
  ['"%{if [] }a%{endif}"', "eval/invalid-condition@6-8"],
  ["null ? 1 : 2", "eval/invalid-condition@0-4", "either true or false"],
  ["true ? 1 : [2]", "eval/inconsistent-conditional@0-14", "number"],
  ["{ a.b = 1 }", "eval/ambiguous-key@2-5", "parentheses"],
  ["{ (null) = 1 }", "eval/invalid-key@3-7", "null"],
  ["{ ([]) = 1 }", "eval/invalid-key@3-5"],
  ["{ for v in [1, 1] : v => v }", "eval/duplicate-key@20-21", "..."],
  ["[for v in 5 : v]", "eval/not-iterable@10-11", "list, set, tuple, map or object"],
  ["[for v in null : v]", "eval/not-iterable@10-14"],
  ["[for v in [1] : v if v]", "eval/invalid-for-condition@21-22"],
  ['[for v in [] : v if "x"]', "eval/invalid-for-condition@20-23", "bool"],
  ["[for v in [] : v if null]", "eval/invalid-for-condition@20-24", "null"],
  ["{ for k, v in {} : k => v if nope }", "eval/unknown-variable@29-33"],
  ["[for v in [] : v if nope]", "eval/unknown-variable@20-24"],
  ["var.none[*]", "eval/null-splat@0-8"],
  ["var.optional[*].b[*]", "eval/inconsistent-splat@12-20", "use a for expression"],
  ["uper(var.image)", "eval/unknown-function@0-4", 'Did you mean "upper"?'],
  ["upper()", "eval/missing-argument@6-7", '"str"'],
  ["upper(1, 2)", "eval/extra-argument@9-10"],
  ["upper([])", "eval/invalid-argument@6-8", "string"],
  ["upper(null)", "eval/invalid-argument@6-10", "must not be null"],
  ['upper("a"...)', "eval/invalid-expansion@6-9"],
  ["try(1, var.tags...)", "eval/invalid-expansion@7-15", "map"],
  ["convert([1, string]...)", "eval/invalid-expansion@8-19", "written out"],
  ["try([]...)", "eval/call-failed@0-3", "at least one argument"],
  ["can([1, 2]...)", "eval/extra-argument@4-10"],
  ["min()", "eval/call-failed@0-3", "at least one number"],
  ["try(nope, nada)", "eval/call-failed@0-3", 'There is no variable named "nope" here.'],
  ["convert([], string)", "eval/invalid-argument@8-10", "string"],
  ["convert(1, strin)", "eval/invalid-type@11-16", 'Did you mean "string"?'],
];

describe("diagnostics of evaluation", () => {
  test.each(table.map(([text, expected, detail]) => ({ text, expected, detail })))(
    "$text",
    ({ text, expected, detail }) => {
      const { diagnostics } = run(text, { variables });
      expect(codesOf(diagnostics)).toEqual([expected]);
      if (detail !== undefined) expect(diagnostics[0]?.detail?.toLowerCase()).toContain(detail.toLowerCase());
      expect(diagnostics[0]?.message).toMatch(/\.$/);
    },
  );

  test("each code that an expression can cause is in the table", () => {
    const elsewhere = [
      // Bodies, dynamic blocks and decoder specifications have tests of their own.
      "unsuitable-value",
      "duplicate-block",
      "duplicate-block-key",
      "missing-block",
      "too-few-blocks",
      "too-many-blocks",
      "inconsistent-blocks",
      "invalid-spec",
      "dynamic-for-each",
      "dynamic-label",
      "dynamic-iterator",
      "dynamic-content",
      "static-expression-needed",
      "limit-exceeded",
      "invalid-type-default",
      "variables-not-allowed",
      "untold-mistake",
    ];
    const covered = new Set(table.map(([, code]) => code.replace(/^eval\/|@.*$/g, "")));
    expect(Object.keys(evalCatalog).filter((slug) => !covered.has(slug) && !elsewhere.includes(slug))).toEqual([]);
  });

  test.each([
    '1 + "${[]}x"',
    "-[nope]",
    "1 < [nope]",
    "[nope] + 1",
    "[nope] && true",
    "true || [nope]",
    "[nope] || true",
  ])("one mistake is one diagnostic: %s", (text) => {
    const codes = codesOf(run(text, { variables }).diagnostics);
    expect(codes).toHaveLength(1);
    expect(codes[0]).toMatch(/^eval\/(?:unknown-variable|invalid-template-value)@/);
  });

  test.each(["[nope] ? 1 : 2", '"a${[nope]}"', '"%{if [nope]}a%{endif}"', '"%{for x in [1]}${[nope]}%{endfor}${1}"'])(
    "what failed is not found fault with again: %s",
    (text) => {
      expect(run(text, { variables }).diagnostics.map(({ code }) => code)).toEqual(["eval/unknown-variable"]);
    },
  );

  test("two mistakes are two diagnostics", () => {
    expect(codesOf(run("[nope, var.imgae]", { variables }).diagnostics)).toEqual([
      "eval/unknown-variable@1-5",
      "eval/unsupported-attribute@10-16",
    ]);
  });

  test("the values of the variables concerned are shown, sensitive ones masked", () => {
    const { diagnostics } = run("var.image + var.secret", { variables });
    expect(diagnostics).toHaveLength(2);
    expect(diagnostics.map((item) => item.values)).toEqual([
      [{ expression: "var.image", shown: '"debian"' }],
      [{ expression: "var.secret", shown: "<sensitive>" }],
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  });

  test("of a traversal that leads nowhere, the part that exists is shown", () => {
    const shown = (text: string): unknown => run(text, { variables }).diagnostics[0]?.values;
    expect(shown("var.image.x.y")).toEqual([{ expression: "var.image", shown: '"debian"' }]);
    expect(shown("var.sizes[7]")).toEqual([{ expression: "var.sizes", shown: "[1, 2]" }]);
    expect(shown("var.imgae")).toBeUndefined();
  });

  test("iterators are shown with the value they had", () => {
    const { diagnostics } = run("[for size in var.sizes : size.x if size == 2]", { variables });
    expect(diagnostics.map((item) => item.values)).toEqual([[{ expression: "size", shown: "2" }]]);
  });

  test("a sensitive key or map is not given away by suggestions", () => {
    const secret = { m: markValue(mapValue(stringType, { hunter2: stringValue("x") }), "sensitive") };
    const { diagnostics } = run("m.hunter3", { variables: secret });
    expect(diagnostics[0]?.detail).toBeUndefined();
    const keyed = run("m[k]", {
      variables: { m: mapValue(stringType, {}), k: markValue(stringValue("hunter2"), "sensitive") },
    });
    expect(JSON.stringify(keyed.diagnostics)).not.toContain("hunter2");
  });

  test("errors in what is not used are not reported", () => {
    for (const text of [
      "true ? 1 : nope",
      "nope && false",
      "true || nope",
      "var.late && nope",
      "try(nope, 1)",
      "can(nope)",
    ]) {
      expect(codesOf(run(text, { variables }).diagnostics), text).toEqual([]);
    }
  });
});

describe("a null operand of && and ||", () => {
  const operands = {
    u: unknownValue(boolType),
    d: dynamicUnknown,
    n: nullValue(boolType),
    secret: markValue(unknownValue(boolType), "sensitive"),
    hidden: markValue(nullValue(boolType), "sensitive"),
  };
  const unknownBool = unknownValue(boolType, { notNull: true });
  const secretBool = markValue(unknownBool, "sensitive");

  // Expected: what HCL 2.24 gives.
  test.each([
    ["u || null", unknownBool],
    ["null || u", unknownBool],
    ["u || n", unknownBool],
    ["d || n", unknownBool],
    ["n || d", unknownBool],
    ["secret || null", secretBool],
    ["u || hidden", secretBool],
    ["u && null", falseValue],
    ["null && u", falseValue],
    ["u && hidden", markValue(falseValue, "sensitive")],
    ["true || null", trueValue],
    ["null || true", trueValue],
    ["true && null", falseValue],
  ])("%s needs no error", (text, expected) => {
    const { value, diagnostics } = run(text, { variables: operands });
    expect(codesOf(diagnostics)).toEqual([]);
    expect(value).toEqual(expected);
  });

  test.each(["false || null", "null || false", "null || null"])("%s is an error", (text) => {
    expect(codesOf(run(text).diagnostics)).toEqual([`eval/operation-failed@0-${String(text.length)}`]);
  });
});

// As HCL 2.24 does: `for` over an unknown list is checked, over something of unknown type it is not.
test("the condition of a loop over an unknown collection is evaluated if its type is known", () => {
  const variables = { list: unknownValue(listOf(stringType)), any: dynamicUnknown };
  for (const [text, expected] of [
    ['[for v in list : v if "x"]', ["eval/invalid-for-condition@22-25"]],
    ["{ for k, v in list : k => v if nope }", ["eval/unknown-variable@31-35"]],
    ['[for v in any : v if "x"]', []],
    ["[for v in list : v if upper(v) == v]", []],
  ] as const) {
    const { value, diagnostics } = run(text, { variables });
    expect([codesOf(diagnostics), value]).toEqual([expected, dynamicUnknown]);
  }
});

describe("mistakes in sensitive expressions", () => {
  const codes = (text: string): readonly string[] => {
    const bag = new DiagnosticBag();
    const functions = functionTable(createMemoryHost());
    evaluateSecret(exprOf(text), createScope({}, functions), bag.report);
    expect(JSON.stringify(bag.items)).not.toContain("hunter2");
    return codesOf(bag.items);
  };

  test.each([
    ['issensitive("hunter2") ? 1 : tonumber("hunter2")', ["eval/untold-mistake@38-47"]],
    ['issensitive("hunter2") ? 1 : nope', ["eval/untold-mistake@29-33"]],
    ['tonumber("hunter2")', ["eval/invalid-argument@9-18"]],
    ['upper("hunter2")', []],
  ])("are reported even if they are made only where nothing is sensitive: %s", (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });
});
