import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import {
  boolType,
  boolValue,
  elementsOf,
  isKnown,
  listValue,
  numberType,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";
import {
  createBudget,
  createScope,
  defaultLimits,
  evaluate,
  evaluatePartially,
  referencesOf,
  type EvaluationBudget,
} from "../src/index.js";
import { functionTable } from "../src/functions/index.js";
import { doubleFunctions } from "./doubles.js";
import { createMemoryHost } from "./functions/memory-host.js";
import { codesOf, exprOf, run } from "./helpers.js";

/** For machines that do much else. */
const timeout = 120_000;

const one: Expr = { kind: "lit", value: numberValue(1) };
const yes: Expr = { kind: "lit", value: boolValue(true) };
const late: Expr = { kind: "out", node: "data.a.b", path: ["x"] };

/** Applies `wrap` until the expression is `depth` levels deep. */
function nest(depth: number, wrap: (inner: Expr) => Expr, from: Expr = late): Expr {
  let expr = from;
  for (let level = 0; level < depth; level++) expr = wrap(expr);
  return expr;
}

const wraps: readonly (readonly [string, (inner: Expr) => Expr])[] = [
  ["tuple", (inner) => ({ kind: "tuple", items: [inner] })],
  ["object", (inner) => ({ kind: "object", items: [{ key: { kind: "lit", value: stringValue("a") }, value: inner }] })],
  ["conditional", (inner) => ({ kind: "cond", condition: yes, whenTrue: inner, whenFalse: one })],
  ["condition", (inner) => ({ kind: "cond", condition: inner, whenTrue: yes, whenFalse: yes })],
  ["template", (inner) => ({ kind: "template", parts: [inner] })],
  ["join", (inner) => ({ kind: "template", wrap: "join", parts: [{ kind: "tuple", items: [inner] }] })],
  ["call", (inner) => ({ kind: "call", name: "upper", args: [inner] })],
  ["try", (inner) => ({ kind: "call", name: "try", args: [inner, one] })],
  ["unary", (inner) => ({ kind: "unary", operator: "-", operand: inner })],
  ["right operand", (inner) => ({ kind: "binary", operator: "+", left: one, right: inner })],
  ["right of &&", (inner) => ({ kind: "binary", operator: "&&", left: yes, right: inner })],
  [
    "for",
    (inner) => ({
      kind: "for",
      valueVar: "v",
      collection: { kind: "tuple", items: [one] },
      valueExpr: inner,
      grouping: false,
    }),
  ],
  [
    "for over",
    (inner) => ({
      kind: "for",
      valueVar: "v",
      collection: { kind: "tuple", items: [inner] },
      valueExpr: one,
      grouping: false,
    }),
  ],
  ["splat", (inner) => ({ kind: "splat", style: "full", target: one, each: inner })],
  ["key", (inner) => ({ kind: "index", target: { kind: "tuple", items: [one] }, key: inner })],
];

describe("nesting", { timeout }, () => {
  test.each(wraps)("%s: as deep as allowed", (label, wrap) => {
    const bag = new DiagnosticBag();
    // Some kinds take two levels; try() and loops look at everything below them again and again.
    const expr = nest(["try", "for"].includes(label) ? 100 : defaultLimits.depth / 2 - 10, wrap);
    evaluatePartially(expr, createScope({}, doubleFunctions), bag.report);
    expect(codesOf(bag.items).filter((code) => code.startsWith("eval/limit-exceeded"))).toEqual([]);
  });

  test.each(wraps)("%s: too deep is one diagnostic", (_, wrap) => {
    const bag = new DiagnosticBag();
    const expr = nest(20_000, wrap);
    evaluatePartially(expr, createScope({}, doubleFunctions), bag.report);
    expect(bag.items.filter((item) => item.code === "eval/limit-exceeded")).toHaveLength(1);
  });

  test("chains of operators, attributes and indexes are as long as they like", () => {
    const bag = new DiagnosticBag();
    const scope = createScope({}, doubleFunctions);
    const sum = nest(50_000, (left) => ({ kind: "binary", operator: "+", left, right: one }), one);
    expect(evaluate(sum, scope, bag.report)).toEqual(numberValue(50_001));
    const and = nest(50_000, (left) => ({ kind: "binary", operator: "&&", left, right: yes }), yes);
    expect(evaluate(and, scope, bag.report)).toEqual(boolValue(true));
    const attributes = nest(50_000, (target) => ({ kind: "attr", target, name: "a" }));
    const residual = evaluatePartially(attributes, scope, bag.report).residual;
    expect(residual?.kind).toBe("attr");
    expect(referencesOf(attributes)).toEqual([]);
    expect(bag.items).toEqual([]);
  });

  test("what is known of a chain is folded from its beginning", () => {
    const bag = new DiagnosticBag();
    const known = nest(10_000, (left) => ({ kind: "binary", operator: "+", left, right: one }), one);
    const expr: Expr = { kind: "binary", operator: "+", left: known, right: late };
    const { residual } = evaluatePartially(expr, createScope({}), bag.report);
    expect(residual).toEqual({
      kind: "binary",
      operator: "+",
      left: { kind: "lit", value: numberValue(10_001), span: undefined },
      right: late,
    });
  });
});

/** The limits of a test that must not take long on a busy machine; the default is checked by the full run. */
function small(): EvaluationBudget {
  return createBudget({ ...defaultLimits, steps: 300_000 });
}

test("values that wrap one another from evaluation to evaluation end with a diagnostic", () => {
  const bag = new DiagnosticBag();
  const expr = exprOf("[[[[[[[[[[x]]]]]]]]]]");
  let value = numberValue(1);
  for (let round = 0; round < 150 && !bag.hasErrors; round++)
    value = evaluate(expr, createScope({ x: value }), bag.report);
  expect(bag.items.map((item) => item.code)).toEqual(["eval/limit-exceeded"]);
  expect(bag.items[0]?.detail).toContain("1000 levels");
});

describe("work", { timeout }, () => {
  const many = listValue(
    numberType,
    Array.from({ length: 100_000 }, (_, index) => numberValue(index)),
  );

  test("a loop over 100 000 elements is allowed", () => {
    const { value, diagnostics } = run('[for i in l : "item ${i}" if i != 7]', { variables: { l: many } });
    expect(diagnostics).toEqual([]);
    expect(elementsOf(value)).toHaveLength(99_999);
  });

  test("a loop over the square of that is not", () => {
    const { value, diagnostics } = run("[for a in l : [for b in l : b]]", { variables: { l: many }, budget: small() });
    expect(diagnostics.map((item) => item.code)).toEqual(["eval/limit-exceeded"]);
    expect(diagnostics[0]?.detail).toContain("300000 steps");
    expect(isKnown(value)).toBe(false);
  });

  test("nested loops that double their work are stopped", () => {
    let text = "1";
    for (let level = 0; level < 40; level++) text = `[for a in [1, 2] : ${text}]`;
    expect(run(text, { budget: small() }).diagnostics.map((item) => item.code)).toEqual(["eval/limit-exceeded"]);
  });

  test("neither try() nor an unused branch hides that too much was asked for", () => {
    const codes = (text: string): readonly string[] =>
      run(text, { variables: { l: many }, budget: small() }).diagnostics.map((item) => item.code);
    const hidden = "try([for a in l : [for b in l : b]], 1)";
    expect(codes(hidden)).toEqual(["eval/limit-exceeded"]);
    expect(codes(`true ? 1 : ${hidden}`)).toEqual(["eval/limit-exceeded"]);
  });

  test("strings that double are stopped before they exhaust the memory", () => {
    let value = stringValue("x".repeat(1024));
    const budget = createBudget({ ...defaultLimits, stringLength: 64 * 1024 });
    const bag = new DiagnosticBag();
    const expr = exprOf('"${s}${s}"');
    for (let level = 0; level < 10 && !bag.hasErrors; level++) {
      value = evaluate(expr, createScope({ s: value }), bag.report, { budget });
    }
    expect(bag.items.map((item) => item.code)).toEqual(["eval/limit-exceeded"]);
    expect(bag.items[0]?.detail).toContain("characters");
  });

  test("a shared budget adds up", () => {
    const budget = createBudget({ ...defaultLimits, steps: 100 });
    const bag = new DiagnosticBag();
    const scope = createScope({ l: tupleValue(Array.from({ length: 20 }, () => numberValue(1))) });
    const expr = exprOf("[for a in l : a]");
    for (let round = 0; round < 10; round++) evaluate(expr, scope, bag.report, { budget });
    expect(bag.hasErrors).toBe(true);
  });

  const doubled = (text: string, start: Value, functions = functionTable(createMemoryHost())) => {
    let value = start;
    for (let level = 0; level < 60; level++) {
      const { value: next, diagnostics } = run(text, { functions, variables: { x: value } });
      if (diagnostics.length > 0) return { level, codes: diagnostics.map((item) => item.code), details: diagnostics };
      value = next;
    }
    return { level: 60, codes: [], details: [] };
  };

  test.each(["[x, x]", "{ a = x, b = x }", "[for i in [1, 2] : x]", "concat([x], [x])", "merge({ a = x }, { b = x })"])(
    "%s: a value that shares its parts has a bounded number of them",
    (text) => {
      const { level, codes, details } = doubled(text, stringValue("x"));
      expect(codes).toEqual(["eval/limit-exceeded"]);
      expect(details[0]?.detail).toContain("characters in one value");
      // Two million parts are allowed.
      expect(level).toBeGreaterThan(18);
      expect(level).toBeLessThan(22);
    },
  );

  test("so have the types of unknown values", () => {
    let value = stringValue("x");
    for (let level = 0; level < 60; level++) {
      const { value: next, diagnostics } = run("u ? [x, x] : [x, x]", {
        variables: { x: value, u: unknownValue(boolType) },
      });
      if (diagnostics.length > 0) {
        expect(diagnostics.map((item) => item.code)).toEqual(["eval/limit-exceeded"]);
        return;
      }
      value = next;
    }
    expect.unreachable();
  });

  test.each([
    ["jsondecode(x)", `[${"1,".repeat(2_000_000)}1]`],
    ["csvdecode(x)", `a\n${"1\n".repeat(2_000_000)}`],
    ["yamldecode(x)", `[${"a,".repeat(1_000_000)}a]`],
    ["yamldecode(x)", "- a\n".repeat(500_000)],
  ])("%s of a text with too many values is refused (case %#)", (text, x) => {
    const { diagnostics } = run(text, {
      functions: functionTable(createMemoryHost()),
      variables: { x: stringValue(x) },
    });
    expect(diagnostics.map((item) => item.code)).toEqual(["eval/invalid-argument"]);
    expect(diagnostics[0]?.detail).toContain("2000000");
  });

  test.each([
    'split("", x)',
    'split("x", x)',
    'replace(x, "", "")',
    'replace(x, "x", "")',
    "upper(x)",
    "lower(x)",
    "title(x)",
    "strrev(x)",
    "substr(x, 1, 2)",
    "urlencode(x)",
    "yamldecode(x)",
    "yamlencode(x)",
  ])("%s of a text of tens of megabytes is stopped before it is taken apart", (text) => {
    const { diagnostics } = run(text, {
      functions: functionTable(createMemoryHost()),
      variables: { x: stringValue("x".repeat(30_000_000)) },
    });
    expect(diagnostics.map((item) => item.code)).toContain("eval/limit-exceeded");
  });

  test.each([
    ['trim(x, "x")', ""],
    ['trim("😀é😀", "😀")', "é"],
    ['trim("aabaa", "a")', "b"],
    ['trim("aa", "a")', ""],
    ['trim("", "a")', ""],
    ['trim("😀", "x")', "😀"],
    ["substr(y, 5000000, 3)", "xxx"],
    ['replace("a$1b", "$1", "$&")', "a$&b"],
  ])("%s is not", (text, result) => {
    const { value, diagnostics } = run(text, {
      functions: functionTable(createMemoryHost()),
      variables: { x: stringValue("x".repeat(30_000_000)), y: stringValue("x".repeat(10_000_000)) },
    });
    expect(diagnostics).toEqual([]);
    expect(value).toEqual(stringValue(result));
  });

  test.each([
    "range(0, 1025)",
    "setproduct(range(1000), range(1000), range(2))",
    'format("%1000001d", 1)',
    'formatlist("%.1000001f", [1])',
    'indent(1000001, "a\\nb")',
    'bcrypt("a", 15)',
    'cidrsubnet("::/0", 33, 1)',
    'parseint(join("", [for i in range(1001) : "1111111111"]), 10)',
    'fileset(".", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")',
    'yamldecode("a: &a [x,x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]")',
    'yamldecode(join("", [for i in range(1000) : "["]))',
  ])("%s is refused", (text) => {
    const { diagnostics } = run(text, { functions: functionTable(createMemoryHost()) });
    expect(diagnostics.map((item) => item.code)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^eval\/(?:invalid-argument|call-failed|limit-exceeded)$/)]),
    );
  });

  test("a text that unpacks to more than 64 MiB is refused", () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1)).toString("base64");
    const { diagnostics } = run("base64gunzip(x)", {
      functions: functionTable(createMemoryHost()),
      variables: { x: stringValue(bomb) },
    });
    expect(diagnostics.map((item) => item.code)).toEqual(["eval/invalid-argument"]);
  });

  test("what is said about a long value is short", () => {
    const type = `object({ ${Array.from({ length: 1000 }, (_, index) => `a${String(index)} = string`).join(", ")} })`;
    for (const text of ['cidrhost("10.0.0.0/8", 1e100000)', `convert({}, ${type})`]) {
      const { diagnostics } = run(text, { functions: functionTable(createMemoryHost()) });
      expect(diagnostics.map((item) => item.code)).toEqual(["eval/invalid-argument"]);
      expect(diagnostics[0]?.detail?.length).toBeLessThan(500);
    }
  });

  test("a long list is put after another without the stack", () => {
    const { value, diagnostics } = run("length(concat(x, x))", {
      functions: functionTable(createMemoryHost()),
      variables: { x: tupleValue(Array.from({ length: 300_000 }, () => numberValue(1))) },
    });
    expect(diagnostics).toEqual([]);
    expect(value).toEqual(numberValue(600_000));
  });

  test("texts that would be longer than any can be", () => {
    const codes = (text: string, variables: Record<string, Value>) =>
      run(text, { functions: functionTable(createMemoryHost()), variables }).diagnostics.map((item) => item.code);
    const long = stringValue("x".repeat(1_000_000));
    expect(codes("jsonencode([for i in range(1000) : x])", { x: long })).toEqual(["eval/limit-exceeded"]);
    expect(codes("join(x, range(1000))", { x: long })).toEqual(["eval/limit-exceeded"]);
    let deep: Value = tupleValue(Array.from({ length: 300_000 }, () => numberValue(1)));
    for (let level = 0; level < 900; level++) deep = tupleValue([deep]);
    expect(codes("yamlencode(x)", { x: deep })).toEqual(["eval/limit-exceeded"]);
  });

  test("calls, comparisons and conversions that look at large values are paid for", () => {
    const variables = {
      x: tupleValue(Array.from({ length: 2000 }, () => tupleValue([numberValue(1), numberValue(2)]))),
      y: tupleValue(Array.from({ length: 2000 }, () => tupleValue([numberValue(1), numberValue(3)]))),
      z: tupleValue(Array.from({ length: 2000 }, () => listValue(numberType, [numberValue(1)]))),
    };
    const functions = functionTable(createMemoryHost());
    for (const text of [
      "jsonencode(x)",
      "yamlencode(x)",
      'format("%v", x)',
      "flatten(x)",
      "x == y",
      "convert(x, list(list(string)))",
      "true ? x : z",
      "tolist(x)",
      "toset(x)",
    ]) {
      const repeated = `[for i in range(1000) : can(${text})]`;
      expect(
        run(repeated, { functions, variables, budget: small() }).diagnostics.map((item) => item.code),
        text,
      ).toEqual(["eval/limit-exceeded"]);
    }
  });

  test("a loop that takes elements of a long list is not", () => {
    const list = listValue(
      numberType,
      Array.from({ length: 5000 }, (_, index) => numberValue(index)),
    );
    const text = "[for i in l : [element(l, i), l[i], contains([1, 2, 3], i)]]";
    expect(run(text, { functions: functionTable(createMemoryHost()), variables: { l: list } }).diagnostics).toEqual([]);
  });

  test("attributes that may be left out are counted before they are filled in", () => {
    const type = `list(object({ ${Array.from({ length: 2000 }, (_, index) => `a${String(index)} = optional(string)`).join(", ")} }))`;
    const objects = (count: number) => ({ x: tupleValue(Array.from({ length: count }, () => objectValue({}))) });
    const codes = (count: number) =>
      run(`convert(x, ${type})`, { functions: doubleFunctions, variables: objects(count) }).diagnostics.map(
        (item) => item.code,
      );
    expect(codes(100)).toEqual([]);
    expect(codes(5000)).toEqual(["eval/limit-exceeded"]);
  });

  test("a loop whose every iteration fails stops early", () => {
    const { diagnostics } = run("[for a in l : a.b]", { variables: { l: many } });
    expect(diagnostics).toHaveLength(10);
  });
});
