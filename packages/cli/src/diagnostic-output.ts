import { ansiStyle, plainStyle, renderText, SourceSet, type Diagnostic } from "@hclbuild/diagnostics";
import type { CliHost, OutputStream } from "./command.js";
import { wantsColor } from "./settings.js";

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
