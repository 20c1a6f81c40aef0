import { diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import { colorOf, hasErrors, printDiagnostics } from "../output/diagnostic-output.js";
import { shownPath } from "../output/shown-path.js";
import { printMachineText } from "../output/machine-output.js";

/**
 * Lists the plugins that a template requires, and names each that is not there. What is installed is recorded in the lock
 * file, which the other commands compare it with.
 */
export async function run(invocation: Invocation): Promise<number> {
  const { host, flags, args, machineReadable } = invocation;
  const use = flags.bool("upgrade") ? "relock" : "lock";
  const template = await loadTemplate(invocation, args[0] as string, use);
  const { requirements, sources, diagnostics: found } = template.compile({ syntaxOnly: true });
  const lines: string[] = [];
  const missing: Diagnostic[] = [];
  for (const { accessor, source, constraint, span } of requirements.plugins) {
    const plugin = template.plugins.find((candidate) => candidate.source === source);
    const installed = template.packages.get(source);
    if (installed !== undefined) {
      const folder = shownPath(host, installed.folder);
      lines.push(`${accessor}: ${source} ${installed.version} is installed in ${folder} (required: ${constraint})`);
    } else if (source.startsWith("npm/")) continue;
    else if (plugin === undefined)
      missing.push(diagnose(cliCatalog["missing-plugin"], { name: accessor, source, constraint, span }));
    else
      lines.push(
        `${accessor}: ${source} is built in, compatible with version ${plugin.version} (required: ${constraint})`,
      );
  }
  const diagnostics = [...found, ...missing];
  if (requirements.plugins.length === 0 && !hasErrors(found)) {
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
