import type { SourceText, Span } from "@hclbuild/diagnostics";
import { splatItemRoot, type Expr, type InputExpr, type ObjectExprItem, type Step } from "@hclbuild/graph";
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  ForExpression,
  IndexExpression,
  ObjectItem,
  SourcedExpression,
  TemplateExpression,
  TemplatePart,
} from "@hclbuild/syntax";
import {
  boolValue,
  dynamicType,
  dynamicUnknown,
  nullValue,
  numberFromText,
  stringValue,
  type Value,
} from "@hclbuild/value";

interface Range {
  readonly start: number;
  readonly end: number;
}

const lowered = new WeakMap<Expression, Expr>();

/**
 * Turns an expression of the syntax tree into the IR. The meaning of an expression is defined as the evaluation of this
 * result, so nothing but this function looks at the tree to find out what it evaluates to. The result is remembered per
 * tree node. Chains (`a + b + c…`, `x.y.z…`) of any length are lowered without recursion.
 */
export function lowerExpression(sourced: SourcedExpression): Expr {
  const known = lowered.get(sourced.expression);
  if (known !== undefined) return known;
  const result = lower(sourced.expression, sourced.source);
  lowered.set(sourced.expression, result);
  return result;
}

function spanOf(source: SourceText, range: Range): Span {
  return { file: source.name, start: range.start, end: range.end };
}

function lower(node: Expression, source: SourceText): Expr {
  switch (node.kind) {
    case "number":
    case "keyword":
    case "error":
      return { kind: "lit", value: literalValue(node), span: spanOf(source, node) };
    case "template":
      return lowerTemplate(node, source);
    case "variable":
      return rootInput(node.name, source, node);
    case "splat-item":
      return rootInput(splatItemRoot, source, node);
    case "get":
    case "index":
    case "splat":
      return lowerPostfix(node, source);
    case "call":
      return lowerCall(node, source);
    case "unary":
      return {
        kind: "unary",
        operator: node.operator,
        operand: lower(node.operand, source),
        span: spanOf(source, node),
      };
    case "binary":
      return lowerBinary(node, source);
    case "conditional":
      return {
        kind: "cond",
        condition: lower(node.condition, source),
        whenTrue: lower(node.whenTrue, source),
        whenFalse: lower(node.whenFalse, source),
        span: spanOf(source, node),
      };
    case "parentheses":
      return lower(node.expression, source);
    case "tuple":
      return { kind: "tuple", items: node.items.map((item) => lower(item, source)), span: spanOf(source, node) };
    case "object":
      return { kind: "object", items: node.items.map((item) => lowerItem(item, source)), span: spanOf(source, node) };
    case "for":
      return lowerFor(node, source);
  }
}

function literalValue(node: Extract<Expression, { kind: "number" | "keyword" | "error" }>): Value {
  if (node.kind === "error") return dynamicUnknown;
  if (node.kind === "number") return numberFromText(node.text) ?? dynamicUnknown;
  return node.keyword === "null" ? nullValue(dynamicType) : boolValue(node.keyword === "true");
}

function rootInput(root: string, source: SourceText, range: Range): InputExpr {
  const span = spanOf(source, range);
  return { kind: "input", root, steps: [], rootSpan: span, span };
}

type Postfix = Extract<Expression, { kind: "get" | "index" | "splat" }>;

/** Walks down the targets first, so that a chain of any length needs no stack. */
function lowerPostfix(node: Postfix, source: SourceText): Expr {
  const chain: Postfix[] = [];
  let target: Expression = node;
  while (target.kind === "get" || target.kind === "index" || target.kind === "splat") {
    chain.push(target);
    target = target.target;
  }
  let result = lower(target, source);
  // Only a name starts a traversal: (a).b and "${a}".b access an attribute of whatever they give, with the same result.
  let steps: Step[] | undefined = target.kind === "variable" || target.kind === "splat-item" ? [] : undefined;
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as Postfix;
    const step = steps === undefined ? undefined : traversalStep(link, source);
    if (step !== undefined && steps !== undefined) {
      steps.push(step);
      result = { ...(result as InputExpr), steps, span: spanOf(source, link) };
    } else {
      steps = undefined;
      result = lowerLink(link, result, source);
    }
  }
  return result;
}

function lowerLink(link: Postfix, target: Expr, source: SourceText): Expr {
  const span = spanOf(source, link);
  switch (link.kind) {
    case "get":
      return { kind: "attr", target, name: link.name.text, nameSpan: markerSpan(link, ".", source), span };
    case "index":
      return {
        kind: "index",
        target,
        key: lower(link.key, source),
        keySpan: markerSpan(link, link.legacy ? "." : "[", source),
        span,
        ...(link.legacy ? { legacy: true } : {}),
      };
    case "splat":
      return {
        kind: "splat",
        style: link.style,
        target,
        each: lower(link.each, source),
        markerSpan: spanOf(source, link.marker),
        span,
      };
  }
}

function traversalStep(link: Postfix, source: SourceText): Step | undefined {
  if (link.kind === "get") return { kind: "attr", name: link.name.text, span: markerSpan(link, ".", source) };
  if (link.kind === "splat") return undefined;
  const key = literalKey(link);
  if (key === undefined) return undefined;
  return { kind: "index", key, span: markerSpan(link, link.legacy ? "." : "[", source) };
}

/** From the operator that begins a postfix step to the step's end. */
function markerSpan(link: Postfix, marker: string, source: SourceText): Span {
  const found = source.text.indexOf(marker, link.target.end);
  const start = found === -1 || found > link.end ? link.target.end : found;
  return { file: source.name, start, end: link.end };
}

/** The value of a key that is written as a plain string or number. */
export function literalKey(node: IndexExpression): Value | undefined {
  if (node.key.kind === "number") return numberFromText(node.key.text);
  if (node.key.kind !== "template") return undefined;
  const text = literalText(node.key);
  return text === undefined ? undefined : stringValue(text);
}

/** The text of a template without interpolations and directives. */
export function literalText(node: TemplateExpression): string | undefined {
  let text = "";
  for (const part of node.parts) {
    if (part.kind !== "text") return undefined;
    text += part.value;
  }
  return text;
}

function lowerCall(node: CallExpression, source: SourceText): Expr {
  const close = node.closeParen >= 0 ? node.closeParen : Math.max(node.start, node.end - 1);
  return {
    kind: "call",
    name: node.name.text,
    args: node.arguments.map((argument) => lower(argument, source)),
    nameSpan: spanOf(source, node.name),
    closeSpan: { file: source.name, start: close, end: node.end },
    span: spanOf(source, node),
    ...(node.expandFinal ? { expandFinal: true } : {}),
  };
}

/** Walks down the left operands first, so that a sum of any length needs no stack. */
function lowerBinary(node: BinaryExpression, source: SourceText): Expr {
  const chain: BinaryExpression[] = [];
  let left: Expression = node;
  while (left.kind === "binary") {
    chain.push(left);
    left = left.left;
  }
  let result = lower(left, source);
  for (let index = chain.length - 1; index >= 0; index--) {
    const link = chain[index] as BinaryExpression;
    const right = lower(link.right, source);
    result = { kind: "binary", operator: link.operator, left: result, right, span: spanOf(source, link) };
  }
  return result;
}

function lowerItem(item: ObjectItem, source: SourceText): ObjectExprItem {
  const { key } = item;
  const value = lower(item.value, source);
  const name = item.keyIsName && key.kind === "variable" ? key.name : key.kind === "keyword" ? key.keyword : undefined;
  if (name !== undefined) {
    return { key: { kind: "lit", value: stringValue(name), span: spanOf(source, key) }, value, bareName: true };
  }
  const lowerKey = lower(key, source);
  const isTraversal = (key.kind === "get" || key.kind === "index") && lowerKey.kind === "input";
  return isTraversal ? { key: lowerKey, value, ambiguous: true } : { key: lowerKey, value };
}

function lowerFor(node: ForExpression, source: SourceText): Expr {
  return {
    kind: "for",
    valueVar: node.valueVariable.text,
    collection: lower(node.collection, source),
    valueExpr: lower(node.valueExpression, source),
    grouping: node.grouping,
    span: spanOf(source, node),
    ...(node.keyVariable === undefined ? {} : { keyVar: node.keyVariable.text }),
    ...(node.keyExpression === undefined ? {} : { keyExpr: lower(node.keyExpression, source) }),
    ...(node.condition === undefined ? {} : { condition: lower(node.condition, source) }),
  };
}

function lowerTemplate(node: TemplateExpression, source: SourceText): Expr {
  const [first] = node.parts;
  // "${x}" is x itself, whatever its type (HCL specification, "Template Interpolation Unwrapping").
  if (node.parts.length === 1 && first?.kind === "interpolation") return lower(first.expression, source);
  return lowerParts(node.parts, source, node);
}

function lowerParts(parts: readonly TemplatePart[], source: SourceText, range: Range): Expr {
  const span = spanOf(source, range);
  if (parts.every((part) => part.kind === "text")) {
    return { kind: "lit", value: stringValue(parts.map((part) => part.value).join("")), span };
  }
  return { kind: "template", parts: parts.map((part) => lowerPart(part, source)), span };
}

function lowerPart(part: TemplatePart, source: SourceText): Expr {
  const span = spanOf(source, part);
  switch (part.kind) {
    case "text":
      return { kind: "lit", value: stringValue(part.value), span };
    case "interpolation":
      return lower(part.expression, source);
    case "if":
      return {
        kind: "cond",
        condition: lower(part.condition, source),
        whenTrue: lowerParts(part.whenTrue, source, part),
        whenFalse: lowerParts(part.whenFalse, source, part),
        span,
      };
    case "for": {
      const loop: Expr = {
        kind: "for",
        valueVar: part.valueVariable.text,
        collection: lower(part.collection, source),
        valueExpr: lowerParts(part.body, source, part),
        grouping: false,
        span,
        ...(part.keyVariable === undefined ? {} : { keyVar: part.keyVariable.text }),
      };
      return { kind: "template", wrap: "join", parts: [loop], span };
    }
  }
}
