import { plainStyle, renderText, type Diagnostic, type SourceSet } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";

export interface MachineText {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: SourceSet;
  /** What is said after the diagnostics. */
  readonly text?: string;
}

/** Prints diagnostics and a text as `ui` lines of `-machine-readable`. */
export function printMachineText(host: CliHost, output: MachineText): void {
  const seconds = Math.floor(host.clock.now() / 1000);
  const { sources, text } = output;
  for (const diagnostic of output.diagnostics) {
    const rendered = renderText([diagnostic], { sources, style: plainStyle }).trimEnd();
    host.stdout.write(uiLine(seconds, diagnostic.severity === "error" ? "error" : "say", rendered));
  }
  if (text !== undefined) host.stdout.write(uiLine(seconds, "say", text));
}

/** One `ui` line; commas and line ends in the text are written as Packer writes them. */
function uiLine(seconds: number, kind: "say" | "error", text: string): string {
  const escaped = text.replaceAll(",", "%!(PACKER_COMMA)").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  return `${seconds},,ui,${kind},${escaped}\n`;
}
