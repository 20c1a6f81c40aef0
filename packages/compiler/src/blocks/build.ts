import { suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import {
  constantScope,
  expandDynamicBlocks,
  lowerExpression,
  referencesOf,
  scopeOfBody,
  staticList,
  unknownLabel,
  type Reference,
} from "@hclbuild/eval";
import type { BlockSchema } from "@hclbuild/schema";
import type { Body, BodyAttribute, BodyBlock, BodyContent } from "@hclbuild/syntax";
import { createArgumentReader, type ArgumentReader } from "./arguments.js";
import { triesBlock } from "../evaluate/attempts.js";
import { usesOfBody } from "./body-references.js";
import { type BuildPlan, type PostProcessorPlan, type ProvisionerPlan, type SourceUse } from "./build-plan.js";
import { configCatalog } from "../catalog.js";
import type { ComponentFinder } from "./components.js";
import { checkRegistryBlock } from "./registry-block.js";
import { checkFilter, checkOverride } from "./source-names.js";
import { buildSchema, postProcessorMetaSchema, postProcessorsSchema, provisionerMetaSchema } from "./root-schema.js";
import { createPlaceScope, type Definitions } from "../evaluate/scope.js";
import { spanOfExpression } from "./spans.js";
import type { Symbols } from "./symbols.js";

export interface BuildContext {
  readonly symbols: Symbols;
  readonly definitions: Definitions;
  readonly components: ComponentFinder;
  readonly report: Report;
  /** Keeps what must be read before the build can be compiled to the end. */
  defer(id: string, references: readonly Reference[]): void;
}

const metaRestriction = "The arguments that say when and where a step runs are read once for all sources.";

/** Reads a build block. What depends on a machine or source stays in the bodies. */
export function readBuild(context: BuildContext, block: BodyBlock, index: number): BuildPlan {
  const { definitions, report } = context;
  const scope = createPlaceScope(definitions, {
    mode: "now",
    restriction: "A build's own arguments are read before its sources.",
  });
  let isDecided = true;
  const deferral: Deferral = (attribute) => {
    isDecided = false;
    context.defer(`deferred.build-${index}/${attribute.name}`, referencesOf(lowerExpression(attribute)));
  };
  const content = expandDynamicBlocks(block.body, scope).content(buildSchema, report);
  const deferOpen = ({ blocks }: BodyContent): void => {
    if (!blocks.some((each) => isDeferred(each) || each.labels.includes(unknownLabel))) return;
    isDecided = false;
    context.defer(`deferred.build-${index}/dynamic`, usesOfBody(block.body, buildShape).references);
  };
  deferOpen(content);
  const reader = createArgumentReader(scope, report, deferral);
  const name = reader.text(content.attributes.get("name")) ?? "";
  const description = reader.text(content.attributes.get("description")) ?? "";
  const { uses, references, areKnown } = readSources({ ...context, deferral }, block, { content, reader });
  const steps = readSteps({ ...context, buildName: name, uses, references, areKnown, deferral, deferOpen }, content);
  const registryBlocks = content.blocks.filter((each) => each.type === "hcp_packer_registry");
  for (const registry of registryBlocks) checkRegistryBlock(registry, scope, report);
  return { block, name, description, uses, references, isComplete: isDecided && areKnown, registryBlocks, ...steps };
}

/** Where dynamic blocks of a build can be. */
const buildShape: BlockSchema = {
  attributes: {},
  blocks: { "post-processors": { nesting: "list", labels: [], body: { attributes: {}, blocks: {} }, doc: "" } },
};

type Deferral = (attribute: BodyAttribute) => void;

/** Whether a block stands for a number of blocks that is not known yet. */
function isDeferred(block: BodyBlock): boolean {
  return "deferred" in block && block.deferred !== undefined;
}

interface SourceParts {
  readonly content: BodyContent;
  readonly reader: ArgumentReader;
}

interface SourceContext extends BuildContext {
  readonly deferral: Deferral;
}

function readSources(context: SourceContext, block: BodyBlock, { content, reader }: SourceParts): FoundSources {
  const uses: SourceUse[] = [];
  const references: string[] = [];
  const attribute = content.attributes.get("sources");
  const texts = reader.texts(attribute, true);
  let areKnown = attribute === undefined || texts !== undefined;
  if (attribute !== undefined && texts !== undefined) {
    const items = staticList(attribute);
    for (const [index, text] of texts.entries()) {
      const item = items?.length === texts.length ? items[index] : undefined;
      const use = findSource(context, { text, span: spanOfExpression(item ?? attribute) }, references);
      if (use === undefined) areKnown = false;
      else uses.push({ ...use, bodies: [use.symbol.block.body] });
    }
  }
  const blocks = content.blocks.filter((each) => each.type === "source");
  for (const each of blocks) {
    if (isDeferred(each) || each.labels[0] === unknownLabel) {
      areKnown = false;
      continue;
    }
    const name = readLocalName(context, each);
    const place = { text: each.labels[0] as string, span: each.labelSpans[0] as Span, name: name.text };
    const use = findSource(context, place, references);
    if (use === undefined) areKnown = false;
    else uses.push({ ...use, bodies: [use.symbol.block.body, name.remain] });
  }
  if (areKnown && (texts ?? []).length === 0 && blocks.length === 0 && !triesBlock(block.body, "source")) {
    const span = attribute === undefined ? block.headerSpan : spanOfExpression(attribute);
    context.report(configCatalog["missing-source"], { span });
  }
  return { uses, references, areKnown };
}

interface FoundSources extends Pick<BuildPlan, "uses" | "references"> {
  /** These are all of them; else data sources have to be read first, or a mistake has been reported. */
  readonly areKnown: boolean;
}

type FoundSource = Omit<SourceUse, "bodies">;

interface SourceReference {
  readonly text: string;
  readonly span: Span;
  /** The name that the build gives the source. */
  readonly name?: string | undefined;
}

function findSource(
  context: BuildContext,
  { text, span, name: given }: SourceReference,
  references: string[],
): FoundSource | undefined {
  const { symbols, report } = context;
  // Packer takes any first part of three for the word "source", and templates write "sources" as well.
  const parts = text.split(".");
  const [type, name] = parts.length > 2 ? parts.slice(1) : parts;
  if (type === undefined || name === undefined || type === "" || name === "") {
    report(configCatalog["source-reference-form"], { span });
    return undefined;
  }
  references.push(`${type}.${given ?? name}`);
  const symbol = symbols.sources.get(`${type}.${name}`);
  if (symbol !== undefined) {
    // A missing plugin is best reported at a source, so sources come before the steps of a build.
    context.components.find("builder", type, symbol.block.labelSpans[0]);
    return { type, localName: given ?? name, symbol, span };
  }
  const known = [...symbols.sources.keys()];
  const near = suggestName(`${type}.${name}`, known);
  report(configCatalog["unknown-source"], {
    name: `${type}.${name}`,
    near,
    ...(near === undefined && known.length > 0 ? { known: known.join(", ") } : {}),
    ...(known.length === 0 ? { none: "" } : {}),
    span,
  });
  return undefined;
}

/** The name that a source block gives its source. Only the iterators of a dynamic block can be used in it, as in Packer. */
function readLocalName(
  context: SourceContext,
  block: BodyBlock,
): { readonly text: string | undefined; readonly remain: Body } {
  const { content, remain } = block.body.partialContent({ attributes: [{ name: "name" }], blocks: [] }, context.report);
  const scope = scopeOfBody(block.body, constantScope("The name is needed to know what the sources are."));
  const reader = createArgumentReader(scope, context.report, context.deferral);
  return { text: reader.text(content.attributes.get("name")), remain };
}

interface StepContext extends SourceContext, FoundSources {
  readonly buildName: string;
  /** Makes sure that data sources are read first that decide which blocks there are. */
  deferOpen(content: BodyContent): void;
}

type Steps = Pick<BuildPlan, "provisioners" | "errorCleanup" | "chains">;

function readSteps(context: StepContext, content: BodyContent): Steps {
  const { report } = context;
  const provisioners: ProvisionerPlan[] = [];
  const chains: (readonly PostProcessorPlan[])[] = [];
  let errorCleanup: ProvisionerPlan | undefined;
  for (const block of content.blocks) {
    switch (block.type) {
      case "provisioner":
        provisioners.push(readProvisioner(context, block));
        break;
      case "error-cleanup-provisioner":
        if (errorCleanup !== undefined) {
          const related = [{ span: errorCleanup.block.headerSpan, message: "The first one is here." }];
          report(configCatalog["duplicate-block"], { type: block.type, span: block.headerSpan, related });
        }
        errorCleanup ??= readProvisioner(context, block);
        break;
      case "post-processor":
        chains.push([readPostProcessor(context, block)]);
        break;
      case "post-processors": {
        const chain = block.body.content(postProcessorsSchema, report);
        context.deferOpen(chain);
        chains.push(chain.blocks.map((each) => readPostProcessor(context, each)));
        break;
      }
      case "from":
        report(configCatalog["block-ignored"], { type: "from", span: block.headerSpan });
    }
  }
  return { provisioners, chains, ...(errorCleanup === undefined ? {} : { errorCleanup }) };
}

/** Reads meta-arguments, which see the name of the build and the iterators of dynamic blocks around them. */
function metaReader(context: StepContext, block: BodyBlock): ArgumentReader {
  const scope = createPlaceScope(context.definitions, {
    mode: "now",
    build: { name: context.buildName },
    restriction: metaRestriction,
  });
  return createArgumentReader(scopeOfBody(block.body, scope), context.report, context.deferral);
}

function readProvisioner(context: StepContext, block: BodyBlock): ProvisionerPlan {
  const { report } = context;
  const reader = metaReader(context, block);
  const { content, remain } = block.body.partialContent(provisionerMetaSchema, report);
  const { attributes } = content;
  const overrideAttribute = attributes.get("override");
  const override = readOverride(overrideAttribute, reader, report);
  if (override !== undefined && overrideAttribute !== undefined) checkOverride(context, override, overrideAttribute);
  const pauseMs = reader.duration(attributes.get("pause_before"));
  const timeoutMs = reader.duration(attributes.get("timeout"));
  if (pauseMs !== undefined && pauseMs > 0 && timeoutMs !== undefined) {
    report(configCatalog["timeout-without-effect"], { span: attributes.get("timeout")?.nameSpan });
  }
  return {
    ...readStep(context, block, { kind: "provisioner", body: remain, attributes, reader }),
    ...present({
      override,
      overrideSpan: overrideAttribute === undefined ? undefined : spanOfExpression(overrideAttribute),
      pauseMs,
      timeoutMs,
      retry: reader.count(attributes.get("max_retries")),
      continueOnError: reader.bool(attributes.get("continue_on_error")),
      cache: reader.bool(attributes.get("cache")),
    }),
  };
}

function readOverride(
  attribute: BodyAttribute | undefined,
  reader: ArgumentReader,
  report: Report,
): ProvisionerPlan["override"] {
  const value = reader.any(attribute);
  if (value === undefined || attribute === undefined) return undefined;
  const isObject = (type: { readonly kind: string }): boolean => type.kind === "object" || type.kind === "map";
  const parts =
    value.type.kind === "object"
      ? Object.values(value.type.attributes)
      : value.type.kind === "map"
        ? [value.type.element]
        : [];
  if (isObject(value.type) && parts.every(isObject)) return value;
  const problem = "It must be an object of objects, with the names of sources as keys";
  report(configCatalog["invalid-argument"], { name: "override", problem, span: spanOfExpression(attribute) });
  return undefined;
}

function readPostProcessor(context: StepContext, block: BodyBlock): PostProcessorPlan {
  const reader = metaReader(context, block);
  const { content, remain } = block.body.partialContent(postProcessorMetaSchema, context.report);
  const { attributes } = content;
  return {
    ...readStep(context, block, { kind: "post-processor", body: remain, attributes, reader }),
    ...present({ keepInput: reader.bool(attributes.get("keep_input_artifact")) }),
  };
}

interface StepParts {
  readonly kind: "provisioner" | "post-processor";
  readonly body: Body;
  readonly attributes: ReadonlyMap<string, BodyAttribute>;
  readonly reader: ArgumentReader;
}

function readStep(context: StepContext, block: BodyBlock, parts: StepParts): PostProcessorPlan {
  const { attributes, reader, body, kind } = parts;
  const type = block.labels[0] as string;
  const filter = present({
    only: reader.texts(attributes.get("only")),
    except: reader.texts(attributes.get("except")),
  });
  checkFilter(context, filter, attributes);
  return {
    block,
    type,
    component: type === unknownLabel ? undefined : context.components.find(kind, type, block.labelSpans[0]),
    body,
    isDeferred: isDeferred(block),
    ...present({ name: reader.text(attributes.get("name")) }),
    ...filter,
  };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is `undefined`: optional properties are absent, never undefined. */
function present<T extends object>(parts: T): Present<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Present<T>;
}
