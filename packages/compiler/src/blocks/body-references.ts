import { DiagnosticBag } from "@hclbuild/diagnostics";
import { calledFunctions, lowerExpression, referencesOf, type Reference } from "@hclbuild/eval";
import type { BlockSchema } from "@hclbuild/schema";
import type { Body } from "@hclbuild/syntax";

/** The names and functions that a body uses. */
export interface BodyUses {
  readonly references: readonly Reference[];
  readonly functions: ReadonlySet<string>;
}

/**
 * Everything that the expressions of a body use, nested and dynamic blocks included. Iterators of dynamic blocks are
 * among the references; whoever asks ignores roots that are not theirs.
 */
export function usesOfBody(body: Body, schema: BlockSchema): BodyUses {
  const references: Reference[] = [];
  const functions = new Set<string>();
  collect(body, schema, { references, functions });
  return { references, functions };
}

interface Collected {
  readonly references: Reference[];
  readonly functions: Set<string>;
}

function collect(body: Body, schema: BlockSchema, into: Collected): void {
  // The decoder reports what is wrong with the body.
  const { report } = new DiagnosticBag();
  const { content } = body.partialContent(
    {
      attributes: Object.keys(schema.attributes).map((name) => ({ name })),
      blocks: [
        ...Object.entries(schema.blocks).map(([type, block]) => ({ type, labelNames: block.labels })),
        { type: "dynamic", labelNames: ["type"] },
      ],
    },
    report,
  );
  for (const attribute of content.attributes.values()) addUses(lowerExpression(attribute), into);
  for (const block of content.blocks) {
    if (block.type === "dynamic") collectDynamic(block.body, schema.blocks[block.labels[0] as string]?.body, into);
    else collect(block.body, (schema.blocks[block.type] as { body: BlockSchema }).body, into);
  }
}

const emptyBody: BlockSchema = { attributes: {}, blocks: {} };

function collectDynamic(body: Body, inner: BlockSchema | undefined, into: Collected): void {
  const { report } = new DiagnosticBag();
  const content = body.content(
    { attributes: [{ name: "for_each" }, { name: "iterator" }, { name: "labels" }], blocks: [{ type: "content" }] },
    report,
  );
  for (const [name, attribute] of content.attributes) {
    if (name !== "iterator") addUses(lowerExpression(attribute), into);
  }
  for (const block of content.blocks) collect(block.body, inner ?? emptyBody, into);
}

function addUses(expr: Parameters<typeof referencesOf>[0], into: Collected): void {
  for (const reference of referencesOf(expr)) into.references.push(reference);
  for (const name of calledFunctions(expr)) into.functions.add(name);
}
