import {
  ansiStyle,
  plainStyle,
  renderGithub,
  renderJson,
  renderSarif,
  renderText,
  SourceSet,
  type Diagnostic,
} from "@hclbuild/diagnostics";
import type { CliHost, Invocation, OutputStream } from "../command.js";
import { wantsColor } from "../settings.js";
import { HCLBUILD_VERSION } from "../version.js";

export interface DiagnosticOutput {
  readonly host: CliHost;
  readonly stream: OutputStream;
  /** The texts that spans point into. */
  readonly sources?: SourceSet;
  /** Decided by the surroundings when absent. */
  readonly color?: boolean;
}

/** Prints diagnostics for people, in the order in which a reader meets their places. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], output: DiagnosticOutput): void {
  if (diagnostics.length === 0) return;
  const color = output.color ?? wantsColor(output.host, undefined);
  const options = { sources: output.sources ?? new SourceSet(), style: color ? ansiStyle : plainStyle };
  output.stream.write(renderText(diagnostics, options));
}

/** Whether human output of a command is coloured. */
export function colorOf({ flags, host, machineReadable }: Invocation): boolean {
  if (machineReadable) return false;
  return wantsColor(host, flags.has("color") ? flags.bool("color") : undefined);
}

/** Formats in which `validate` prints its findings. */
export type DiagnosticFormat = "human" | "json" | "sarif" | "github";

/** The findings as one document; `human` ends with a line feed unless there are none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: SourceSet,
  format: Exclude<DiagnosticFormat, "human">,
): string {
  switch (format) {
    case "json":
      return renderJson(diagnostics, sources);
    case "sarif":
      return renderSarif(diagnostics, sources, { name: "hclbuild", version: HCLBUILD_VERSION });
    case "github":
      return renderGithub(diagnostics, sources);
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
