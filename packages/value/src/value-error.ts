import type { Path, PathStep } from "./path.js";

/**
 * Why an operation on values failed. `message` is a phrase without a final period, meant to follow the name of what
 * was attempted; `path` leads from the operand to the part that is at fault. Never contains a sensitive value's text.
 */
export interface ValueError {
  readonly kind: "value-error";
  readonly message: string;
  readonly path: Path;
}

/**
 * How deeply containers may nest. Deeper JSON or MessagePack gives a {@link ValueError}; a constructor throws a
 * {@link NestingError}. Every function of this package can take values up to this depth without exhausting the stack.
 */
export const maximumNesting = 1000;

/**
 * Thrown when a value would nest more deeply than {@link maximumNesting}. A template can cause it by wrapping a value
 * again and again, so whoever builds values from expressions catches it and reports a diagnostic.
 */
export class NestingError extends RangeError {
  override readonly name = "NestingError";
}

/** Makes a {@link ValueError}; without a path it is about the operand itself. */
export function valueError(message: string, path: Path = []): ValueError {
  return { kind: "value-error", message, path };
}

/** The error as seen from the container of the value it is about. Paths are put together this way, on failure only. */
export function atStep(step: PathStep, error: ValueError): ValueError {
  return { kind: "value-error", message: error.message, path: [step, ...error.path] };
}

/** Whether a result is a {@link ValueError}. Takes results of every kind, texts and bytes too. */
export function isValueError(result: unknown): result is ValueError {
  return (
    typeof result === "object" && result !== null && (result as { readonly kind?: unknown }).kind === "value-error"
  );
}
