import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import { parseExpression } from "@hclbuild/syntax";
import {
  displayValue,
  dynamicUnknown,
  isKnown,
  markValue,
  numberType,
  numberValue,
  objectValue,
  stringType,
  stringValue,
  tupleValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";
import {
  calledFunctions,
  createFunctionTable,
  createScope,
  evaluate,
  evaluatePartially,
  noFunctions,
  outputsOf,
  referencesOf,
  staticCall,
  staticKeyword,
  staticList,
  staticMap,
  staticString,
  staticTraversal,
  traversalText,
  type FunctionDefinition,
  type PartialValue,
  type Scope,
} from "../src/index.js";
import { doubleFunctions } from "./doubles.js";
import { exprOf } from "./helpers.js";

let calls = 0;
const impure: readonly FunctionDefinition[] = [
  {
    name: "clock",
    description: "",
    params: [],
    volatile: true,
    refinement: { notNull: true },
    returnType: () => numberType,
    call: () => numberValue(++calls),
  },
  {
    name: "vault",
    description: "",
    params: [{ name: "path", type: stringType }],
    effect: "vault",
    returnType: () => stringType,
    call: () => stringValue("from the service"),
  },
];
const functions = createFunctionTable(
  [...impure, ...doubleFunctions.names().map((name) => doubleFunctions.get(name) as FunctionDefinition)],
  noFunctions.host,
);

const variables: Readonly<Record<string, Value>> = {
  known: stringValue("k"),
  late: unknownValue(stringType),
  secret: markValue(stringValue("hunter2"), "sensitive"),
  list: unknownValue({ kind: "list", element: stringType }),
  object: objectValue({ a: unknownValue(stringType), b: numberValue(2) }),
  pair: tupleValue([stringValue("x"), unknownValue(stringType)]),
};

const plainScope = createScope(variables, functions);
const scope: Scope = {
  ...plainScope,
  resolve(root, steps, span, report) {
    if (root !== "local") return plainScope.resolve(root, steps, span, report);
    const residual: Expr = { kind: "out", node: "local.name", path: [] };
    const isAny = steps[0]?.kind === "attr" && steps[0].name === "any";
    return { value: isAny ? dynamicUnknown : unknownValue(stringType), consumed: 1, residual };
  },
};

function partial(text: string): PartialValue {
  const bag = new DiagnosticBag();
  const result = evaluatePartially(exprOf(text), scope, bag.report);
  expect(bag.items).toEqual([]);
  return result;
}

/** A residual as text close to what it would be written like. */
function write(expr: Expr | undefined): string {
  if (expr === undefined) return "(none)";
  switch (expr.kind) {
    case "lit":
      return displayValue(expr.value, { maxLength: 100 });
    case "input":
      return traversalText(expr.root, expr.steps);
    case "out":
      return `out(${expr.node})`;
    case "attr":
      return `${write(expr.target)}.${expr.name}`;
    case "index":
      return `${write(expr.target)}[${write(expr.key)}]`;
    case "call":
      return `${expr.name}(${expr.args.map(write).join(", ")})`;
    case "unary":
      return `${expr.operator}${write(expr.operand)}`;
    case "binary":
      return `(${write(expr.left)} ${expr.operator} ${write(expr.right)})`;
    case "cond":
      return `(${write(expr.condition)} ? ${write(expr.whenTrue)} : ${write(expr.whenFalse)})`;
    case "tuple":
      return `[${expr.items.map(write).join(", ")}]`;
    case "object":
      return `{${expr.items.map((item) => `${write(item.key)} = ${write(item.value)}`).join(", ")}}`;
    case "template":
      return `\`${expr.parts.map(write).join("|")}\``;
    case "splat":
      return `${write(expr.target)}[*](${write(expr.each)})`;
    case "for": {
      const key = expr.keyVar === undefined ? "" : `${expr.keyVar}, `;
      const result =
        expr.keyExpr === undefined ? write(expr.valueExpr) : `${write(expr.keyExpr)} => ${write(expr.valueExpr)}`;
      const condition = expr.condition === undefined ? "" : ` if ${write(expr.condition)}`;
      return `[for ${key}${expr.valueVar} in ${write(expr.collection)} : ${result}${condition}]`;
    }
  }
}

describe("partial evaluation", () => {
  test.each([
    ['"a-${known}-b"', "(none)"],
    ['"a-${known}-${late}"', '`"a-"|"k"|"-"|late`'],
    ["[upper(known), upper(late)]", '["K", upper(late)]'],
    ["{ a = known, (late) = 1 + 1 }", '{"a" = "k", late = 2}'],
    ["object.b + 1", "(none)"],
    ["object.a", "object.a"],
    ["object", "object"],
    ["pair[0]", "(none)"],
    ["pair[1]", "pair[1]"],
    ["local.name", "out(local.name)"],
    ["local.any.x", "out(local.name).x"],
    ['"${local.name}"', "out(local.name)"],
    ["true ? late : known", "late"],
    ["false ? late : known", "(none)"],
    ["true ? late : 5", "late"],
    ["true ? object.a : {}.x", "(true ? object.a : {}.x)"],
    ["late == null ? 1 : 2", "((late == null) ? 1 : 2)"],
    ['known == "k" && late == "x"', '(true && (late == "x"))'],
    ['known != "k" && late == "x"', "(none)"],
    ["[for x in list : upper(x)]", "[for x in list : upper(x)]"],
    ['[for x in list : "${known}${x}" if x != upper(known)]', '[for x in list : `"k"|x` if (x != "K")]'],
    ["{ for i, x in list : i => x }", "[for i, x in list : i => x]"],
    ["local.any[*].a", "out(local.name)[*](\u0000splat.a)"],
    ["try(late, known)", 'try(late, "k")'],
    ["try(nope, known)", "(none)"],
    ["convert(late, number)", "convert(late, number)"],
    ["secret", "secret"],
    ["upper(secret)", "upper(secret)"],
    ['{ user = known, password = "${secret}!" }', '{"user" = "k", "password" = `secret|"!"`}'],
    ["clock()", "clock()"],
    ["[clock(), 1 + 1]", "[clock(), 2]"],
    ["clock() > 5 ? known : known", '((clock() > 5) ? "k" : "k")'],
    ["vault(known)", 'vault("k")'],
  ])("%s", (text, expected) => {
    expect(write(partial(text).residual)).toBe(expected);
  });

  test("volatile calls are unknown, and do not run", () => {
    calls = 0;
    const { value } = partial('"at ${clock()}"');
    expect(isKnown(value)).toBe(false);
    expect(calls).toBe(0);
    expect(displayValue(evaluate(exprOf("clock()"), scope, new DiagnosticBag().report), { maxLength: 9 })).toBe("1");
  });

  test("an effect has the value that the scope knows, and the residual it names", () => {
    const bag = new DiagnosticBag();
    const residual: Expr = { kind: "out", node: "vault.1", path: [] };
    const early: Scope = {
      ...scope,
      resolveEffect: () => ({ value: unknownValue(stringType), consumed: 0, residual }),
    };
    expect(evaluatePartially(exprOf("vault(known)"), early, bag.report).residual).toEqual(residual);
    const late: Scope = { ...scope, resolveEffect: ({ args }) => ({ value: args[0] as Value, consumed: 0 }) };
    expect(evaluatePartially(exprOf("vault(known)"), late, bag.report)).toEqual({ value: stringValue("k") });
  });

  test("an iterator does not capture what a resolution brings in", () => {
    const bag = new DiagnosticBag();
    const capturing: Scope = {
      ...scope,
      resolve: (root, steps, span, report) =>
        root === "local"
          ? { value: unknownValue(stringType), consumed: 1, residual: { kind: "input", root: "x", steps: [] } }
          : scope.resolve(root, steps, span, report),
    };
    const text = '[for x in list : [for x_ in list : "${x}${x_}${local.a}"]]';
    const { residual } = evaluatePartially(exprOf(text), capturing, bag.report);
    expect(write(residual)).toBe("[for x_ in list : [for x__ in list : `x_|x__|x`]]");
  });

  test("outputs of other nodes get their values from the scope", () => {
    const expr: Expr = { kind: "attr", target: { kind: "out", node: "data.a.b", path: ["body"] }, name: "x" };
    const bag = new DiagnosticBag();
    expect(evaluate(expr, scope, bag.report)).toEqual(dynamicUnknown);
    const running: Scope = {
      ...scope,
      output: (node, path) => objectValue({ x: stringValue(`${node} ${path.join(".")}`) }),
    };
    expect(evaluate(expr, running, bag.report)).toEqual(stringValue("data.a.b body"));
    expect(outputsOf(expr)).toEqual([{ node: "data.a.b", path: ["body"] }]);
  });

  test("no residual has a secret in it", () => {
    for (const text of [
      "secret",
      "[secret, 1]",
      '"${secret}"',
      "upper(secret)",
      "{ a = secret }",
      "secret == known",
      "[for x in [secret] : x]",
      "convert([secret], set(string))",
      "true ? secret : known",
      "try(secret, 1)",
    ]) {
      expect(JSON.stringify(partial(text).residual), text).not.toMatch(/hunter2/i);
    }
  });
});

describe("reading without evaluating", () => {
  const sourced = (text: string) => {
    const source = new SourceText("t.hcl", text);
    return { expression: parseExpression(source, new DiagnosticBag().report), source };
  };

  test("references are traversals of the scope, in source order", () => {
    const text =
      '[for k, v in var.m : "${k}${v.x}${local.a["b"][0].c}" if each.key == convert(1, string)][*].x + (a).b';
    const references = referencesOf(exprOf(text)).map(({ root, steps }) => traversalText(root, steps));
    expect(references).toEqual(["var.m", 'local.a["b"][0].c', "each.key", "a"]);
    expect(calledFunctions(exprOf("upper(lower(x)) + min(1, max(2))"))).toEqual(["upper", "lower", "min", "max"]);
  });

  test("static forms", () => {
    expect(staticTraversal(sourced('a.b["c"][0]'))).toMatchObject({
      root: "a",
      steps: [{ name: "b" }, { kind: "index" }, { kind: "index" }],
    });
    expect(staticTraversal(sourced("a[b]"))).toBeUndefined();
    expect(staticTraversal(sourced('"a"'))).toBeUndefined();
    expect(staticKeyword(sourced("null"))).toBe("null");
    expect(staticKeyword(sourced("a.b"))).toBeUndefined();
    expect(staticString(sourced('"plain"'))).toBe("plain");
    expect(staticString(sourced('"a${b}"'))).toBeUndefined();
    expect(staticList(sourced("[a, b]"))?.map((item) => staticKeyword(item))).toEqual(["a", "b"]);
    expect(staticMap(sourced("{ a = 1 }"))?.map(({ key }) => staticKeyword(key))).toEqual(["a"]);
    expect(staticCall(sourced("list(string)"))).toMatchObject({ name: "list", nameSpan: { start: 0, end: 4 } });
    expect(staticCall(sourced("list"))).toBeUndefined();
  });
});
