import type { AttributeNode, BlockNode, Expression, FileNode } from "./ast.js";
import { childrenOf, type SyntaxNode } from "./walk.js";

/**
 * The nodes around an offset, the file first and the innermost node last. A node holds its end too, so that the node
 * before a cursor is found; where two nodes meet, the later one counts.
 */
export function nodesAt(file: FileNode, offset: number): readonly SyntaxNode[] {
  const path: SyntaxNode[] = [];
  let current: SyntaxNode | undefined = file;
  while (current !== undefined) {
    path.push(current);
    current = childrenOf(current).findLast((child) => child.start <= offset && offset <= child.end);
  }
  return path;
}

/** The blocks around an offset, the outermost first. */
export function blocksAt(file: FileNode, offset: number): readonly BlockNode[] {
  return nodesAt(file, offset).filter((node) => node.kind === "block");
}

/** The attribute at an offset. */
export function attributeAt(file: FileNode, offset: number): AttributeNode | undefined {
  return nodesAt(file, offset).findLast((node) => node.kind === "attribute");
}

/** The whole value of the attribute at an offset, when the offset lies in it. */
export function outermostExpressionAt(file: FileNode, offset: number): Expression | undefined {
  const expression = attributeAt(file, offset)?.expression;
  return expression !== undefined && expression.start <= offset && offset <= expression.end ? expression : undefined;
}
