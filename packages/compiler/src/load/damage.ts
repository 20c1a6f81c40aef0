import type { Diagnostic, SourceText } from "@hclbuild/diagnostics";
import type { BlockNode, BodyNode } from "@hclbuild/syntax";

/**
 * A body in which every argument with a syntax error has no value: what could be read of it is a guess, and nothing said
 * about the guess would help. A mistake counts for the arguments that it touches, names, or shares a last line with.
 */
export function withoutDamagedValues(body: BodyNode, source: SourceText, found: readonly Diagnostic[]): BodyNode {
  const errors = found.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return body;
  const places = errors
    .flatMap(({ primary, related = [] }) => [primary, ...related.map(({ span }) => span)])
    .flatMap((span) => (span?.file === source.name ? [span.start, span.end] : []))
    .toSorted((a, b) => a - b);
  const isDamaged = (start: number, end: number): boolean => {
    const lineEnd = source.text.indexOf("\n", end);
    const place = places[firstFrom(places, start)];
    return place !== undefined && place <= (lineEnd === -1 ? source.text.length : lineEnd);
  };
  const clean = <Node extends BodyNode>(node: Node): Node => ({
    ...node,
    items: node.items.map((item): BodyNode["items"][number] => {
      if (item.kind === "block") return { ...item, body: clean(item.body) } satisfies BlockNode;
      const { start, end } = item.expression;
      return isDamaged(start, end) ? { ...item, expression: { kind: "error", start, end } } : item;
    }),
  });
  return clean(body);
}

/** The index of the first of sorted numbers that is not below a bound. */
function firstFrom(sorted: readonly number[], bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
