/**
 * A fault of ours: something that no input should be able to cause. The command line prints it with a block for a bug
 * report. Everything that a user can cause is a diagnostic instead.
 */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Makes a `switch` over a union exhaustive at compile time. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected value: ${JSON.stringify(value)}`);
}
