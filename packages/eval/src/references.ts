import type { Span } from "@hclbuild/diagnostics";
import type { Expr, InputExpr, NodeId, OutExpr, Step } from "@hclbuild/graph";
import { splatItemRoot } from "@hclbuild/graph";

/** A use of a name of the scope. */
export interface Reference {
  readonly root: string;
  readonly steps: readonly Step[];
  readonly span: Span | undefined;
}

interface Visit {
  readonly expr: Expr;
  /** Iterators in force. */
  readonly bound: readonly string[];
}

const typeConstructors: ReadonlySet<string> = new Set(["string", "number", "bool", "any"]);

/**
 * Every absolute traversal in the expression that is not an iterator, in source order, duplicates included. Type names
 * in the second argument of `convert` are no references.
 */
export function referencesOf(expr: Expr): readonly Reference[] {
  const found: Reference[] = [];
  forEachInput(expr, (input) => found.push({ root: input.root, steps: input.steps, span: input.span }));
  return found;
}

/** The outputs of other nodes that a residual uses, in source order. */
export function outputsOf(expr: Expr): readonly { readonly node: NodeId; readonly path: OutExpr["path"] }[] {
  const found: { readonly node: NodeId; readonly path: OutExpr["path"] }[] = [];
  visitAll(expr, ({ expr: node }) => {
    if (node.kind === "out") found.push({ node: node.node, path: node.path });
  });
  return found;
}

/**
 * Calls `use` for every traversal that is not an iterator inside `expr` itself, in source order, among the first
 * `maximum` nodes.
 */
export function forEachInput(expr: Expr, use: (input: InputExpr) => void, maximum?: number): void {
  const visit = ({ expr: node, bound }: Visit): void => {
    if (node.kind === "input" && node.root !== splatItemRoot && !bound.includes(node.root)) use(node);
  };
  visitAll(expr, visit, maximum);
}

/** Names of the functions called anywhere in the expression, duplicates included. */
export function calledFunctions(expr: Expr): readonly string[] {
  const names: string[] = [];
  visitAll(expr, ({ expr: node }) => {
    if (node.kind === "call") names.push(node.name);
  });
  return names;
}

/** Depth first in source order, with a stack of its own: chains may be tens of thousands long. */
function visitAll(root: Expr, visit: (item: Visit) => void, maximum = Infinity): void {
  const stack: Visit[] = [{ expr: root, bound: [] }];
  let visited = 0;
  for (let item = stack.pop(); item !== undefined && visited++ < maximum; item = stack.pop()) {
    visit(item);
    const children = childVisits(item);
    for (let index = children.length - 1; index >= 0; index--) stack.push(children[index] as Visit);
  }
}

function childVisits({ expr, bound }: Visit): readonly Visit[] {
  const inner = (child: Expr): Visit => ({ expr: child, bound });
  switch (expr.kind) {
    case "lit":
    case "input":
    case "out":
      return [];
    case "index":
      return [inner(expr.target), inner(expr.key)];
    case "attr":
      return [inner(expr.target)];
    case "call":
      if (expr.name === "convert") {
        return expr.args.map((arg, index) =>
          index === 1 ? { expr: arg, bound: [...bound, ...typeConstructors] } : inner(arg),
        );
      }
      return expr.args.map(inner);
    case "unary":
      return [inner(expr.operand)];
    case "binary":
      return [inner(expr.left), inner(expr.right)];
    case "cond":
      return [inner(expr.condition), inner(expr.whenTrue), inner(expr.whenFalse)];
    case "tuple":
      return expr.items.map(inner);
    case "object":
      return expr.items.flatMap((item) => [inner(item.key), inner(item.value)]);
    case "template":
      return expr.parts.map(inner);
    case "splat":
      return [inner(expr.target), inner(expr.each)];
    case "for": {
      const names = expr.keyVar === undefined ? [expr.valueVar] : [expr.keyVar, expr.valueVar];
      const body = [...bound, ...names];
      const parts = [expr.keyExpr, expr.valueExpr, expr.condition].filter((part) => part !== undefined);
      return [inner(expr.collection), ...parts.map((part) => ({ expr: part, bound: body }))];
    }
  }
}
