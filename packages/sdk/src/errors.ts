import {
  diagnose,
  type CatalogEntry,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticPlacement,
  type EntryArguments,
  type Span,
} from "@hclbuild/diagnostics";

/** What a {@link BuildError} carries besides its text. */
export interface BuildErrorOptions {
  readonly code: DiagnosticCode;
  /** What to do about it; becomes the diagnostic's detail. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Whether trying the same again may help. Defaults to `false`. */
  readonly retryable?: boolean | undefined;
}

/** What a {@link BuildError} is known by: a plugin brings its own copy of this module, and so of the class. */
const brand: unique symbol = Symbol.for("hclbuild.BuildError");

/**
 * A failure of a component that the user can do something about. `message` has no final period, because it is shown
 * inside longer lines such as `Build 'NAME' errored after 3 seconds: MESSAGE`; {@link diagnosticOf} puts it back.
 * Cancellation is never a `BuildError`: it travels as the signal's reason.
 *
 * `instanceof BuildError` holds for errors of every copy of this package, so that those of plugins count.
 */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code: DiagnosticCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: BuildErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }

  get [brand](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class derived from this one has instances of its own only.
    if (this !== BuildError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** Makes a {@link BuildError} from a catalogue entry: its message becomes the text, its detail becomes the hint. */
export function buildError<Names extends string>(
  entry: CatalogEntry<Names>,
  args: EntryArguments<Names>,
  options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
): BuildError {
  const diagnostic = diagnose(entry, args as EntryArguments<Names> & DiagnosticPlacement);
  return new BuildError(diagnostic.message.replace(/\.$/, ""), {
    code: diagnostic.code,
    hint: diagnostic.detail,
    cause: options.cause,
    retryable: options.retryable,
  });
}

/** The diagnostic for a component's failure, placed at the component's block. */
export function diagnosticOf(
  error: BuildError,
  placement: { readonly span?: Span | undefined; readonly address?: string | undefined },
): Diagnostic {
  return {
    code: error.code,
    severity: "error",
    message: /[.!?]$/.test(error.message) ? error.message : `${error.message}.`,
    ...(error.hint === undefined ? {} : { detail: error.hint }),
    ...(placement.span === undefined ? {} : { primary: placement.span }),
    ...(placement.address === undefined ? {} : { address: placement.address }),
  };
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error such as `ENOENT`; `undefined` for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
