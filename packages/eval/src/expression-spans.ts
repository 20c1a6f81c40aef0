import type { Span } from "@hclbuild/diagnostics";
import type { Expr } from "@hclbuild/graph";
import { asJsNumber, asText, isKnown, isNull, type Path, type PathStep, type Value } from "@hclbuild/value";

/** The innermost sub-expression that a path into the value leads to, and what of the path is left. */
export function spanAtPath(expr: Expr, path: Path): { readonly span: Span | undefined; readonly rest: Path } {
  let current = expr;
  let index = 0;
  for (; index < path.length; index++) {
    const part = partOf(current, path[index] as PathStep);
    if (part === undefined) break;
    current = part;
  }
  return { span: current.span, rest: path.slice(index) };
}

function partOf(expr: Expr, step: PathStep): Expr | undefined {
  const name = stepText(step);
  if (expr.kind === "tuple") return expr.items[Number(name)];
  if (expr.kind !== "object") return undefined;
  return expr.items.findLast((item) => literalText(item.key) === name)?.value;
}

function literalText(key: Expr): string | undefined {
  return key.kind === "lit" ? keyText(key.value) : undefined;
}

function keyText(value: Value): string | undefined {
  if (!isKnown(value) || isNull(value)) return undefined;
  if (value.type.kind === "string") return asText(value);
  if (value.type.kind === "number") return String(asJsNumber(value) ?? "");
  return undefined;
}

function stepText(step: PathStep): string {
  return step.kind === "attribute" ? step.name : (keyText(step.key) ?? "");
}

/** `.name[0]["key"]`; keys that cannot be shown stand as an ellipsis. */
export function pathText(path: Path): string {
  return path
    .map((step) => {
      if (step.kind === "attribute") return `.${step.name}`;
      const text = step.key.marks.sensitive ? undefined : keyText(step.key);
      if (text === undefined) return "[…]";
      return step.key.type.kind === "string" ? `[${JSON.stringify(text)}]` : `[${text}]`;
    })
    .join("");
}

/** Spans of a value's parts by JSON pointer, as far as they are written out: `""` is the whole, `/0/name` a part. */
export function spansOfParts(expr: Expr): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  const visit = (part: Expr, pointer: string): void => {
    if (part.span !== undefined) spans.set(pointer, part.span);
    if (part.kind === "tuple") part.items.forEach((item, index) => visit(item, `${pointer}/${String(index)}`));
    if (part.kind !== "object") return;
    for (const item of part.items) {
      const name = literalText(item.key);
      if (name !== undefined) visit(item.value, `${pointer}/${escapePointer(name)}`);
    }
  };
  visit(expr, "");
  return spans;
}

/** A name as a segment of a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
