import { DiagnosticBag, type Report } from "@hclbuild/diagnostics";
import { decodeBody, expandDynamicBlocks, type DecodedBody } from "@hclbuild/eval";
import type { BlockSchema } from "@hclbuild/schema";
import { bodyCatalog, type Body } from "@hclbuild/syntax";
import { usesOfBody, type BodyUses } from "./body-references.js";
import type { DefinitionTable } from "./definitions.js";
import { createPlaceScope, type BuildView, type SourceView } from "./scope.js";

/** A component's body decoded twice where that makes a difference. */
export interface DecodedConfig {
  /** With everything that is known on this machine now: what is checked. */
  readonly now: DecodedBody;
  /** With what differs between machines and runs left open: what goes into the graph. */
  readonly late: DecodedBody;
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
  const now = decodeParts(definitions, parts, { schema, place, mode: "now" }, report);
  const isLate = parts.some((part) => usesLate(definitions, usesOfBody(part, schema)));
  if (!isLate) return { now, late: now };
  return { now, late: decodeParts(definitions, parts, { schema, place, mode: "late" }, new DiagnosticBag().report) };
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

function decodeParts(
  definitions: DefinitionTable,
  parts: readonly Body[],
  { schema, place, mode }: DecodeTask,
  report: Report,
): DecodedBody {
  // The number of blocks must not depend on the machine, so for_each sees neither source nor build.
  const shapeScope = createPlaceScope(definitions, {
    mode: "now",
    restriction: "The for_each of a dynamic block is evaluated before sources and machines.",
  });
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
