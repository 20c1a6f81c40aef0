import { DiagnosticBag, type Report, type Span } from "@hclbuild/diagnostics";
import {
  decodeBody,
  evalCatalog,
  evaluate,
  expandDynamicBlocks,
  lowerExpression,
  scopeOfBody,
  staticList,
  type DecodedBody,
  type Scope,
} from "@hclbuild/eval";
import { checkConfig, schemaCatalog, type BlockSchema, type ComponentSchema, type ConfigView } from "@hclbuild/schema";
import { bodyCatalog, type Body, type BodySchema } from "@hclbuild/syntax";
import { usesOfBody, type BodyUses } from "../blocks/body-references.js";
import { referenceCatalog } from "../catalog.js";
import type { DefinitionTable } from "./definitions.js";
import { createPlaceScope, type BuildView, type SourceView } from "./scope.js";

/** A component's body decoded twice where that makes a difference. */
export interface DecodedConfig {
  /** With everything that is known on this machine now: what is checked. */
  readonly now: DecodedBody;
  /** With what differs between machines and runs left open: what goes into the graph. */
  readonly late: DecodedBody;
  /** A name in the body is none of the schema's, so what seems to be missing may only be misspelt. */
  readonly hasUnknownNames: boolean;
}

/** For whom a body is decoded. */
export interface DecodePlace {
  readonly source?: SourceView | undefined;
  readonly build?: BuildView | undefined;
}

/** Decodes one body. Mistakes are reported once. */
export function decodeConfig(
  definitions: DefinitionTable,
  parts: readonly Body[],
  { schema, place }: { readonly schema: BlockSchema; readonly place: DecodePlace },
  report: Report,
): DecodedConfig {
  const bag = new DiagnosticBag();
  const now = decodeParts(definitions, parts, { schema, place, mode: "now" }, bag.report);
  for (const diagnostic of bag.items) report.add(diagnostic);
  const hasUnknownNames = bag.items.some((diagnostic) => unknownNameCodes.has(diagnostic.code));
  const isLate = parts.some((part) => usesLate(definitions, usesOfBody(part, schema)));
  if (!isLate) return { now, late: now, hasUnknownNames };
  const late = decodeParts(definitions, parts, { schema, place, mode: "late" }, new DiagnosticBag().report);
  return { now, late, hasUnknownNames };
}

const unknownNameCodes: ReadonlySet<string> = new Set([
  bodyCatalog["unsupported-attribute"].code,
  bodyCatalog["unsupported-block"].code,
  bodyCatalog["unexpected-property"].code,
]);

const absenceCodes: ReadonlySet<string> = new Set([
  schemaCatalog["missing-option"].code,
  schemaCatalog["missing-block"].code,
  schemaCatalog["missing-companion"].code,
  schemaCatalog["nothing-chosen"].code,
  schemaCatalog["required-by-choice"].code,
]);

/** Where a configuration stands, and what replaces a part of it. */
export interface CheckPlace {
  /** Where something missing is reported. */
  readonly span: Span;
  readonly address?: string;
  readonly attributes?: ConfigView["attributes"];
}

/** Checks a decoded configuration. One misspelt name gives one diagnostic, not another one about what is missing then. */
export function checkDecoded(
  component: ComponentSchema,
  decoded: DecodedConfig,
  place: CheckPlace,
  report: Report,
): void {
  const { span, address, attributes = decoded.now.attributes } = place;
  const bag = new DiagnosticBag();
  checkConfig(component, { ...decoded.now, attributes, span }, bag.report, address);
  for (const diagnostic of bag.items) {
    if (!decoded.hasUnknownNames || !absenceCodes.has(diagnostic.code)) report.add(diagnostic);
  }
}

/** Outputs of the machine stay open in either mode, so they alone are no reason to decode twice. */
function usesLate(definitions: DefinitionTable, uses: BodyUses): boolean {
  const references = uses.references.filter((reference) => reference.root !== "build");
  return definitions.isLate(references, uses.functions);
}

interface DecodeTask {
  readonly schema: BlockSchema;
  readonly place: DecodePlace;
  readonly mode: "now" | "late";
}

/** The number of blocks must not depend on the machine, so the for_each of a dynamic block sees neither source nor build. */
function createShapeScope(definitions: DefinitionTable): Scope {
  return createPlaceScope(definitions, {
    mode: "now",
    restriction: "The for_each of a dynamic block is evaluated before sources and machines.",
  });
}

function decodeParts(
  definitions: DefinitionTable,
  parts: readonly Body[],
  { schema, place, mode }: DecodeTask,
  report: Report,
): DecodedBody {
  const shapeScope = createShapeScope(definitions);
  const scope = createPlaceScope(definitions, { ...place, mode });
  const decoded = parts.map((part) => {
    const expanded = "iterators" in part ? part : expandDynamicBlocks(part, shapeScope);
    return decodeBody(expanded, schema, scope, report);
  });
  return mergeDecoded(decoded, report);
}

/** What a build adds to a source must not set the same arguments again. */
function mergeDecoded(parts: readonly DecodedBody[], report: Report): DecodedBody {
  const [first, ...others] = parts as readonly [DecodedBody, ...DecodedBody[]];
  if (others.length === 0) return first;
  const attributes = new Map(first.attributes);
  const blocks = new Map(first.blocks);
  for (const part of others) {
    for (const [name, attribute] of part.attributes) {
      const earlier = attributes.get(name);
      if (earlier === undefined) attributes.set(name, attribute);
      else {
        const related = [{ span: earlier.nameSpan, message: "It is first set here." }];
        report(bodyCatalog["duplicate-attribute"], { name, span: attribute.nameSpan, related });
      }
    }
    for (const [type, added] of part.blocks) blocks.set(type, [...(blocks.get(type) ?? []), ...added]);
  }
  return { ...first, attributes, blocks };
}

const nameCodes: ReadonlySet<string> = new Set([
  ...Object.values(referenceCatalog).map((entry) => entry.code),
  evalCatalog["unknown-function"].code,
  evalCatalog["unknown-variable"].code,
]);

/**
 * Checks the names and functions in a body without a schema: in its arguments, and in nested and dynamic blocks at any
 * depth. In the JSON syntax blocks cannot be told from arguments, which makes no difference but for iterators of dynamic
 * blocks, so what may hold one stays unread. Whether values fit is not judged: nothing is known about what they are for.
 */
export function checkUnknownBody(
  definitions: DefinitionTable,
  parts: readonly Body[],
  place: DecodePlace,
  report: Report,
): void {
  const scope = createPlaceScope(definitions, { ...place, mode: "now" });
  const shapeScope = createShapeScope(definitions);
  const bag = new DiagnosticBag();
  for (const part of parts) {
    checkNames("iterators" in part ? part : expandDynamicBlocks(part, shapeScope), scope, bag.report);
  }
  for (const diagnostic of bag.items) if (nameCodes.has(diagnostic.code)) report.add(diagnostic);
}

function checkNames(body: Body, scope: Scope, report: Report): void {
  const { report: ignore } = new DiagnosticBag();
  for (const attribute of body.justAttributes(ignore).values()) {
    const { source, expression } = attribute;
    const mayHoldBlocks = source.name.endsWith(".json");
    if (mayHoldBlocks && source.text.slice(attribute.span.start, expression.end).includes('"dynamic"')) continue;
    evaluate(lowerExpression(attribute), scopeOfBody(body, scope), report);
  }
  const { blocks } = body.partialContent({ attributes: [], blocks: shapesOfBlocks(body) }, report).content;
  for (const block of blocks) checkNames(block.body, scope, report);
}

/** A schema with the blocks that a body has: of each type, those with as many labels as the first one. */
function shapesOfBlocks(body: Body): BodySchema["blocks"] {
  const counts = new Map<string, number>();
  for (const { type, labels, body: inner } of body.nestedBlocks()) {
    const dynamic = type === "dynamic" ? labels[0] : undefined;
    const name = dynamic ?? type;
    if (!counts.has(name)) counts.set(name, dynamic === undefined ? labels.length : countLabels(inner));
  }
  return [...counts].map(([type, count]) => ({ type, labelNames: Array.from({ length: count }, () => "label") }));
}

/** How many labels a dynamic block gives to the blocks that it stands for. */
function countLabels(dynamic: Body): number {
  const labels = dynamic.justAttributes(new DiagnosticBag().report).get("labels");
  return labels === undefined ? 0 : (staticList(labels)?.length ?? 0);
}
