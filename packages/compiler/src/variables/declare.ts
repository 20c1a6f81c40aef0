import type { Report, Span } from "@hclbuild/diagnostics";
import {
  applyTypeDefaults,
  calledFunctions,
  constantScope,
  defaultLimits,
  evaluate,
  evaluateSecret,
  lowerExpression,
  parseTypeExpression,
  type FunctionTable,
  type TypeDefaults,
} from "@hclbuild/eval";
import { variableDefaultTable } from "@hclbuild/eval/functions";
import type { BodyAttribute, BodyBlock, SourcedExpression } from "@hclbuild/syntax";
import {
  convert,
  dynamicType,
  friendlyConstraintName,
  isKnown,
  isNull,
  isValueError,
  markValue,
  sizeAfterConversion,
  unknownValue,
  withoutOptional,
  typeConstraintText,
  type Type,
  type Value,
} from "@hclbuild/value";
import { variableCatalog } from "../catalog.js";
import { readLiteralBool, readLiteralText } from "../evaluate/literals.js";
import { variableSchema } from "../blocks/root-schema.js";
import { sentence } from "../blocks/sentence.js";
import { spanOfExpression } from "../blocks/spans.js";
import type { Symbols, VariableSymbol } from "../blocks/symbols.js";

/** Where a variable's value comes from. */
export type VariableOrigin = "default" | "environment" | "file" | "flag";

/** One value that a variable was given; later ones win. */
export interface GivenValue {
  readonly origin: VariableOrigin;
  /** Converted to the variable's type; unknown when it did not fit. */
  readonly value: Value;
  readonly span: Span;
  /** The file's name, for origin `file`. */
  readonly file?: string;
}

/** A declared variable: everything about it but the values from outside. */
export interface VariableDeclaration {
  readonly symbol: VariableSymbol;
  readonly type: Type;
  readonly defaults?: TypeDefaults;
  /** Whether the template says the type, instead of leaving it to the default. */
  readonly isTyped: boolean;
  readonly description?: string;
  readonly sensitive: boolean;
  readonly default?: GivenValue;
  /** The default depends on the environment. */
  readonly readsEnvironment: boolean;
  readonly validations: readonly BodyBlock[];
}

const constantReason = "A default may only call env().";

type EvaluateDefault = (expression: SourcedExpression, isSecret: boolean) => Value;

/** Evaluates the declarations. Mistakes are reported, and the declaration goes on with what could be read. */
export function declareVariables(
  symbols: Symbols,
  functions: FunctionTable,
  report: Report,
): ReadonlyMap<string, VariableDeclaration> {
  const scope = constantScope(constantReason, variableDefaultTable(functions.host));
  const evaluateDefault: EvaluateDefault = (expression, isSecret) =>
    (isSecret ? evaluateSecret : evaluate)(lowerExpression(expression), scope, report);
  const declarations = new Map<string, VariableDeclaration>();
  for (const symbol of symbols.variables.values()) {
    const { definition } = symbol;
    declarations.set(
      symbol.name,
      definition.kind === "attribute"
        ? declareAttribute(symbol, definition.expression, evaluateDefault)
        : declareBlock(symbol, definition.block, { evaluateDefault, report }),
    );
  }
  return declarations;
}

function declareAttribute(
  symbol: VariableSymbol,
  expression: SourcedExpression,
  evaluateDefault: EvaluateDefault,
): VariableDeclaration {
  const value = evaluateDefault(expression, false);
  return {
    symbol,
    type: inferType(value),
    isTyped: false,
    sensitive: false,
    default: { origin: "default", value, span: spanOfExpression(expression) },
    readsEnvironment: readsEnvironment(expression),
    validations: [],
  };
}

interface DeclarationTools {
  readonly evaluateDefault: EvaluateDefault;
  readonly report: Report;
}

function declareBlock(symbol: VariableSymbol, block: BodyBlock, tools: DeclarationTools): VariableDeclaration {
  const { report } = tools;
  const { attributes, blocks } = block.body.content(variableSchema, report);
  const description = readText(attributes.get("description"), report);
  const sensitiveAttribute = attributes.get("sensitive");
  const literal = sensitiveAttribute === undefined ? false : readLiteralBool(sensitiveAttribute, "sensitive", report);
  const sensitive = literal ?? false;
  // A value of "sensitive" that cannot be read is most likely meant to be true.
  const isSecret = literal !== false;
  const typeAttribute = attributes.get("type");
  const parsed = typeAttribute === undefined ? undefined : parseTypeExpression(typeAttribute, report);
  const defaultAttribute = attributes.get("default");
  const plain = defaultAttribute === undefined ? undefined : tools.evaluateDefault(defaultAttribute, isSecret);
  const type = parsed?.type ?? (plain === undefined ? dynamicType : inferType(plain));
  const typed = { type, ...(parsed?.defaults === undefined ? {} : { defaults: parsed.defaults }) };
  return {
    symbol,
    ...typed,
    isTyped: parsed !== undefined,
    ...(description === undefined ? {} : { description }),
    sensitive,
    readsEnvironment: readsEnvironment(defaultAttribute),
    ...(plain === undefined || defaultAttribute === undefined
      ? {}
      : {
          default: fitDefault(
            { name: symbol.name, value: plain, attribute: defaultAttribute },
            { ...typed, sensitive: isSecret },
            report,
          ),
        }),
    validations: blocks,
  };
}

function readsEnvironment(expression: SourcedExpression | undefined): boolean {
  return expression !== undefined && calledFunctions(lowerExpression(expression)).includes("env");
}

function readText(attribute: BodyAttribute | undefined, report: Report): string | undefined {
  return attribute === undefined ? undefined : readLiteralText(attribute, attribute.name, report);
}

/** An empty list or object says nothing about what may be in it. */
function inferType(value: Value): Type {
  const { type } = value;
  if (type.kind === "tuple" && type.elements.length === 0) return dynamicType;
  if (type.kind === "object" && Object.keys(type.attributes).length === 0) return dynamicType;
  return type;
}

function fitDefault(
  given: { readonly name: string; readonly value: Value; readonly attribute: BodyAttribute },
  typed: { readonly type: Type; readonly defaults?: TypeDefaults; readonly sensitive: boolean },
  report: Report,
): GivenValue {
  const span = spanOfExpression(given.attribute);
  const fitted = fitValue(given.value, typed);
  if (typeof fitted !== "string") return { origin: "default", value: fitted, span };
  report(variableCatalog["invalid-default"], {
    name: given.name,
    problem: sentence(fitted),
    type: describeType(typed.type),
    span,
  });
  return { origin: "default", value: unknownValue(withoutOptional(typed.type)), span };
}

/** Applies the defaults of `optional()` and converts; a text is the reason why that cannot be done. */
export function fitValue(
  value: Value,
  typed: { readonly type: Type; readonly defaults?: TypeDefaults; readonly sensitive?: boolean },
): Value | string {
  if (sizeAfterConversion(value, typed.type) > defaultLimits.valueSize) {
    return "it would be too large with all the attributes that may be left out";
  }
  const filled =
    typed.defaults === undefined || !isKnown(value) || isNull(value) ? value : applyTypeDefaults(typed.defaults, value);
  const converted = convert(filled, typed.type);
  if (!isValueError(converted)) return converted;
  // The message about a marked value names no keys.
  const told = typed.sensitive === true ? convert(markValue(filled, "sensitive"), typed.type) : converted;
  return isValueError(told) ? told.message : converted.message;
}

/** A type as it would be written; long ones by kind only. */
export function describeType(type: Type): string {
  const text = typeConstraintText(type);
  return text.length > 60 ? friendlyConstraintName(type) : text;
}
