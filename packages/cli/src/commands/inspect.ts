import { inspectModel, renderInspectText } from "@hclbuild/compiler";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import { colorOf, hasErrors, printDiagnostics } from "../output/diagnostic-output.js";
import { printMachineText } from "../output/machine-output.js";

/**
 * Lists what a template declares. Mistakes in the declarations end the command; what is wrong with values does not, they
 * are shown as far as they are known.
 */
export async function run(invocation: Invocation): Promise<number> {
  const { host, flags, args, machineReadable } = invocation;
  const template = await loadTemplate(invocation, args[0] as string);
  const { diagnostics, sources } = template.compile({ syntaxOnly: true });
  const isJson = flags.text("format") === "json";
  if (hasErrors(diagnostics)) {
    if (machineReadable) printMachineText(host, { diagnostics, sources });
    else
      printDiagnostics(diagnostics, {
        host,
        stream: isJson ? host.stderr : host.stdout,
        sources,
        color: colorOf(invocation),
      });
    return 1;
  }
  const result = template.compile();
  if (isJson) host.stdout.write(`${JSON.stringify(inspectModel(result), undefined, 2)}\n`);
  else if (machineReadable) printMachineText(host, { diagnostics: [], sources, text: renderInspectText(result) });
  else host.stdout.write(`${renderInspectText(result)}\n`);
  return 0;
}
