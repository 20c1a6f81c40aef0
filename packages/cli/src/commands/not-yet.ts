import { diagnose } from "@hclbuild/diagnostics";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { printDiagnostics } from "../output/diagnostic-output.js";

/** Stands in for commands that are planned, so that a script meets a coded diagnostic. */
export async function run({ command, host }: Invocation): Promise<number> {
  const diagnostic = diagnose(cliCatalog["not-yet"], { command: command.name });
  printDiagnostics([diagnostic], { host, stream: host[command.diagnostics] });
  return 1;
}
