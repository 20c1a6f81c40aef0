import type { CompileResult } from "@hclbuild/compiler";
import { diagnose } from "@hclbuild/diagnostics";
import { listenForInterrupts } from "../build/cancellation.js";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import {
  colorOf,
  hasErrors,
  printDiagnostics,
  renderDiagnostics,
  type DiagnosticFormat,
} from "../output/diagnostic-output.js";
import { printMachineText } from "../output/machine-output.js";
import { checkTemplate } from "../template/check-template.js";

/** Checks a template. Nothing runs, unless data sources are asked for. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, args } = invocation;
  const readData = flags.bool("evaluate-datasources");
  const template = await loadTemplate(invocation, args[0] as string, readData ? "run" : "read");
  const undeclared = flags.bool("strict-vars") ? "error" : flags.bool("no-warn-undeclared-var") ? "ignore" : "warn";
  const syntaxOnly = flags.bool("syntax-only");
  if (syntaxOnly) return conclude(invocation, template.compile({ undeclared, syntaxOnly }));
  if (!readData) {
    const signals = { cancel: new AbortController().signal };
    return conclude(invocation, await checkTemplate(invocation, { template, undeclared, readData, signals }));
  }
  // What data sources have started must not outlive an interrupt.
  const signals = listenForInterrupts(invocation.host);
  try {
    const result = await checkTemplate(invocation, { template, undeclared, readData, signals });
    if (!signals.cancel.aborted) return conclude(invocation, result);
    return conclude(invocation, { ...result, diagnostics: [diagnose(cliCatalog["check-interrupted"], {})] });
  } finally {
    signals.release();
  }
}

function conclude(invocation: Invocation, result: CompileResult): number {
  print(invocation, result);
  return hasErrors(result.diagnostics) ? 1 : 0;
}

function print(invocation: Invocation, { diagnostics, sources }: CompileResult): void {
  const { flags, host, machineReadable } = invocation;
  const format = flags.text("format") as DiagnosticFormat;
  if (format !== "human") {
    host.stdout.write(renderDiagnostics(diagnostics, sources, format));
    return;
  }
  const success = flags.bool("syntax-only")
    ? "Syntax-only check passed. Everything looks okay."
    : "The configuration is valid.";
  if (machineReadable) {
    printMachineText(host, { diagnostics, sources, ...(hasErrors(diagnostics) ? {} : { text: success }) });
    return;
  }
  printDiagnostics(diagnostics, { host, stream: host.stdout, sources, color: colorOf(invocation) });
  if (hasErrors(diagnostics)) return;
  host.stdout.write(diagnostics.length === 0 ? `${success}\n` : `\n${success}\n`);
}
