import { InternalError } from "@hclbuild/diagnostics";
import type { JsonValue } from "@hclbuild/schema";
import {
  asBoolean,
  asJsNumber,
  asNumber,
  asText,
  compareText,
  containsMark,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  isWhollyKnown,
  numberFromText,
  numToText,
  rawEquals,
  typeToJson,
  type Value,
} from "@hclbuild/value";
import type { Expr, ForExpr, InputExpr, ObjectExpr, Step } from "./expr.js";
import type { Template } from "./node.js";

/**
 * Writes an expression as JSON. Spans are left out.
 *
 * | form | meaning |
 * |---|---|
 * | string, boolean, null, number | itself |
 * | array, object without `$` keys | tuple, object of templates |
 * | `{"$number": text}` | a number that a double cannot hold |
 * | `{"$lit": {"type", "value"}}` | a list, set, map or typed null |
 * | `{"$unknown": type}` | a value that nothing more is known about (first phase only) |
 * | `{"$object": [[key, value], …]}` | an object with computed keys or keys that start with `$` |
 * | `{"$input": address, "path"}` | an input such as `var.name` or the variable of a `for` |
 * | `{"$out": node, "path"}` | the output of another node |
 * | `$index` `$attr` `$call` `$unary` `$binary` `$if` `$tmpl` `$for` `$splat` | as the expression kinds |
 *
 * @throws InternalError for a sensitive literal: those must have become inputs before.
 */
export function encodeTemplate(source: Expr | Value): Template {
  return "kind" in source ? encodeExpression(source) : encodeLiteral(source, "exact");
}

/**
 * Writes a value where its type is known from elsewhere, such as an option of a component: collections become plain
 * arrays and objects.
 *
 * @throws InternalError for a sensitive value.
 */
export function encodeValue(value: Value): Template {
  return encodeLiteral(value, "plain");
}

type Mode = "exact" | "plain";

function encodeLiteral(value: Value, mode: Mode): Template {
  if (containsMark(value, "sensitive")) throw new InternalError("a sensitive value was about to enter the graph");
  return writeValue(value, mode);
}

function writeValue(value: Value, mode: Mode): Template {
  const { type } = value;
  if (!isKnown(value)) return { $unknown: typeToJson(type) as JsonValue };
  if (isNull(value)) {
    return mode === "plain" || type.kind === "dynamic"
      ? null
      : { $lit: { type: typeToJson(type) as JsonValue, value: null } };
  }
  switch (type.kind) {
    case "string":
      return asText(value);
    case "bool":
      return asBoolean(value);
    case "number":
      return writeNumber(value);
    case "tuple":
      return elementsOf(value).map((element) => writeValue(element, mode));
    case "object":
      return writeEntries(entriesOf(value).map(([key, item]) => [key, writeValue(item, mode)]));
    default:
      return writeCollection(value, mode);
  }
}

function writeCollection(value: Value, mode: Mode): Template {
  const plain =
    value.type.kind === "map"
      ? writeEntries(entriesOf(value).map(([key, item]) => [key, writeValue(item, "plain")]))
      : elementsOf(value).map((element) => writeValue(element, "plain"));
  if (mode === "plain" || !isWhollyKnown(value)) return plain;
  return { $lit: { type: typeToJson(value.type) as JsonValue, value: plain } };
}

function writeNumber(value: Value): Template {
  const exact = asJsNumber(value) ?? Number(numToText(asNumber(value)));
  const back = Number.isFinite(exact) ? numberFromText(String(exact)) : undefined;
  return back !== undefined && rawEquals(back, value) ? exact : { $number: numToText(asNumber(value)) };
}

function writeEntries(entries: readonly (readonly [string, Template])[]): Template {
  if (entries.some(([key]) => key.startsWith("$") || key === "__proto__")) {
    return { $object: entries.map(([key, item]) => [key, item]) };
  }
  return Object.fromEntries(entries);
}

function encodeExpression(expr: Expr): Template {
  switch (expr.kind) {
    case "lit":
      return encodeLiteral(expr.value, "exact");
    case "input":
      return encodeInput(expr);
    case "out":
      return { $out: expr.node, ...(expr.path.length > 0 ? { path: expr.path } : {}) };
    case "index":
      return {
        $index: [encodeExpression(expr.target), encodeExpression(expr.key)],
        ...(expr.legacy === true ? { legacy: true } : {}),
      };
    case "attr":
      return { $attr: [encodeExpression(expr.target), expr.name] };
    case "call":
      return {
        $call: expr.name,
        args: expr.args.map(encodeExpression),
        ...(expr.expandFinal === true ? { expand: true } : {}),
      };
    case "unary":
      return { $unary: [expr.operator, encodeExpression(expr.operand)] };
    case "binary":
      return { $binary: [expr.operator, encodeExpression(expr.left), encodeExpression(expr.right)] };
    case "cond":
      return { $if: [expr.condition, expr.whenTrue, expr.whenFalse].map(encodeExpression) };
    case "tuple":
      return expr.items.map(encodeExpression);
    case "object":
      return encodeObject(expr);
    case "template":
      return { $tmpl: expr.parts.map(encodeExpression), ...(expr.wrap === undefined ? {} : { wrap: expr.wrap }) };
    case "for":
      return encodeFor(expr);
    case "splat":
      return {
        $splat: [encodeExpression(expr.target), encodeExpression(expr.each)],
        ...(expr.style === "attribute" ? { style: "attribute" } : {}),
      };
  }
}

function encodeInput(expr: InputExpr): Template {
  const [first, ...rest] = expr.steps;
  const short = first?.kind === "attr" && !expr.root.includes(".");
  const steps = short ? rest : expr.steps;
  return {
    $input: short ? `${expr.root}.${first.name}` : expr.root,
    ...(steps.length > 0 ? { path: steps.map(encodeStep) } : {}),
  };
}

function encodeStep(step: Step): JsonValue {
  return step.kind === "attr" ? step.name : { key: encodeLiteral(step.key, "exact") };
}

function encodeObject(expr: ObjectExpr): Template {
  const entries: (readonly [string, Template])[] = [];
  const names = new Set<string>();
  for (const item of expr.items) {
    const name = literalKey(item.key);
    if (name === undefined || names.has(name)) {
      return { $object: expr.items.map((each) => [encodeExpression(each.key), encodeExpression(each.value)]) };
    }
    names.add(name);
    entries.push([name, encodeExpression(item.value)]);
  }
  // The order of keys says nothing, and values of objects come sorted.
  return writeEntries(entries.toSorted(([a], [b]) => compareText(a, b)));
}

function literalKey(key: Expr): string | undefined {
  if (key.kind !== "lit" || key.value.type.kind !== "string" || !isKnown(key.value) || isNull(key.value))
    return undefined;
  return asText(key.value);
}

function encodeFor(expr: ForExpr): Template {
  return {
    $for: {
      ...(expr.keyVar === undefined ? {} : { key: expr.keyVar }),
      value: expr.valueVar,
      in: encodeExpression(expr.collection),
      ...(expr.keyExpr === undefined ? {} : { keyExpression: encodeExpression(expr.keyExpr) }),
      valueExpression: encodeExpression(expr.valueExpr),
      ...(expr.condition === undefined ? {} : { if: encodeExpression(expr.condition) }),
      ...(expr.grouping ? { group: true } : {}),
    },
  };
}
