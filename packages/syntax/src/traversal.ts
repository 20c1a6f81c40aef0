import type { Expression, Identifier, TemplateExpression } from "./ast.js";
import { childrenOf, type SyntaxNode } from "./walk.js";

/** One access of a {@link Traversal}. `start` is where the access begins: the dot or the bracket. */
export type TraversalStep =
  | { readonly kind: "attribute"; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: "index"; readonly key: TraversalKey; readonly start: number; readonly end: number }
  | { readonly kind: "splat"; readonly start: number; readonly end: number };

/** A fixed index. Numbers stay text, as everywhere in the tree. */
export type TraversalKey =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "keyword"; readonly keyword: "true" | "false" | "null" };

/** A reference that needs no evaluation: a name, then attributes and fixed indexes. */
export interface Traversal {
  readonly root: Identifier;
  readonly steps: readonly TraversalStep[];
  readonly start: number;
  readonly end: number;
}

/**
 * The expression as an absolute traversal, or `undefined` when it is more than that. `true`, `false` and `null` count
 * as names, because in places where a reference stands they are no literals.
 */
export function traversalOf(expression: Expression): Traversal | undefined {
  const steps: TraversalStep[] = [];
  let current = expression;
  for (;;) {
    switch (current.kind) {
      case "variable":
      case "keyword": {
        const text = current.kind === "variable" ? current.name : current.keyword;
        const { start, end } = current;
        steps.reverse();
        return { root: { text, start, end }, steps, start, end: expression.end };
      }
      case "get":
        steps.push({ kind: "attribute", name: current.name.text, start: current.target.end, end: current.end });
        current = current.target;
        break;
      case "index": {
        const key = fixedKey(current.key);
        if (key === undefined) return undefined;
        steps.push({ kind: "index", key, start: current.target.end, end: current.end });
        current = current.target;
        break;
      }
      default:
        return undefined;
    }
  }
}

function fixedKey(key: Expression): TraversalKey | undefined {
  if (key.kind === "number") return { kind: "number", text: key.text };
  if (key.kind === "keyword") return { kind: "keyword", keyword: key.keyword };
  const value = literalText(key);
  return value === undefined ? undefined : { kind: "string", value };
}

/** The text of a template without sequences, or `undefined`. */
export function literalText(expression: Expression): string | undefined {
  if (expression.kind !== "template") return undefined;
  return templateText(expression);
}

function templateText(template: TemplateExpression): string | undefined {
  const [first, ...others] = template.parts;
  if (first === undefined) return "";
  return others.length === 0 && first.kind === "text" ? first.value : undefined;
}

/** A variable that an expression uses, with the longest traversal from it that needs no evaluation. */
export interface Reference extends Traversal {
  /** The node that the traversal covers. */
  readonly node: Expression;
}

/**
 * The references in an expression, in source order. Names that a `for` expression or a template's `for` directive
 * defines are not references inside it, and neither are bare keys of object constructors.
 */
export function referencesIn(node: SyntaxNode): readonly Reference[] {
  const references: Reference[] = [];
  collect(node, new Set(), references);
  return references.toSorted((a, b) => a.start - b.start);
}

function collect(node: SyntaxNode, bound: ReadonlySet<string>, references: Reference[]): void {
  switch (node.kind) {
    case "variable":
    case "get":
    case "index": {
      const traversal = traversalOf(node);
      const isLiteral = traversal !== undefined && rootOf(node).kind === "keyword";
      if (traversal !== undefined && !isLiteral) {
        if (!bound.has(traversal.root.text)) references.push({ ...traversal, node });
        return;
      }
      break;
    }
    case "for": {
      collect(node.collection, bound, references);
      const names = [node.valueVariable.text, ...(node.keyVariable ? [node.keyVariable.text] : [])];
      const inner = new Set([...bound, ...names]);
      for (const child of childrenOf(node)) if (child !== node.collection) collect(child, inner, references);
      return;
    }
    case "object":
      for (const item of node.items) {
        if (!item.keyIsName) collect(item.key, bound, references);
        collect(item.value, bound, references);
      }
      return;
    default:
      break;
  }
  for (const child of childrenOf(node)) collect(child, bound, references);
}

function rootOf(expression: Expression): Expression {
  let current = expression;
  while (current.kind === "get" || current.kind === "index") current = current.target;
  return current;
}
