import type { Report, Span } from "@hclbuild/diagnostics";
import { isIdentifier, type BodyAttribute, type BodyBlock, type SourcedExpression } from "@hclbuild/syntax";
import { configCatalog } from "../catalog.js";
import type { Project } from "../load/project.js";
import { localSchema, rootSchema } from "./root-schema.js";

/** A `variable` block, or an attribute of the old `variables` block. */
export interface VariableSymbol {
  readonly name: string;
  readonly nameSpan: Span;
  /** The header, or the whole attribute of the old form. */
  readonly span: Span;
  readonly definition:
    | { readonly kind: "block"; readonly block: BodyBlock }
    | { readonly kind: "attribute"; readonly expression: SourcedExpression };
}

export interface LocalSymbol {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly expression: SourcedExpression;
  /** Of a `local` block; must be a literal. */
  readonly sensitive?: SourcedExpression;
}

/** A block with a type and a name: `data` or `source`. */
export interface NamedBlockSymbol {
  readonly type: string;
  readonly name: string;
  /** `TYPE.NAME` */
  readonly reference: string;
  readonly block: BodyBlock;
}

/** What a template declares, by address, before anything is evaluated. */
export interface Symbols {
  readonly packerBlocks: readonly BodyBlock[];
  readonly variables: ReadonlyMap<string, VariableSymbol>;
  readonly locals: ReadonlyMap<string, LocalSymbol>;
  readonly data: ReadonlyMap<string, NamedBlockSymbol>;
  readonly sources: ReadonlyMap<string, NamedBlockSymbol>;
  readonly builds: readonly BodyBlock[];
  readonly registryBlocks: readonly BodyBlock[];
}

export interface CollectOptions {
  /** Packer looks at sources after the syntax check, so two of one name do not matter to it. */
  readonly ignoreDuplicateSources?: boolean;
}

/** Reads the top level of every file. The first of several definitions counts; the others are reported. */
export function collectSymbols(project: Project, report: Report, options: CollectOptions = {}): Symbols {
  const collector = createCollector(report, options);
  for (const file of project.files) {
    for (const block of file.body.content(rootSchema, report).blocks) collector.add(block);
  }
  return collector.symbols;
}

/** Collects definitions into tables. */
interface Collector {
  add(block: BodyBlock): void;
  readonly symbols: Symbols;
}

interface DefinitionPlace {
  readonly what: string;
  readonly span: Span;
  readonly nameSpan: Span | undefined;
}

type Define = <T extends { readonly name: string }>(
  table: Map<string, { readonly symbol: T; readonly span: Span }>,
  key: string,
  symbol: T,
  place: DefinitionPlace,
) => void;

function createDefine(report: Report, options: CollectOptions): Define {
  return (table, key, symbol, place) => {
    if (!isIdentifier(symbol.name)) {
      report(configCatalog["invalid-name"], { what: place.what, span: place.nameSpan });
      return;
    }
    const first = table.get(key);
    if (first === undefined) {
      table.set(key, { symbol, span: place.span });
      return;
    }
    if (place.what === "source" && options.ignoreDuplicateSources === true) return;
    const related = [{ span: first.span, message: "It is first defined here." }];
    report(configCatalog["duplicate-definition"], { what: place.what, name: key, span: place.span, related });
  };
}

interface Defined<T> {
  readonly symbol: T;
  readonly span: Span;
}

function symbolsOf<T>(table: ReadonlyMap<string, Defined<T>>): ReadonlyMap<string, T> {
  return new Map([...table].map(([key, { symbol }]) => [key, symbol]));
}

function createCollector(report: Report, options: CollectOptions): Collector {
  const define = createDefine(report, options);
  const blocks: Readonly<Record<"packer" | "build" | "hcp_packer_registry", BodyBlock[]>> = {
    packer: [],
    build: [],
    hcp_packer_registry: [],
  };
  const variables = new Map<string, Defined<VariableSymbol>>();
  const locals = new Map<string, Defined<LocalSymbol>>();
  const data = new Map<string, Defined<NamedBlockSymbol>>();
  const sources = new Map<string, Defined<NamedBlockSymbol>>();
  const addNamed = (table: Map<string, Defined<NamedBlockSymbol>>, what: string, block: BodyBlock): void => {
    const symbol = namedSymbol(block);
    if (isIdentifier(symbol.type)) {
      define(table, symbol.reference, symbol, { what, span: block.headerSpan, nameSpan: block.labelSpans[1] });
    } else report(configCatalog["invalid-name"], { what: `${what} type`, span: block.labelSpans[0] });
  };
  const addVariable = (symbol: VariableSymbol): void =>
    define(variables, symbol.name, symbol, { ...symbol, what: "variable" });
  const addLocal = (symbol: LocalSymbol): void => define(locals, symbol.name, symbol, { ...symbol, what: "local" });
  const add = (block: BodyBlock): void => {
    switch (block.type) {
      case "packer":
      case "build":
      case "hcp_packer_registry":
        blocks[block.type].push(block);
        return;
      case "variable":
        addVariable(blockVariable(block));
        return;
      case "variables":
        for (const attribute of block.body.justAttributes(report).values()) addVariable(attributeVariable(attribute));
        return;
      case "locals":
        for (const attribute of block.body.justAttributes(report).values()) addLocal(attributeLocal(attribute));
        return;
      case "local":
        addLocalBlock(block, addLocal, report);
        return;
      case "data":
        addNamed(data, "data source", block);
        return;
      case "communicator":
        report(configCatalog["block-ignored"], { type: block.type, span: block.headerSpan });
        return;
      case "source":
        addNamed(sources, "source", block);
    }
  };
  return {
    add,
    get symbols() {
      return {
        packerBlocks: blocks.packer,
        variables: symbolsOf(variables),
        locals: symbolsOf(locals),
        data: symbolsOf(data),
        sources: symbolsOf(sources),
        builds: blocks.build,
        registryBlocks: blocks.hcp_packer_registry,
      };
    },
  };
}

function namedSymbol(block: BodyBlock): NamedBlockSymbol {
  const [type, name] = block.labels as readonly [string, string];
  return { type, name, reference: `${type}.${name}`, block };
}

function blockVariable(block: BodyBlock): VariableSymbol {
  return {
    name: block.labels[0] as string,
    nameSpan: block.labelSpans[0] as Span,
    span: block.headerSpan,
    definition: { kind: "block", block },
  };
}

function attributeLocal(attribute: BodyAttribute): LocalSymbol {
  const { name, nameSpan, span } = attribute;
  return { name, nameSpan, span, expression: attribute };
}

function attributeVariable(attribute: BodyAttribute): VariableSymbol {
  const { name, nameSpan, span } = attribute;
  return { name, nameSpan, span, definition: { kind: "attribute", expression: attribute } };
}

function addLocalBlock(block: BodyBlock, addLocal: (symbol: LocalSymbol) => void, report: Report): void {
  const { attributes } = block.body.content(localSchema, report);
  const expression = attributes.get("expression");
  const sensitive = attributes.get("sensitive");
  if (expression === undefined) return;
  addLocal({
    name: block.labels[0] as string,
    nameSpan: block.labelSpans[0] as Span,
    span: block.headerSpan,
    expression,
    ...(sensitive === undefined ? {} : { sensitive }),
  });
}
