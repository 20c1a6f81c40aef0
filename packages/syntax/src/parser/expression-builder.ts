import type { IToken } from "chevrotain";
import type { BinaryExpression, BinaryOperator, Expression, ForExpression, Identifier, UnaryOperator } from "../ast.js";

/** One access after a primary expression. */
export type Step =
  /** A dot without a name, found while recovering. */
  | { readonly kind: "none" }
  | { readonly kind: "name" | "number"; readonly token: IToken }
  | { readonly kind: "index"; readonly key: Expression; readonly end: number }
  | {
      readonly kind: "splat";
      readonly style: "full" | "attribute";
      readonly marker: { readonly start: number; readonly end: number };
      readonly each: Expression;
    };

/** The part of a `for` expression before its colon. */
export type ForHead = Pick<ForExpression, "keyVariable" | "valueVariable" | "collection" | "keyword">;

export function toIdentifier(token: IToken): Identifier {
  return { text: token.image, start: token.startOffset, end: token.startOffset + token.image.length };
}

/** Applies one access to the expression before it. */
export function attachStep(target: Expression, step: Step): Expression {
  switch (step.kind) {
    case "none":
      return target;
    case "name": {
      const name = toIdentifier(step.token);
      return { kind: "get", target, name, start: target.start, end: name.end };
    }
    case "number":
      return legacyIndex(target, step.token);
    case "index":
      return { kind: "index", target, key: step.key, legacy: false, start: target.start, end: step.end };
    case "splat":
      return {
        kind: "splat",
        style: step.style,
        target,
        each: step.each,
        marker: step.marker,
        start: target.start,
        end: step.each.end,
      };
  }
}

function legacyIndex(target: Expression, token: IToken): Expression {
  const start = token.startOffset;
  const end = start + token.image.length;
  const key = { kind: "number", text: token.image, start, end } as const;
  return { kind: "index", target, key, legacy: true, start: target.start, end };
}

/** Applies unary operators, the last one first. */
export function unaryChain(operators: readonly IToken[], operand: Expression): Expression {
  let result = operand;
  for (let index = operators.length - 1; index >= 0; index--) {
    const operator = operators[index] as IToken;
    result = {
      kind: "unary",
      operator: operator.image as UnaryOperator,
      operand: result,
      start: operator.startOffset,
      end: operand.end,
    };
  }
  return result;
}

/** Builds the tree of a flat chain of binary operators by precedence climbing. */
export function binaryChain(
  operands: readonly Expression[],
  operators: readonly IToken[],
  precedence: Uint8Array,
): Expression {
  let next = 0;
  const climb = (least: number): Expression => {
    let left = operands[next] as Expression;
    for (let operator = operators[next]; operator !== undefined; operator = operators[next]) {
      const level = precedence[operator.tokenTypeIdx] as number;
      if (level < least) break;
      next++;
      const right = climb(level + 1);
      left = toBinary(left, operator, right);
    }
    return left;
  };
  return climb(1);
}

function toBinary(left: Expression, operator: IToken, right: Expression): BinaryExpression {
  return {
    kind: "binary",
    operator: operator.image as BinaryOperator,
    left,
    right,
    operatorStart: operator.startOffset,
    start: left.start,
    end: right.end,
  };
}
