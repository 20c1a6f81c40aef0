import type { JsonValue } from "@hclbuild/schema";
import {
  boolValue,
  convert,
  dynamicType,
  isNull,
  isValueError,
  nullValue,
  numberFromText,
  objectValue,
  stringValue,
  tupleValue,
  typeFromJson,
  unknownValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import type { BinaryOperatorText, Expr, ForExpr, Step, UnaryOperatorText } from "./expr.js";
import { isJsonObject } from "./json.js";
import type { Template } from "./node.js";

/** A document that is no template; caught by `decodeGraph`, which turns it into a diagnostic. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The depth up to which templates may nest; deeper ones are refused like malformed ones. */
const maximumDepth = 2000;

/**
 * Reads what `encodeTemplate` and `encodeValue` write. Arrays and objects without expressions become literals.
 *
 * @throws TemplateError when the JSON is no template.
 */
export function decodeTemplate(template: Template): Expr {
  return decode(template, 0);
}

function decode(template: Template | undefined, depth: number): Expr {
  if (depth > maximumDepth) throw new TemplateError("nested too deeply");
  if (template === undefined) throw new TemplateError("an expression is missing");
  if (template === null) return literal(nullValue(dynamicType));
  if (typeof template === "string") return literal(stringValue(template));
  if (typeof template === "boolean") return literal(boolValue(template));
  if (typeof template === "number") return literal(readNumber(String(template)));
  if (Array.isArray(template)) return decodeTuple(template as readonly Template[], depth);
  const object = template as { readonly [key: string]: Template };
  const marker = Object.keys(object).find((key) => key.startsWith("$"));
  return marker === undefined ? decodeObject(Object.entries(object), depth) : decodeForm(marker, object, depth);
}

function literal(value: Value): Expr {
  return { kind: "lit", value };
}

function readNumber(text: string): Value {
  const value = numberFromText(text);
  if (value === undefined) throw new TemplateError(`${JSON.stringify(text)} is no number`);
  return value;
}

function decodeTuple(items: readonly Template[], depth: number): Expr {
  const parts = items.map((item) => decode(item, depth + 1));
  if (parts.every((part) => part.kind === "lit")) return literal(tupleValue(parts.map((part) => part.value)));
  return { kind: "tuple", items: parts };
}

function decodeObject(entries: readonly (readonly [string, Template])[], depth: number): Expr {
  const items = entries.map(([key, item]) => [key, decode(item, depth + 1)] as const);
  if (items.every((item): item is readonly [string, Expr & { kind: "lit" }] => item[1].kind === "lit")) {
    return literal(objectValue(new Map(items.map(([key, item]) => [key, item.value]))));
  }
  return { kind: "object", items: items.map(([key, value]) => ({ key: literal(stringValue(key)), value })) };
}

type Form = { readonly [key: string]: Template };

function decodeForm(marker: string, form: Form, depth: number): Expr {
  const argument = form[marker] as Template;
  const part = (index: number): Expr => decode(list(argument)[index], depth + 1);
  switch (marker) {
    case "$number":
      return literal(readNumber(text(argument)));
    case "$unknown":
      return literal(unknownValue(readType(argument)));
    case "$lit":
      return literal(readTyped(argument, depth));
    case "$object":
      return decodePairs(list(argument), depth);
    case "$input":
      return decodeInput(text(argument), form["path"], depth);
    case "$out":
      return { kind: "out", node: text(argument), path: optionalList(form["path"]).map(outStep) };
    case "$index":
      return { kind: "index", target: part(0), key: part(1), ...(form["legacy"] === true ? { legacy: true } : {}) };
    case "$attr":
      return { kind: "attr", target: part(0), name: text(list(argument)[1]) };
    case "$call":
      return {
        kind: "call",
        name: text(argument),
        args: optionalList(form["args"]).map((item) => decode(item, depth + 1)),
        ...(form["expand"] === true ? { expandFinal: true } : {}),
      };
    case "$unary":
      return { kind: "unary", operator: unaryOperator(list(argument)[0]), operand: part(1) };
    case "$binary":
      return { kind: "binary", operator: binaryOperator(list(argument)[0]), left: part(1), right: part(2) };
    case "$if":
      return { kind: "cond", condition: part(0), whenTrue: part(1), whenFalse: part(2) };
    case "$tmpl":
      return {
        kind: "template",
        parts: list(argument).map((item) => decode(item, depth + 1)),
        ...(form["wrap"] === "single" || form["wrap"] === "join" ? { wrap: form["wrap"] } : {}),
      };
    case "$for":
      return decodeFor(argument, depth);
    case "$splat":
      return {
        kind: "splat",
        style: form["style"] === "attribute" ? "attribute" : "full",
        target: part(0),
        each: part(1),
      };
    default:
      throw new TemplateError(`${marker} is no form of expression`);
  }
}

function readType(json: Template): Type {
  const type = typeFromJson(json);
  if (type.kind === "value-error") throw new TemplateError(type.message);
  return type;
}

function readTyped(argument: Template, depth: number): Value {
  if (!isJsonObject(argument)) throw new TemplateError("a literal needs a type and a value");
  const type = readType(argument["type"] as Template);
  const plain = decode(argument["value"], depth + 1);
  if (plain.kind !== "lit") throw new TemplateError("a literal holds an expression");
  const value = convert(plain.value, type);
  if (isValueError(value)) throw new TemplateError(value.message);
  return value;
}

function decodePairs(pairs: readonly Template[], depth: number): Expr {
  const items = pairs.map((pair) => {
    const [key, value] = list(pair);
    return { key: decode(key, depth + 1), value: decode(value, depth + 1) };
  });
  const keys = items.map((item) =>
    item.key.kind === "lit" && item.key.value.type.kind === "string" && !isNull(item.key.value)
      ? item.key.value
      : undefined,
  );
  const values = items.map((item) => (item.value.kind === "lit" ? item.value.value : undefined));
  const names = pairs.map((pair) => list(pair)[0]);
  if (keys.includes(undefined) || values.includes(undefined) || new Set(names).size !== names.length) {
    return { kind: "object", items };
  }
  return literal(objectValue(new Map(names.map((name, index) => [text(name), values[index] as Value]))));
}

function decodeInput(address: string, path: Template | undefined, depth: number): Expr {
  const dot = address.indexOf(".");
  const steps: Step[] = dot === -1 ? [] : [{ kind: "attr", name: address.slice(dot + 1) }];
  for (const step of optionalList(path)) {
    if (typeof step === "string") steps.push({ kind: "attr", name: step });
    else {
      const key = isJsonObject(step) ? decode(step["key"], depth + 1) : undefined;
      if (key?.kind !== "lit") throw new TemplateError("a step of a path is no name and no key");
      steps.push({ kind: "index", key: key.value });
    }
  }
  return { kind: "input", root: dot === -1 ? address : address.slice(0, dot), steps };
}

function decodeFor(argument: Template, depth: number): ForExpr {
  if (!isJsonObject(argument)) throw new TemplateError("a for expression needs its parts");
  const optional = (name: string): Expr | undefined =>
    argument[name] === undefined ? undefined : decode(argument[name], depth + 1);
  const keyExpr = optional("keyExpression");
  const condition = optional("if");
  return {
    kind: "for",
    ...(argument["key"] === undefined ? {} : { keyVar: text(argument["key"]) }),
    valueVar: text(argument["value"]),
    collection: decode(argument["in"], depth + 1),
    ...(keyExpr === undefined ? {} : { keyExpr }),
    valueExpr: decode(argument["valueExpression"], depth + 1),
    ...(condition === undefined ? {} : { condition }),
    grouping: argument["group"] === true,
  };
}

function list(template: Template | undefined): readonly Template[] {
  if (!Array.isArray(template)) throw new TemplateError("a list was expected");
  return template as readonly Template[];
}

function optionalList(template: Template | undefined): readonly Template[] {
  return template === undefined ? [] : list(template);
}

function text(template: Template | undefined): string {
  if (typeof template !== "string") throw new TemplateError("a text was expected");
  return template;
}

function outStep(step: JsonValue): string | number {
  if (typeof step !== "string" && typeof step !== "number")
    throw new TemplateError("a step of a path is no name and no number");
  return step;
}

const unaryOperators: readonly UnaryOperatorText[] = ["!", "-"];
const binaryOperators: readonly BinaryOperatorText[] = [
  "||",
  "&&",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "+",
  "-",
  "*",
  "/",
  "%",
];

function unaryOperator(template: Template | undefined): UnaryOperatorText {
  const operator = unaryOperators.find((candidate) => candidate === template);
  if (operator === undefined) throw new TemplateError("an operator was expected");
  return operator;
}

function binaryOperator(template: Template | undefined): BinaryOperatorText {
  const operator = binaryOperators.find((candidate) => candidate === template);
  if (operator === undefined) throw new TemplateError("an operator was expected");
  return operator;
}
