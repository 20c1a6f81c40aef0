import type { Report, Span } from "@hclbuild/diagnostics";
import { isIdentifier, type BodyBlock, type SourcedExpression } from "@hclbuild/syntax";
import { configCatalog } from "./catalog.js";
import type { Project } from "./project.js";
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

interface Collector {
  add(block: BodyBlock): void;
  readonly symbols: Symbols;
}

function createCollector(report: Report, options: CollectOptions): Collector {
  const packerBlocks: BodyBlock[] = [];
  const variables = new Map<string, VariableSymbol>();
  const locals = new Map<string, LocalSymbol>();
  const data = new Map<string, NamedBlockSymbol>();
  const sources = new Map<string, NamedBlockSymbol>();
  const builds: BodyBlock[] = [];
  const registryBlocks: BodyBlock[] = [];

  const define = <T extends { readonly name: string }>(table: Map<string, T>, key: string, symbol: T, place: DefinitionPlace): void => {
    if (!isIdentifier(symbol.name)) {
      report(configCatalog["invalid-name"], { what: place.what, span: place.nameSpan });
      return;
    }
    const first = table.get(key);
    if (first === undefined) {
      table.set(key, symbol);
      return;
    }
    if (place.what === "source" && options.ignoreDuplicateSources === true) return;
    const related = [{ span: place.spanOf(first), message: "It is first defined here." }];
    report(configCatalog["duplicate-definition"], { what: place.what, name: key, span: place.span, related });
  };

  const addNamed = (table: Map<string, NamedBlockSymbol>, what: string, block: BodyBlock): void => {
    const [type, name] = block.labels as readonly [string, string];
    const reference = `${type}.${name}`;
    if (!isIdentifier(type)) {
      report(configCatalog["invalid-name"], { what: `${what} type`, span: block.labelSpans[0] });
      return;
    }
    define(table, reference, { type, name, reference, block }, {
      what,
      span: block.headerSpan,
      nameSpan: block.labelSpans[1],
      spanOf: (first) => (first as NamedBlockSymbol).block.headerSpan,
    });
  };

  const addVariable = (symbol: VariableSymbol): void =>
    define(variables, symbol.name, symbol, {
      what: "variable",
      span: symbol.span,
      nameSpan: symbol.nameSpan,
      spanOf: (first) => (first as VariableSymbol).span,
    });

  const addLocal = (symbol: LocalSymbol): void =>
    define(locals, symbol.name, symbol, {
      what: "local",
      span: symbol.span,
      nameSpan: symbol.nameSpan,
      spanOf: (first) => (first as LocalSymbol).span,
    });

  const add = (block: BodyBlock): void => {
    switch (block.type) {
      case "packer":
        packerBlocks.push(block);
        return;
      case "variable":
        addVariable({
          name: block.labels[0] as string,
          nameSpan: block.labelSpans[0] as Span,
          span: block.headerSpan,
          definition: { kind: "block", block },
        });
        return;
      case "variables":
        for (const attribute of block.body.justAttributes(report).values()) {
          const { name, nameSpan, span } = attribute;
          addVariable({ name, nameSpan, span, definition: { kind: "attribute", expression: attribute } });
        }
        return;
      case "locals":
        for (const attribute of block.body.justAttributes(report).values()) {
          addLocal({ name: attribute.name, nameSpan: attribute.nameSpan, span: attribute.span, expression: attribute });
        }
        return;
      case "local":
        addLocalBlock(block, addLocal, report);
        return;
      case "data":
        addNamed(data, "data source", block);
        return;
      case "source":
        addNamed(sources, "source", block);
        return;
      case "build":
        builds.push(block);
        return;
      case "hcp_packer_registry":
        registryBlocks.push(block);
    }
  };
  return { add, symbols: { packerBlocks, variables, locals, data, sources, builds, registryBlocks } };
}

interface DefinitionPlace {
  readonly what: string;
  readonly span: Span;
  readonly nameSpan: Span | undefined;
  spanOf(first: unknown): Span;
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
