import type { Span } from "./span.js";

/** `error` fails the command, `warning` and `info` do not. */
export type Severity = "error" | "warning" | "info";

/** `family/slug`. Once released, a code may be deprecated but is never given another meaning. */
export type DiagnosticCode = `${string}/${string}`;

/** A second place that helps to understand a diagnostic, such as the first definition of a duplicate. */
export interface RelatedInformation {
  readonly span: Span;
  readonly message: string;
}

/** The value of an expression as it was when the diagnostic was made; sensitive values are already masked. */
export interface ShownValue {
  readonly expression: string;
  readonly shown: string;
}

/** A change that an editor may apply to resolve the diagnostic. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly newText: string }[];
}

/**
 * One finding about the user's input or environment. Plain data: everything a view needs is in it, and nothing in it
 * is secret.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence, ending with a period. */
  readonly message: string;
  /** What follows from it and what to do; may hold several lines, commands stand indented on lines of their own. */
  readonly detail?: string;
  readonly primary?: Span;
  /** A wider range that gives the primary span meaning, such as the block it stands in. */
  readonly context?: Span;
  readonly related?: readonly RelatedInformation[];
  readonly values?: readonly ShownValue[];
  readonly fixes?: readonly Fix[];
  /** Address of the component or graph node concerned, such as `source.docker.base`. */
  readonly address?: string;
}
