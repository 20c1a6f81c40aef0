import type { Report, Span } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import type { Body, BodyBlock, BodySchema } from "@hclbuild/syntax";
import { dynamicType, tupleValue, type Value } from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import { evaluate } from "./evaluate.js";
import type { LazyFunction } from "./functions/definition.js";
import { lowerExpression } from "./lower.js";
import type { Scope } from "./scope.js";
import { spanOfExpression, staticKeyword, staticList } from "./static.js";

const functionSchema: BodySchema = {
  attributes: [{ name: "params", required: true }, { name: "variadic_param" }, { name: "result", required: true }],
  blocks: [],
};

/**
 * Reads `function "NAME" { params = [a, b]  variadic_param = rest  result = … }` blocks, whose results see their
 * parameters and what `scope` has. Returns the functions and the body of what is left.
 */
export function readUserFunctions(
  body: Body,
  scope: () => Scope,
  report: Report,
): { readonly functions: readonly LazyFunction[]; readonly remain: Body } {
  const schema: BodySchema = { attributes: [], blocks: [{ type: "function", labelNames: ["name"] }] };
  const { content, remain } = body.partialContent(schema, report);
  const functions = content.blocks
    .map((block) => readFunction(block, scope, report))
    .filter((definition) => definition !== undefined);
  return { functions, remain };
}

function readFunction(block: BodyBlock, scope: () => Scope, report: Report): LazyFunction | undefined {
  const { attributes } = block.body.content(functionSchema, report);
  const paramsAttribute = attributes.get("params");
  const variadicAttribute = attributes.get("variadic_param");
  const result = attributes.get("result");
  if (paramsAttribute === undefined || result === undefined) return undefined;
  const items = staticList(paramsAttribute);
  const params = items?.map((item) => staticKeyword(item));
  if (params === undefined || params.includes(undefined)) {
    reportStatic(report, "A list of plain names", spanOfExpression(paramsAttribute));
    return undefined;
  }
  const variadic = variadicAttribute === undefined ? undefined : staticKeyword(variadicAttribute);
  if (variadicAttribute !== undefined && variadic === undefined) {
    reportStatic(report, "A plain name", spanOfExpression(variadicAttribute));
    return undefined;
  }
  const names = params as readonly string[];
  return createUserFunction(
    { name: block.labels[0] ?? "", params: names, variadic, result: lowerExpression(result) },
    scope,
  );
}

function reportStatic(report: Report, what: string, span: Span): void {
  report(evalCatalog["static-expression-needed"], { what, span });
}

interface UserFunction {
  readonly name: string;
  readonly params: readonly string[];
  readonly variadic: string | undefined;
  readonly result: Expr;
}

function createUserFunction(definition: UserFunction, scope: () => Scope): LazyFunction {
  const { name, params, variadic, result } = definition;
  return {
    kind: "lazy",
    name,
    description: "",
    params: params.map((param) => ({ name: param, type: dynamicType })),
    ...(variadic === undefined ? {} : { varParam: { name: variadic, type: dynamicType } }),
    evaluateCall(call) {
      const values = call.args.map((arg) => call.evaluate(arg));
      const bound = new Map<string, Value>(params.map((param, index) => [param, values[index] as Value]));
      if (variadic !== undefined) bound.set(variadic, tupleValue(values.slice(params.length)));
      return evaluate(result, scopeWithNames(scope(), bound), call.report, { budget: call.budget });
    },
  };
}

/** The scope with a few more names in front. */
export function scopeWithNames(scope: Scope, names: ReadonlyMap<string, Value>): Scope {
  return {
    functions: scope.functions,
    resolve(root, steps, span, report) {
      const value = names.get(root);
      return value === undefined ? scope.resolve(root, steps, span, report) : { value, consumed: 0 };
    },
    rootNames: () => [...names.keys(), ...scope.rootNames()],
  };
}
