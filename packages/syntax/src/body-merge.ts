import type { Report, Span } from "@hclbuild/diagnostics";
import { bodyCatalog } from "./body-catalog.js";
import type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema } from "./body.js";

/**
 * One body that holds the items of all given bodies, as the files of one directory form one configuration.
 *
 * An attribute that two bodies set is reported with the first definition related, and the first counts. Blocks come in
 * the order of the bodies. A required attribute that no body sets is reported once, at the first body.
 */
export function mergeBodies(bodies: readonly Body[]): Body {
  const [only] = bodies;
  if (only !== undefined && bodies.length === 1) return only;
  const missingItemSpan: Span = only?.missingItemSpan ?? { file: "<empty>", start: 0, end: 0 };
  return {
    missingItemSpan,
    content(schema, report) {
      const relaxed = withoutRequired(schema);
      return mergeContents(
        bodies.map((body) => body.content(relaxed, report)),
        { schema, missingItemSpan },
        report,
      );
    },
    partialContent(schema, report) {
      const relaxed = withoutRequired(schema);
      const parts = bodies.map((body) => body.partialContent(relaxed, report));
      return {
        content: mergeContents(
          parts.map((part) => part.content),
          { schema, missingItemSpan },
          report,
        ),
        remain: mergeBodies(parts.map((part) => part.remain)),
      };
    },
    justAttributes(report) {
      return mergeAttributes(
        bodies.map((body) => body.justAttributes(report)),
        report,
      );
    },
    nestedBlocks: () => bodies.flatMap((body) => body.nestedBlocks()),
  };
}

function withoutRequired(schema: BodySchema): BodySchema {
  return { attributes: schema.attributes.map(({ name }) => ({ name })), blocks: schema.blocks };
}

interface MergeTarget {
  readonly schema: BodySchema;
  readonly missingItemSpan: Span;
}

function mergeContents(contents: readonly BodyContent[], target: MergeTarget, report: Report): BodyContent {
  const attributes = mergeAttributes(
    contents.map((content) => content.attributes),
    report,
  );
  const blocks: BodyBlock[] = contents.flatMap((content) => content.blocks);
  for (const { name, required } of target.schema.attributes) {
    if (required && !attributes.has(name)) {
      report(bodyCatalog["missing-attribute"], { span: target.missingItemSpan, name });
    }
  }
  return { attributes, blocks, missingItemSpan: target.missingItemSpan };
}

function mergeAttributes(
  maps: readonly ReadonlyMap<string, BodyAttribute>[],
  report: Report,
): ReadonlyMap<string, BodyAttribute> {
  const merged = new Map<string, BodyAttribute>();
  for (const attributes of maps) {
    for (const [name, attribute] of attributes) {
      const earlier = merged.get(name);
      if (earlier === undefined) {
        merged.set(name, attribute);
        continue;
      }
      report(bodyCatalog["duplicate-attribute"], {
        span: attribute.nameSpan,
        name,
        related: [{ span: earlier.nameSpan, message: "It is first set here." }],
      });
    }
  }
  return merged;
}
