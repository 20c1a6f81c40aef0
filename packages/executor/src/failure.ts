import type { Diagnostic, Span } from "@hclbuild/diagnostics";
import { BuildError, diagnosticOf, messageOf, type MachineAccess, type OnError } from "@hclbuild/sdk";
import type { EventError } from "./events/events.js";
import { ConfigurationError } from "./run/run-node.js";

/** What failed, and on which machine. */
export interface FailedPart {
  readonly what: string;
  /** The name that Packer gives the step of a build that the part belongs to. */
  readonly step: string;
  /** Absent when there is no machine to look at. */
  readonly machine?: MachineAccess;
}

/**
 * Decides about a failure: throws to fail the build, returns to have the part tried again. Cancellation is always
 * thrown on.
 */
export type FailureGate = (error: unknown, part: FailedPart) => Promise<void>;

/** How a build that fails or is interrupted leaves its machine: what `-on-error` says, until the user answers otherwise. */
export interface Aftermath {
  mode: Exclude<OnError, "ask">;
}

/** An error as events show it. */
export function errorOf(error: unknown): EventError {
  if (error instanceof BuildError) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  if (error instanceof ConfigurationError) {
    const first = error.diagnostics.find((item) => item.severity === "error");
    const hint = first?.detail === undefined ? {} : { hint: first.detail };
    return { code: first?.code ?? "internal/error", message: error.message, ...hint };
  }
  return { code: "internal/error", message: messageOf(error) };
}

/** An error as diagnostics, placed at the node that failed. */
export function diagnosticsOf(
  error: unknown,
  place: { readonly span?: Span | undefined; readonly address: string },
): readonly Diagnostic[] {
  if (error instanceof ConfigurationError) return error.diagnostics;
  if (error instanceof BuildError) return [diagnosticOf(error, place)];
  return [
    {
      code: "internal/error",
      severity: "error",
      message: `${messageOf(error).replace(/\.$/, "")}.`,
      detail:
        "This is a fault of hclbuild or of a plugin; please report it together with the text below.\n\n" +
        stackOf(error),
      ...place,
    },
  ];
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error);
}
