import { diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../compile-template.js";
import { colorOf, hasErrors, printDiagnostics } from "../diagnostic-output.js";
import { printMachineText } from "../machine-output.js";

/** Lists the plugins that a template requires, and names each that is not there. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, args, machineReadable } = invocation;
  const template = await loadTemplate(invocation, args[0] as string);
  const { requirements, sources, diagnostics: found } = template.compile({ syntaxOnly: true });
  const lines: string[] = [];
  const missing: Diagnostic[] = [];
  for (const { accessor, source, constraint, span } of requirements.plugins) {
    const plugin = template.plugins.find((candidate) => candidate.source === source);
    if (plugin === undefined)
      missing.push(diagnose(cliCatalog["missing-plugin"], { name: accessor, source, constraint, span }));
    else
      lines.push(
        `${accessor}: ${source} is built in, compatible with version ${plugin.version} (required: ${constraint})`,
      );
  }
  const diagnostics = [...found, ...missing];
  if (lines.length === 0 && missing.length === 0 && !hasErrors(found)) {
    lines.push("The template requires no plugins, so there is nothing to check.");
  }
  if (machineReadable)
    printMachineText(host, { diagnostics, sources, ...(lines.length === 0 ? {} : { text: lines.join("\n") }) });
  else {
    printDiagnostics(diagnostics, { host, stream: host.stdout, sources, color: colorOf(invocation) });
    host.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
  return hasErrors(diagnostics) ? 1 : 0;
}
