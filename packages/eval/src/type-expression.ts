import { createReport, suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import type { CallExpr, Expr } from "@hclbuild/graph";
import type { SourcedExpression } from "@hclbuild/syntax";
import {
  asText,
  boolType,
  convert,
  dynamicType,
  isValueError,
  listOf,
  mapOf,
  normalizeText,
  numberType,
  objectOf,
  setOf,
  stringType,
  tupleOf,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import { evaluate } from "./evaluate.js";
import { sentence } from "./operators.js";
import { constantScope } from "./scope.js";
import { expressionOfText } from "./static.js";
import { shorten } from "./traverse.js";
import { createTypeDefaults, type TypeDefaults } from "./type-defaults.js";

/**
 * What may be written: an exact type; a constraint, which also allows `any` and `optional(type)`; or a constraint whose
 * `optional` may give a default.
 */
export type TypeExpressionMode = "exact" | "constraint" | "constraint-with-defaults";

/** What a type expression means. */
export interface ParsedType {
  readonly type: Type;
  /** Values of optional attributes, at any depth; absent when there are none. */
  readonly defaults?: TypeDefaults;
  /** Something was reported; the type has `dynamic` where it could not be read. */
  readonly failed: boolean;
}

/** Reads a type, as a variable's `type` and the second argument of `convert` are written. Nothing is evaluated but defaults. */
export function parseTypeExpression(
  sourced: SourcedExpression,
  report: Report,
  mode: TypeExpressionMode = "constraint-with-defaults",
): ParsedType {
  return parseTypeOf(expressionOfText(sourced, report), report, mode);
}

/** The same for an expression of the IR. */
export function parseTypeOf(expr: Expr, report: Report, mode: TypeExpressionMode = "constraint"): ParsedType {
  const reader: Reader = { report, mode, failed: false };
  const { type, defaults } = readType(reader, expr);
  return { type, failed: reader.failed, ...(defaults === undefined ? {} : { defaults }) };
}

interface Reader {
  readonly report: Report;
  readonly mode: TypeExpressionMode;
  failed: boolean;
}

const silent = createReport(() => undefined);

interface ReadType {
  readonly type: Type;
  readonly defaults?: TypeDefaults | undefined;
}

const unreadable: ReadType = { type: dynamicType };
const keywords: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["string", stringType],
  ["number", numberType],
  ["bool", boolType],
  ["any", dynamicType],
]);
const constructors: readonly string[] = ["list", "set", "map", "object", "tuple"];

function fail(reader: Reader, span: Span | undefined, problem: string, near?: string): ReadType {
  reader.failed = true;
  reader.report(evalCatalog["invalid-type"], { span, problem, near });
  return unreadable;
}

function readType(reader: Reader, expr: Expr): ReadType {
  if (expr.kind === "input" && expr.steps.length === 0) return readKeyword(reader, expr.root, expr.span);
  if (expr.kind === "call") return readConstructor(reader, expr);
  // Something that is no expression has been reported where it was read.
  if (expr.kind === "lit" && expr.value.type.kind === "dynamic") reader.failed = true;
  return fail(
    reader,
    expr.span,
    "A type is one of the words string, number, bool or any, or a constructor with its arguments, such as list(string)",
  );
}

function readKeyword(reader: Reader, name: string, span: Span | undefined): ReadType {
  const type = keywords.get(name);
  if (name === "any" && reader.mode === "exact")
    return fail(reader, span, 'The word "any" is not enough here: an exact type is needed');
  if (type !== undefined) return { type };
  if (constructors.includes(name)) return fail(reader, span, constructorUsage(name));
  const near = suggestName(name, [...keywords.keys(), ...constructors]);
  return fail(reader, span, `There is no type named "${shorten(name)}"`, near);
}

function constructorUsage(name: string): string {
  if (name === "object") return "An object type needs its attributes with their types, as in object({ name = string })";
  if (name === "tuple") return "A tuple type needs its element types, as in tuple([string, number])";
  return `A ${name} type needs exactly one element type, as in ${name}(string)`;
}

function readConstructor(reader: Reader, expr: CallExpr): ReadType {
  const { name, args, span } = expr;
  const [only] = args;
  if (keywords.has(name)) return fail(reader, span, `The type "${name}" takes no arguments`);
  if (name === "optional") return fail(reader, span, "Only attributes of an object type can be optional");
  if (!constructors.includes(name)) {
    const near = suggestName(name, constructors);
    return fail(reader, expr.nameSpan ?? span, `There is no type constructor named "${shorten(name)}"`, near);
  }
  if (only === undefined || args.length > 1 || expr.expandFinal === true) {
    return fail(reader, only === undefined ? expr.closeSpan : (args[1]?.span ?? span), constructorUsage(name));
  }
  if (name === "object") return readObject(reader, only);
  if (name === "tuple") return readTuple(reader, only);
  const element = readType(reader, only);
  const make = name === "list" ? listOf : name === "set" ? setOf : mapOf;
  const type = make(element.type);
  return { type, defaults: createTypeDefaults(type, new Map(), childOf("", element)) };
}

function childOf(key: string, read: ReadType): ReadonlyMap<string, TypeDefaults> {
  return read.defaults === undefined ? new Map() : new Map([[key, read.defaults]]);
}

function readTuple(reader: Reader, argument: Expr): ReadType {
  if (argument.kind !== "tuple") return fail(reader, argument.span, constructorUsage("tuple"));
  const elements = argument.items.map((item) => readType(reader, item));
  const children = new Map<string, TypeDefaults>();
  for (const [index, element] of elements.entries()) {
    if (element.defaults !== undefined) children.set(String(index), element.defaults);
  }
  const type = tupleOf(elements.map((element) => element.type));
  return { type, defaults: createTypeDefaults(type, new Map(), children) };
}

/** The attributes of an object type while they are read. */
interface Attributes {
  readonly types: Map<string, Type>;
  readonly optional: Set<string>;
  readonly values: Map<string, Value>;
  readonly children: Map<string, TypeDefaults>;
}

function readObject(reader: Reader, argument: Expr): ReadType {
  if (argument.kind !== "object") return fail(reader, argument.span, constructorUsage("object"));
  const found: Attributes = { types: new Map(), optional: new Set(), values: new Map(), children: new Map() };
  for (const item of argument.items) {
    if (item.bareName !== true || item.key.kind !== "lit") {
      fail(reader, item.key.span, "The attributes of an object type are plain names, without quotes");
      continue;
    }
    const name = normalizeText(asText(item.key.value));
    if (found.types.has(name)) {
      fail(reader, item.key.span, `The attribute "${shorten(name)}" is there twice`);
      continue;
    }
    readAttribute(reader, found, name, item.value);
  }
  const type = objectOf(found.types, found.optional);
  return { type, defaults: createTypeDefaults(type, found.values, found.children) };
}

function readAttribute(reader: Reader, found: Attributes, name: string, expr: Expr): void {
  const isOptional = expr.kind === "call" && expr.name === "optional";
  const typeExpr = isOptional ? expr.args[0] : expr;
  const isAllowed = !isOptional || checkOptional(reader, expr);
  if (typeExpr === undefined) return;
  // After a complaint about optional() itself, what is wrong inside it matters less.
  const read = readType(isAllowed ? reader : { ...reader, report: silent }, typeExpr);
  found.types.set(name, read.type);
  if (read.defaults !== undefined) found.children.set(name, read.defaults);
  if (!isOptional || !isAllowed) return;
  found.optional.add(name);
  const defaultExpr = expr.args[1];
  if (defaultExpr === undefined || reader.mode !== "constraint-with-defaults") return;
  const value = readDefault(reader, defaultExpr, read.type);
  if (value !== undefined) found.values.set(name, value);
}

function checkOptional(reader: Reader, expr: CallExpr): boolean {
  const { args, span } = expr;
  if (reader.mode === "exact") {
    fail(reader, span, "An exact type has no optional attributes");
    return false;
  }
  if (args.length === 0) {
    fail(reader, expr.closeSpan ?? span, "An optional attribute needs its type, as in optional(string)");
    return false;
  }
  if (reader.mode === "constraint" && args.length > 1) {
    fail(reader, args[1]?.span, "Here an optional attribute takes its type only, without a default");
    return false;
  }
  if (args.length > 2) {
    fail(reader, args[2]?.span, "An optional attribute takes its type and a default, nothing else");
    return false;
  }
  return true;
}

function readDefault(reader: Reader, expr: Expr, type: Type): Value | undefined {
  const value = evaluate(expr, constantScope("A default is the same for every use of the type."), reader.report);
  const converted = convert(value, type);
  if (!isValueError(converted)) return converted;
  reader.failed = true;
  reader.report(evalCatalog["invalid-type-default"], { span: expr.span, problem: sentence(converted.message) });
  return undefined;
}
