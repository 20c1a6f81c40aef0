import { DiagnosticBag, type Report } from "@hclbuild/diagnostics";
import {
  calledFunctions,
  evaluate,
  evaluatePartially,
  evaluateSecret,
  lowerExpression,
  referencesOf,
  type FunctionTable,
  type Reference,
} from "@hclbuild/eval";
import type { Expr, NodeId } from "@hclbuild/graph";
import type { RegisteredComponent } from "@hclbuild/schema";
import {
  containsMark,
  convert,
  dynamicUnknown,
  isValueError,
  markValue,
  objectOf,
  objectValue,
  unknownValue,
  withoutOptional,
  type Type,
  type Value,
} from "@hclbuild/value";
import { usesOfBody } from "../blocks/body-references.js";
import { referenceCatalog } from "../catalog.js";
import { createDemand, type Address, type DependencyEdge } from "./demand.js";
import { readLiteralBool } from "./literals.js";
import { createPlaceScope, inputExpr, nameOf, type Definitions, type Evaluated } from "./scope.js";
import type { LocalSymbol, NamedBlockSymbol, Symbols } from "../blocks/symbols.js";
import type { Variable } from "../variables/resolve.js";

/** A local that must be computed at the run. */
export interface LateLocal {
  readonly expr: Expr;
  readonly type: Type;
  readonly sensitive: boolean;
}

/** Locals and data sources, evaluated; what the graph needs to know about them besides their values. */
export interface DefinitionTable extends Definitions {
  /** By name; only locals that have a `late` value. */
  readonly lateLocals: ReadonlyMap<string, LateLocal>;
  /** Whether an expression gives another result on another machine, in another run, or once data is there. */
  isLate(references: readonly Reference[], functions: Iterable<string>): boolean;
  /** What must be read before these references are known: the late ones among them, as an expression. */
  lateParts(references: readonly Reference[]): Expr;
  /** Evaluates every definition, so that everything wrong with them is reported. */
  evaluateAll(): void;
}

export interface DefinitionContext {
  readonly symbols: Symbols;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly functions: FunctionTable;
  readonly rootPath: string;
  readonly workingDirectory: string;
  /** What data sources and services gave, by node id or call id; without an entry it is unknown. */
  readonly effects: ReadonlyMap<NodeId, Value>;
  /** The component of a data source; unknown ones have been reported. */
  dataComponent(type: string): RegisteredComponent | undefined;
  readonly report: Report;
}

/** Where a data source's value is kept and its node is found. */
export function dataId(reference: string): NodeId {
  return `data.${reference}`;
}

export function createDefinitions(context: DefinitionContext): DefinitionTable {
  const { symbols, functions, variables } = context;
  const lateLocals = new Map<string, LateLocal>();
  const demand = createDemand<Evaluated>({
    dependencies: (address) => dependenciesOf(context, address),
    evaluate: (address) => {
      const local = address.startsWith("local.") ? symbols.locals.get(address.slice("local.".length)) : undefined;
      if (local !== undefined) return evaluateLocal(table, { local, lateLocals, report: context.report });
      return evaluateData(context, symbols.data.get(address.slice("data.".length)) as NamedBlockSymbol);
    },
    onCycle: (members, edges) => reportCycle(context, members, edges),
  });
  const table: DefinitionTable = {
    variables,
    functions,
    rootPath: context.rootPath,
    workingDirectory: context.workingDirectory,
    lateLocals,
    local: (name) => (symbols.locals.has(name) ? demand(`local.${name}`) : undefined),
    localNames: () => [...symbols.locals.keys()],
    data: (reference) => (symbols.data.has(reference) ? demand(dataId(reference)) : undefined),
    dataNames: () => [...symbols.data.keys()],
    effect: (id) => context.effects.get(id),
    notedCalls: { unanswered: new Map(), spans: new Map() },
    isLate: (references, names) =>
      references.some((each) => isLateReference(table, each)) || callsLate(functions, names),
    lateParts: (references) => ({ kind: "tuple", items: references.flatMap((each) => lateReference(table, each)) }),
    evaluateAll: () => {
      for (const reference of symbols.data.keys()) demand(dataId(reference));
      for (const name of symbols.locals.keys()) demand(`local.${name}`);
    },
  };
  return table;
}

function callsLate(functions: FunctionTable, names: Iterable<string>): boolean {
  for (const name of names) {
    const definition = functions.get(name);
    if (definition?.volatile === true || definition?.effect !== undefined) return true;
  }
  return false;
}

function isLateReference(table: DefinitionTable, reference: Reference): boolean {
  const [first, second] = reference.steps.map(nameOf);
  switch (reference.root) {
    case "path":
    case "build":
      return true;
    case "packer":
      return first !== "version";
    case "local":
      return first === undefined ? table.lateLocals.size > 0 : table.local(first)?.late !== undefined;
    case "data":
      return table.data(`${first ?? ""}.${second ?? ""}`)?.late !== undefined;
    default:
      return false;
  }
}

function lateReference(table: DefinitionTable, { root, steps }: Reference): readonly Expr[] {
  const [first, second] = steps.map(nameOf);
  const found =
    root === "local"
      ? table.local(first ?? "")
      : root === "data"
        ? table.data(`${first ?? ""}.${second ?? ""}`)
        : undefined;
  return found?.late === undefined ? [] : [found.reference];
}

function dependenciesOf(context: DefinitionContext, address: Address): readonly DependencyEdge[] {
  const { symbols } = context;
  if (address.startsWith("local.")) {
    const local = symbols.locals.get(address.slice("local.".length)) as LocalSymbol;
    return edgesOf(symbols, referencesOf(lowerExpression(local.expression)));
  }
  const { type, block } = symbols.data.get(address.slice("data.".length)) as NamedBlockSymbol;
  const component = context.dataComponent(type);
  return component === undefined ? [] : edgesOf(symbols, usesOfBody(block.body, component.schema.body).references);
}

function edgesOf(symbols: Symbols, references: readonly Reference[]): readonly DependencyEdge[] {
  const edges: DependencyEdge[] = [];
  for (const { root, steps, span } of references) {
    const [first, second] = steps.map(nameOf);
    if (root === "local" && first === undefined) {
      // All locals at once.
      for (const name of symbols.locals.keys()) edges.push({ address: `local.${name}`, span });
    } else if (root === "local" && first !== undefined && symbols.locals.has(first)) {
      edges.push({ address: `local.${first}`, span });
    } else if (root === "data" && symbols.data.has(`${first ?? ""}.${second ?? ""}`)) {
      edges.push({ address: `data.${first ?? ""}.${second ?? ""}`, span });
    }
  }
  return edges;
}

function reportCycle(
  { symbols, report }: DefinitionContext,
  members: readonly Address[],
  edges: readonly DependencyEdge[],
): Evaluated {
  const first = members[0] as Address;
  const declared =
    symbols.locals.get(first.slice("local.".length))?.nameSpan ??
    symbols.data.get(first.slice("data.".length))?.block.headerSpan;
  const chain = [...members, first].join(" → ");
  const related = edges.flatMap((edge, index) =>
    edge.span === undefined || index === 0
      ? []
      : [{ span: edge.span, message: `${members[index] as Address} uses ${edge.address} here.` }],
  );
  report(referenceCatalog.cycle, { chain, span: edges[0]?.span ?? declared, related });
  return { value: dynamicUnknown, isFailed: true, reference: { kind: "lit", value: dynamicUnknown } };
}

interface LocalTask {
  readonly local: LocalSymbol;
  readonly lateLocals: Map<string, LateLocal>;
  readonly report: Report;
}

function evaluateLocal(table: DefinitionTable, { local, lateLocals, report }: LocalTask): Evaluated {
  const { name } = local;
  const expr = lowerExpression(local.expression);
  const sensitive = local.sensitive !== undefined && readLiteralBool(local.sensitive, "sensitive", report) === true;
  const mark = (value: Value): Value => (sensitive ? markValue(value, "sensitive") : value);
  const bag = new DiagnosticBag();
  const evaluateNow = sensitive ? evaluateSecret : evaluate;
  const value = mark(evaluateNow(expr, createPlaceScope(table, { mode: "now" }), bag.report));
  for (const diagnostic of bag.items) report.add(diagnostic);
  const isFailed = bag.hasErrors || referencesOf(expr).some((reference) => usesFailed(table, reference));
  const known: Evaluated = { value, reference: inputExpr("local", name), ...(isFailed ? { isFailed } : {}) };
  if (!table.isLate(referencesOf(expr), calledFunctions(expr))) return known;
  // The same mistakes have been reported by the evaluation above.
  const partial = evaluatePartially(expr, createPlaceScope(table, { mode: "late" }), new DiagnosticBag().report);
  if (partial.residual === undefined) return known;
  lateLocals.set(name, { expr: partial.residual, type: partial.value.type, sensitive });
  return { ...known, late: mark(partial.value), reference: { kind: "out", node: `local.${name}`, path: [] } };
}

function usesFailed(table: DefinitionTable, { root, steps }: Reference): boolean {
  const [first, second] = steps.map(nameOf);
  if (root === "local" && first !== undefined) return table.local(first)?.isFailed === true;
  return root === "data" && table.data(`${first ?? ""}.${second ?? ""}`)?.isFailed === true;
}

function evaluateData(context: DefinitionContext, symbol: NamedBlockSymbol): Evaluated {
  const component = context.dataComponent(symbol.type);
  const id = dataId(symbol.reference);
  if (component === undefined) {
    return { value: dynamicUnknown, isFailed: true, reference: { kind: "out", node: id, path: [] } };
  }
  const output = Object.entries(component.schema.output);
  const given = context.effects.get(id);
  if (given === undefined) {
    const value = objectValue(
      Object.fromEntries(
        output.map(([name, attribute]) => {
          const unknown = unknownValue(withoutOptional(attribute.type));
          return [name, attribute.sensitive ? markValue(unknown, "sensitive") : unknown];
        }),
      ),
    );
    return { value, late: value, reference: { kind: "out", node: id, path: [] } };
  }
  const type = objectOf(Object.fromEntries(output.map(([name, attribute]) => [name, attribute.type])));
  const converted = convert(given, type);
  return {
    value: isValueError(converted) ? given : markSensitive(converted, component),
    reference: inputExpr("data", symbol.reference),
  };
}

function markSensitive(value: Value, component: RegisteredComponent): Value {
  const attributes = value.representation;
  if (!(attributes instanceof Map)) return value;
  const marked = [...(attributes as ReadonlyMap<string, Value>)].map(([name, item]): [string, Value] => [
    name,
    component.schema.output[name]?.sensitive === true && !containsMark(item, "sensitive")
      ? markValue(item, "sensitive")
      : item,
  ]);
  return objectValue(new Map(marked));
}
