import { DiagnosticBag, sortDiagnostics, type Diagnostic, type Report, type SourceSet } from "@hclbuild/diagnostics";
import type { FunctionTable, Reference } from "@hclbuild/eval";
import {
  componentRef,
  createGraphBuilder,
  encodeTemplate,
  type BuildGraph,
  type GraphBuilder,
  type NodeId,
} from "@hclbuild/graph";
import type { Registry } from "@hclbuild/schema";
import { containsMark, objectOf, typeToJson, type Value } from "@hclbuild/value";
import { triesBlock } from "./evaluate/attempts.js";
import type { BuildPlan } from "./blocks/build-plan.js";
import { readBuild } from "./blocks/build.js";
import { configCatalog } from "./catalog.js";
import { createComponentFinder, type ComponentFinder } from "./blocks/components.js";
import { checkDecoded, decodeConfig } from "./evaluate/config.js";
import { createDefinitions, dataId, type DefinitionTable } from "./evaluate/definitions.js";
import { effectCallsOf, type EffectCallSite, type LateEffectCall } from "./evaluate/effect-calls.js";
import { emitConfig } from "./emit/emit.js";
import { withoutFollowUps } from "./follow-ups.js";
import { checkGoTemplates } from "./emit/go-templates.js";
import { hideSensitiveLiterals } from "./evaluate/hidden-literals.js";
import { checkSteps, emitMachine, type MachineContext } from "./emit/machine.js";
import { createSelection, type SelectableBuild, type SelectionPatterns } from "./select/only-except.js";
import type { Project } from "./load/project.js";
import { checkRegistryBlock, checkRegistryCount } from "./blocks/registry-block.js";
import { checkPluginVersions, readRequirements, type Requirements } from "./requirements/requirements.js";
import { createPlaceScope, createRunScope } from "./evaluate/scope.js";
import { collectSymbols, type Symbols } from "./blocks/symbols.js";
import type { VariableInputs } from "./variables/inputs.js";
import { withoutSecretSyntax } from "./variables/secret-syntax.js";
import { resolveVariables, type Variable } from "./variables/resolve.js";

/** Everything that a compilation depends on. */
export interface CompileOptions {
  readonly project: Project;
  /** The components that may be used, as data. */
  readonly registry: Registry;
  /** The functions of expressions, with a host whose root is the project's directory. */
  readonly functions: FunctionTable;
  readonly inputs?: VariableInputs;
  /** What an undeclared name in a variable file is; `ignore` unless said otherwise. */
  readonly undeclared?: "ignore" | "warn" | "error";
  /**
   * What data sources gave, by node id, and services, by the id of the call: the second phase. What is missing is
   * unknown.
   */
  readonly effects?: ReadonlyMap<NodeId, Value>;
  readonly selection?: SelectionPatterns;
  /** Whether a template without a build is a mistake, as it is for everything that runs or checks builds; yes by default. */
  readonly requireBuild?: boolean;
  /** Stop after the declarations, as `validate -syntax-only` does. */
  readonly syntaxOnly?: boolean;
}

/** What a template means. */
export interface CompileResult {
  /** Absent when there are errors, and when only the syntax was asked for. */
  readonly graph?: BuildGraph;
  /** The values that the graph only names, by address; sensitive ones are among them. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** Calls of services that the graph waits for; their answers belong into the effects of the next compilation. */
  readonly effectCalls: readonly EffectCallSite[];
  /** Calls of services that nobody can answer before the build, once nothing else is waited for. */
  readonly lateEffectCalls: readonly LateEffectCall[];
  readonly symbols: Symbols;
  readonly requirements: Requirements;
  readonly variables: ReadonlyMap<string, Variable>;
  /**
   * Values as they are on this machine now; unknown where data sources are needed. Those that could not be evaluated are
   * left out.
   */
  readonly locals: ReadonlyMap<string, Value>;
  readonly builds: readonly BuildPlan[];
  /** Full names of the selected builds, in order. */
  readonly buildNames: readonly string[];
  /** Evaluates expressions in the scope of locals; for the console. */
  readonly definitions: DefinitionTable;
  /** Sorted; those of loading are among them. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: SourceSet;
}

/**
 * Compiles a loaded template. Pure and synchronous: the same arguments give the same result, and nothing is read but
 * what functions of expressions read through their host.
 *
 * Mistakes are collected, never thrown; the result holds whatever could be understood. Compile again with `effects`
 * once the effect nodes of the graph have run: then only outputs of machines are unknown.
 */
export function compile(options: CompileOptions): CompileResult {
  const { project } = options;
  const bag = new DiagnosticBag();
  for (const diagnostic of project.diagnostics) bag.report.add(diagnostic);
  const compilation = declare(options, bag);
  const { symbols, requirements, variables, definitions } = compilation;
  const declarations = [...variables.values()].map(({ declaration }) => declaration);
  const finished = options.syntaxOnly === true ? undefined : compileBuilds(compilation);
  const common = {
    symbols,
    requirements,
    variables,
    definitions,
    locals: finished?.locals ?? new Map<string, Value>(),
    builds: finished?.builds ?? [],
    buildNames: finished?.buildNames ?? [],
    inputs: finished?.inputs ?? new Map<string, Value>(),
    effectCalls: [],
    lateEffectCalls: [],
    sources: project.sources,
    diagnostics: sortDiagnostics(
      withoutSecretSyntax(withoutFollowUps(bag.items, project), project, declarations),
      project.sources,
    ),
  };
  if (finished === undefined || bag.hasErrors) return common;
  const graph = finished.graph.build();
  const scope = createRunScope(definitions, finished.inputs);
  const { calls, late } = effectCallsOf(graph, scope, definitions.notedCalls);
  return { ...common, graph, effectCalls: calls, lateEffectCalls: late };
}

interface Compilation {
  readonly options: CompileOptions;
  readonly bag: DiagnosticBag;
  readonly report: Report;
  readonly symbols: Symbols;
  readonly requirements: Requirements;
  readonly components: ComponentFinder;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly definitions: DefinitionTable;
}

function declare(options: CompileOptions, bag: DiagnosticBag): Compilation {
  const { project, registry, functions } = options;
  const { report } = bag;
  const symbols = collectSymbols(project, report, { ignoreDuplicateSources: options.syntaxOnly === true });
  hideSensitiveLiterals(symbols, project);
  const requirements = readRequirements(symbols.packerBlocks, report, {
    ignoreDuplicates: options.syntaxOnly === true,
  });
  checkPluginVersions(requirements, registry, report);
  const components = createComponentFinder(registry, requirements, report);
  const variables = resolveVariables(
    {
      symbols,
      functions,
      inputs: options.inputs ?? {},
      files: project.variableFiles,
      sources: project.sources,
      options: { undeclared: options.undeclared ?? "ignore" },
      checkValues: options.syntaxOnly !== true,
      hasErrors: () => bag.hasErrors,
    },
    report,
  );
  const dataTypes = new Map(
    [...symbols.data.values()].toReversed().map(({ type, block }) => [type, block.labelSpans[0]]),
  );
  const definitions = createDefinitions({
    symbols,
    variables,
    functions,
    rootPath: project.rootPath,
    workingDirectory: project.workingDirectory,
    effects: options.effects ?? new Map(),
    dataComponent: (type) => components.find("data-source", type, dataTypes.get(type)),
    report,
  });
  return { options, bag, report, symbols, requirements, components, variables, definitions };
}

interface Finished {
  readonly graph: GraphBuilder;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly locals: ReadonlyMap<string, Value>;
  readonly builds: readonly BuildPlan[];
  readonly buildNames: readonly string[];
}

function compileBuilds(compilation: Compilation): Finished {
  const { options, bag, report, symbols, definitions, components } = compilation;
  const isSound = !bag.hasErrors;
  definitions.evaluateAll();
  checkData(compilation);
  const graph = createGraphBuilder();
  const defer = (id: NodeId, references: readonly Reference[]): void => {
    if (!graph.has(id)) graph.deferred({ id, block: encodeTemplate(definitions.lateParts(references)) });
  };
  // With a mistake in the declarations, such as a file that could not be read, nobody knows whether there is a build.
  const isTried = options.project.files.some(({ body }) => triesBlock(body, "build"));
  if (symbols.builds.length === 0 && isSound && !isTried && options.requireBuild !== false)
    report(configCatalog["missing-build"], {});
  const builds = symbols.builds.map((block, index) =>
    readBuild({ symbols, definitions, components, report, defer }, block, index),
  );
  checkRegistry(compilation, builds);
  const inputs = new Map<string, Value>();
  const selection = createSelection(options.selection ?? {});
  const { sources } = options.project;
  const context: MachineContext = { definitions, graph, inputs, report, sources, selection, defer, shared: new Map() };
  const buildNames = emitBuilds({ ...compilation, builds }, context);
  emitDefinitions(compilation, context);
  components.reportUnused();
  nameInputs(compilation, inputs);
  const locals = new Map<string, Value>();
  for (const name of definitions.localNames()) {
    const local = definitions.local(name);
    if (local !== undefined && local.isFailed !== true) locals.set(name, local.value);
  }
  return { graph, inputs, locals, builds, buildNames };
}

/** Decodes every data source once, so that what is wrong with it is reported even when nothing uses it. */
function checkData({ options, symbols, components, definitions, report }: Compilation): void {
  for (const symbol of symbols.data.values()) {
    const component = components.find("data-source", symbol.type, symbol.block.labelSpans[0]);
    if (component === undefined) continue;
    const { schema } = component;
    const decoded = decodeConfig(definitions, [symbol.block.body], { schema: schema.body, place: {} }, report);
    const place = { span: symbol.block.headerSpan, address: dataId(symbol.reference) };
    checkDecoded(schema, decoded, place, report);
    checkGoTemplates(decoded.now, schema.body, { sources: options.project.sources, fields: new Set(), report });
  }
}

function checkRegistry({ symbols, definitions, report }: Compilation, builds: readonly BuildPlan[]): void {
  const scope = createPlaceScope(definitions, { mode: "now" });
  for (const block of symbols.registryBlocks) checkRegistryBlock(block, scope, report);
  checkRegistryCount([...symbols.registryBlocks, ...builds.flatMap((plan) => plan.registryBlocks)], report);
}

function emitBuilds(
  compilation: Compilation & { readonly builds: readonly BuildPlan[] },
  context: MachineContext,
): readonly string[] {
  const { components, report, builds } = compilation;
  const all = builds.flatMap((plan) =>
    plan.uses.map((use) => {
      const selectable: SelectableBuild = {
        fullName: `${plan.name === "" ? "" : `${plan.name}.`}${use.type}.${use.localName}`,
        buildName: plan.name,
        type: use.type,
        localName: use.localName,
      };
      return { plan, use, selectable };
    }),
  );
  const selected = context.selection.select(all.map(({ selectable }) => selectable));
  const names: string[] = [];
  for (const { plan, use, selectable } of all) {
    const component = components.find("builder", use.type, use.symbol.block.labelSpans[0]);
    if (!selected.has(selectable)) continue;
    names.push(selectable.fullName);
    if (component === undefined) checkSteps(context, plan, use);
    else emitMachine(context, { plan, use, component });
  }
  const postProcessors = builds.flatMap((plan) => plan.chains.flat().map(({ name = "", type }) => ({ name, type })));
  const isComplete = builds.every((plan) => plan.isComplete);
  context.selection.finish({ builds: all.map(({ selectable }) => selectable), postProcessors, isComplete }, report);
  return names;
}

/** Adds the locals and data sources that the nodes so far use, and those that these use in turn. */
function emitDefinitions(compilation: Compilation, context: MachineContext): void {
  const { symbols, components, definitions } = compilation;
  const { graph } = context;
  for (let missing = graph.missing(); missing.length > 0; missing = graph.missing()) {
    for (const id of missing) {
      const local = definitions.lateLocals.get(id.slice("local.".length));
      if (id.startsWith("local.") && local !== undefined) {
        const { expr, type, sensitive } = local;
        graph.value({ id, expr: encodeTemplate(expr), out: typeToJson(type), ...(sensitive ? { sensitive } : {}) });
        graph.span(id, "", symbols.locals.get(id.slice("local.".length))?.span);
        continue;
      }
      const data = symbols.data.get(id.slice("data.".length));
      const component = data === undefined ? undefined : components.find("data-source", data.type, undefined);
      // Whatever else is missing has been reported: a definition in a cycle, or a component that is not there.
      if (data === undefined || component === undefined) return;
      const { schema } = component;
      const silent = new DiagnosticBag().report;
      const decoded = decodeConfig(definitions, [data.block.body], { schema: schema.body, place: {} }, silent);
      const output = Object.entries(schema.output).map(([name, attribute]) => [name, attribute.type] as const);
      graph.span(id, "", data.block.headerSpan);
      graph.effect({
        id,
        component: componentRef(component),
        config: emitConfig(decoded.late, schema.body, { ...context, id }),
        out: typeToJson(objectOf(Object.fromEntries(output))),
      });
    }
  }
}

/** Values that residual expressions may name: sensitive variables and locals, and sensitive data that is known. */
function nameInputs({ variables, definitions, symbols, options }: Compilation, inputs: Map<string, Value>): void {
  for (const [name, { value }] of variables) if (containsMark(value, "sensitive")) inputs.set(`var.${name}`, value);
  for (const name of definitions.localNames()) {
    const local = definitions.local(name);
    if (local !== undefined && local.late === undefined && containsMark(local.value, "sensitive")) {
      inputs.set(`local.${name}`, local.value);
    }
  }
  for (const [id, value] of options.effects ?? []) if (id.startsWith("effect.")) inputs.set(id, value);
  for (const reference of symbols.data.keys()) {
    if (options.effects?.has(dataId(reference)) !== true) continue;
    const value = definitions.data(reference)?.value;
    if (value !== undefined) inputs.set(`data.${reference}`, value);
  }
}
