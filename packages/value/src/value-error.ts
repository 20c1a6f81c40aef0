import type { Path } from "./path.js";

/**
 * Why an operation on values failed. `message` is a phrase without a final period, meant to follow the name of what
 * was attempted; `path` leads from the operand to the part that is at fault. Never contains a sensitive value's text.
 */
export interface ValueError {
  readonly kind: "value-error";
  readonly message: string;
  readonly path: Path;
}

/** How deeply lists and objects read from JSON or MessagePack may nest. Deeper input gives a {@link ValueError}. */
export const maximumNesting = 1000;

export function valueError(message: string, path: Path = []): ValueError {
  return { kind: "value-error", message, path };
}

export function isValueError(result: object): result is ValueError {
  return (result as { readonly kind?: unknown }).kind === "value-error";
}
