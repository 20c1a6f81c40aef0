import type { TokenKind } from "../lexer/token-types.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * Binary operators by precedence, the tightest last; all associate to the left. Unary `!` and `-` bind tighter than all
 * of them, the conditional looser (HCL specification, "Operations").
 */
export const binaryPrecedence: readonly (readonly TokenKind[])[] = [
  ["Or"],
  ["And"],
  ["EqualOperator", "NotEqual"],
  ["Less", "LessOrEqual", "Greater", "GreaterOrEqual"],
  ["Plus", "Minus"],
  ["Star", "Slash", "Percent"],
];

/** Precedence by token type index; 0 is no binary operator. */
export function precedenceTable(types: Vocabulary): Uint8Array {
  const table = new Uint8Array(Math.max(...Object.values(types).map((type) => type.tokenTypeIdx ?? 0)) + 1);
  for (const [level, kinds] of binaryPrecedence.entries()) {
    for (const kind of kinds) table[types[kind].tokenTypeIdx ?? 0] = level + 1;
  }
  return table;
}
