import type { AttributeNode, BlockNode, BodyNode, Expression, FileNode, TemplatePart } from "./ast.js";

/** Any node of a tree. Identifiers and labels are properties of their nodes, not nodes. */
export type SyntaxNode = FileNode | BodyNode | AttributeNode | BlockNode | Expression | TemplatePart;

/** What {@link walk} calls. `enter` may return `false` to leave out the children of the node; `exit` is called anyway. */
export interface Visitor {
  enter?(node: SyntaxNode, parent: SyntaxNode | undefined): boolean | void;
  exit?(node: SyntaxNode, parent: SyntaxNode | undefined): void;
}

/** Visits a node and everything below it in source order. */
export function walk(node: SyntaxNode, visitor: Visitor, parent?: SyntaxNode): void {
  if (visitor.enter?.(node, parent) !== false) {
    for (const child of childrenOf(node)) walk(child, visitor, node);
  }
  visitor.exit?.(node, parent);
}

/** The nodes directly below a node, in source order. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.kind) {
    case "file":
      return [node.body];
    case "body":
      return node.items;
    case "attribute":
      return [node.expression];
    case "block":
      return [node.body];
    case "template":
      return node.parts;
    case "interpolation":
    case "parentheses":
      return [node.expression];
    case "if":
      return [node.condition, ...node.whenTrue, ...node.whenFalse];
    case "for":
      if ("body" in node) return [node.collection, ...node.body];
      return [node.collection, node.keyExpression, node.valueExpression, node.condition].filter(
        (child) => child !== undefined,
      );
    case "get":
      return [node.target];
    case "index":
      return [node.target, node.key];
    case "splat":
      return [node.target, node.each];
    case "call":
      return node.arguments;
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.condition, node.whenTrue, node.whenFalse];
    case "tuple":
      return node.items;
    case "object":
      return node.items.flatMap((item) => [item.key, item.value]);
    case "text":
    case "number":
    case "keyword":
    case "variable":
    case "splat-item":
    case "error":
      return [];
  }
}
